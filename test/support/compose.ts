import { parse } from 'yaml';

/** What these tests read of docker-compose.yml. */
export type ComposeService = {
  image: string;
  build?: { context: string; target: string };
  command: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
};
export type Compose = { services: Record<string, ComposeService>; volumes: Record<string, unknown> };

const REFERENCE = /\$\{([A-Z0-9_]+)(?::([?-])([^}]*))?\}/g;

/** The names that are filled in from `.env`. */
export const interpolatedIn = (text: string): string[] =>
  [...new Set([...text.matchAll(REFERENCE)].map(([, name]) => name ?? ''))].sort();

/** As `docker compose` reads it, with the variables of `.env` filled in; one that is needed and missing throws. */
export function composeFrom(text: string, env: Readonly<Record<string, string>>): Compose {
  const fill = (value: string) =>
    value.replaceAll(REFERENCE, (_whole, name: string, kind: string | undefined, word: string) => {
      const given = env[name] ?? '';
      if (given === '' && kind === '?') throw new Error(`${name}: ${word}`);
      return given === '' && kind === '-' ? word : given;
    });
  // After YAML is read: what is filled in is text, also when it is empty.
  return JSON.parse(JSON.stringify(parse(text, { merge: true })), (_key, value: unknown) =>
    typeof value === 'string' ? fill(value) : value,
  ) as Compose;
}

/** The variables of an env file. */
export const envFile = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/^([A-Z0-9_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));

/** `HOST:PUBLISHED:CONTAINER` or `PUBLISHED:CONTAINER`. */
export function portsOf({ ports = [] }: ComposeService): { address: string | null; published: number; own: number }[] {
  return ports.map((text) => {
    const parts = text.split(':');
    const own = Number(parts.pop());
    const published = Number(parts.pop());
    return { address: parts[0] ?? null, published, own };
  });
}
