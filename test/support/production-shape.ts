import { readFileSync } from 'node:fs';
import { type ComposeService, composeFrom, envFile } from './compose.js';
import { type Stage, stagesIn, variablesOf } from './dockerfile.js';

const read = (file: string): string => readFileSync(file, 'utf8');

/** `.env`, as somebody fills it in who reads no further than what is asked for. */
export const ENV = { ...envFile(read('.env.example')), POSTGRES_PASSWORD: 'secret1', REDIS_PASSWORD: 'secret2' };
export const compose = composeFrom(read('docker-compose.yml'), ENV);
export const stages = stagesIn(read('Dockerfile'));

export function stage(name: string): Stage {
  const found = stages.find((each) => each.name === name);
  if (!found) throw new Error(`the Dockerfile has no stage ${name}`);
  return found;
}

export function service(name: string): ComposeService {
  const found = compose.services[name];
  if (!found) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
}

/** The environment of a process in its container. */
export const environmentOf = (name: string): Record<string, string> => ({
  ...variablesOf(stage('service')),
  ...service(name).environment,
});
