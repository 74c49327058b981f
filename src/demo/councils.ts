import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Fault } from '../fault.js';
import { isFree } from './ports.js';

/** An invented council: a FHIR server in a process of its own, once it is started. Its address is known before. */
export type Council = { gss: string; name: string; url: string; start(): Promise<void>; stop(): Promise<void> };

const PROGRAM = fileURLToPath(new URL('./council-main.js', import.meta.url));

/** Finds an address for a council. `start` throws `system-unreachable`. */
export async function councilFor({ gss, name }: Pick<Council, 'gss' | 'name'>): Promise<Council> {
  const port = await quietPort();
  let child: ChildProcess | null = null;
  return {
    gss,
    name,
    url: `http://127.0.0.1:${port}/fhir`,
    async start() {
      // Not of our process group: a Ctrl-C is for us alone, and the service first finishes what it is sending.
      child = spawn(process.execPath, [PROGRAM, '--name', name, '--port', String(port)], {
        detached: true,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      if (!(await speaks(child))) throw notStarted(name, port);
    },
    async stop() {
      if (child) await end(child);
    },
  };
}

/** Below the ports that systems give to connections, so that it is still free when the council starts. */
async function quietPort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if (await isFree(port)) return port;
  }
}

function speaks(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(false)).once('exit', () => resolve(false));
    if (child.stdout) createInterface(child.stdout).once('line', () => resolve(true));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

const notStarted = (name: string, port: number): Fault =>
  new Fault({
    code: 'system-unreachable',
    where: `${name}, port ${port}`,
    text: 'its FHIR server could not be started',
    next: 'run the demonstration again; if that does not help, run npm ci and npm run build',
  });
