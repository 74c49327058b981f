import { resolve } from 'node:path';
import { z } from 'zod';
import { LOG_LEVELS } from './log.js';

const port = (otherwise: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/, 'is not a port: give a number from 0 to 65535 (0 takes any free one)')
    .transform(Number)
    .refine((value) => value <= 65535, 'is not a port: give a number from 0 to 65535 (0 takes any free one)')
    .default(otherwise);

const MAX_BYTES = 'is not a size: give the largest message in bytes, from 1024 to 268435456, such as 4194304';

const Environment = z.object({
  DATABASE_URL: address(['postgres:', 'postgresql:'], 'postgres://user@host:5432/aftercare').optional(),
  REDIS_URL: address(['redis:', 'rediss:'], 'redis://host:6379').optional(),
  DATA_DIR: z.string().default('./data'),
  SITE_FILE: z.string().optional(),
  HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]+$/, 'is not a host: give a name or an address, such as 127.0.0.1 or 0.0.0.0')
    .default('127.0.0.1'),
  HTTP_PORT: port(8117),
  MLLP_PORT: port(2575), // IANA's port for HL7
  MLLP_MAX_BYTES: z
    .string()
    .regex(/^\d{1,10}$/, MAX_BYTES)
    .transform(Number)
    .refine((bytes) => bytes >= 1024 && bytes <= 268_435_456, MAX_BYTES)
    .default(4_194_304),
  LOG_LEVEL: z.enum(LOG_LEVELS, `is not a level: give one of ${LOG_LEVELS.join(', ')}`).default('info'),
  AUTH_MODE: z
    .string()
    .refine((mode) => mode !== 'oidc', 'is oidc, which this version does not have: use token')
    .pipe(z.enum(['none', 'token'], { error: 'is not a way to sign in: give token, or none on a loopback HOST' }))
    .default('token'),
  DEBUG: z
    .string()
    .refine((names) => !/\*|fhir-kit/.test(names), 'would print what councils answer, patient data too: unset it')
    .optional(),
});

/** Checked values of the environment. `siteFile` is null for the demonstration site; `dataDir` is absolute. */
export type Config = {
  databaseUrl: string | null;
  redisUrl: string | null;
  dataDir: string;
  siteFile: string | null;
  host: string;
  httpPort: number;
  mllp: { port: number; maxBytes: number };
  logLevel: (typeof LOG_LEVELS)[number];
  authMode: 'none' | 'token';
};

export type ConfigResult = { kind: 'config'; config: Config } | { kind: 'problems'; problems: string[] };

/**
 * Environment to configuration, every wrong value reported at once. Values are never repeated in a problem:
 * addresses hold passwords. An empty variable counts as unset.
 */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  exists: (file: string) => boolean,
): ConfigResult {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = Environment.safeParse(given);
  const problems = [...(parsed.error?.issues.map(problemText) ?? []), ...problemsTogether(given)];
  if (!parsed.success || problems.length > 0) return { kind: 'problems', problems };

  const e = parsed.data;
  return {
    kind: 'config',
    config: {
      databaseUrl: e.DATABASE_URL ?? null,
      redisUrl: e.REDIS_URL ?? null,
      dataDir: resolve(e.DATA_DIR),
      siteFile: e.SITE_FILE ?? (exists('site.yaml') ? 'site.yaml' : null),
      host: e.HOST,
      httpPort: e.HTTP_PORT,
      mllp: { port: e.MLLP_PORT, maxBytes: e.MLLP_MAX_BYTES },
      logLevel: e.LOG_LEVEL,
      authMode: e.AUTH_MODE,
    },
  };
}

function address(protocols: string[], example: string) {
  const protocolOf = (text: string) => (URL.canParse(text) ? new URL(text).protocol : null);
  return z
    .string()
    .refine((text) => protocols.includes(protocolOf(text) ?? ''), `is not an address such as ${example}`);
}

/** Read from the raw values, so that these are reported beside every other wrong value. */
function problemsTogether({ AUTH_MODE, HOST, HTTP_PORT, MLLP_PORT }: Record<string, string | undefined>): string[] {
  const problems: string[] = [];
  if (AUTH_MODE === 'none' && HOST !== undefined && !isLoopback(HOST)) {
    problems.push('AUTH_MODE: is none, which only a loopback HOST may use: set AUTH_MODE=token, or HOST=127.0.0.1');
  }
  if (Number(HTTP_PORT ?? 8117) === Number(MLLP_PORT ?? 2575) && Number(HTTP_PORT) !== 0) {
    problems.push('MLLP_PORT: is the same as HTTP_PORT: give each its own');
  }
  return problems;
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);

const problemText = (issue: z.core.$ZodIssue): string => `${issue.path.join('.')}: ${issue.message}`;
