import { resolve } from 'node:path';
import { z } from 'zod';
import { LOG_LEVELS } from './log.js';

const PORT_OR_OFF = 'is not a port: give a number from 0 to 65535 (0 takes any free one), or off';

/** Null: `off`, nobody listens there. */
const portOrOff = (otherwise: number) =>
  z
    .string()
    .regex(/^(?:\d{1,5}|off)$/, PORT_OR_OFF)
    .transform((text) => (text === 'off' ? null : Number(text)))
    .refine((value) => value === null || value <= 65535, PORT_OR_OFF)
    .default(otherwise);

/** The database hands bytes over as hexadecimal text: twice as many must stay well below the longest string (2^29). */
const MOST_BYTES = 134_217_728;
const MAX_BYTES = `is not a size: give the largest message in bytes, from 1024 to ${MOST_BYTES}, such as 4194304`;

const Environment = z.object({
  DATABASE_URL: address(['postgres:', 'postgresql:'], 'postgres://user@host:5432/aftercare').optional(),
  REDIS_URL: address(['redis:', 'rediss:'], 'redis://host:6379').optional(),
  DATA_DIR: z.string().default('./data'),
  SITE_FILE: z.string().optional(),
  HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]+$/, 'is not a host: give a name or an address, such as 127.0.0.1 or 0.0.0.0')
    .default('127.0.0.1'),
  HTTP_PORT: portOrOff(8117),
  MLLP_PORT: portOrOff(2575), // IANA's port for HL7
  MLLP_MAX_BYTES: z
    .string()
    .regex(/^\d{1,10}$/, MAX_BYTES)
    .transform(Number)
    .refine((bytes) => bytes >= 1024 && bytes <= MOST_BYTES, MAX_BYTES)
    .default(4_194_304),
  TLS_CERT_FILE: z.string().optional(),
  TLS_KEY_FILE: z.string().optional(),
  TLS_CLIENT_CA_FILE: z.string().optional(),
  MLLP_TLS_PORT: portOrOff(2576),
  HTTPS_PORT: portOrOff(8443),
  SMTP_URL: address(['smtp:', 'smtps:'], 'smtp://user@host:587').optional(),
  ALERT_WEBHOOK_SECRET: z.string().min(16, 'is too short to keep a secret: give at least 16 characters').optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: address(['http:', 'https:'], 'http://collector:4318').optional(),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^(?:0|1|0?\.\d+|1\.0+)$/, 'is not a share of the traces: give a number from 0 to 1, such as 0.1')
    .transform(Number)
    .default(1),
  OTEL_SERVICE_NAME: z.string().default('aftercare-bridge'),
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

/** The name of every variable that is read. */
export const VARIABLES: readonly string[] = Object.keys(Environment.shape);

/** Checked values of the environment. `siteFile` is null for the demonstration site; `dataDir` is absolute. */
export type Config = {
  databaseUrl: string | null;
  redisUrl: string | null;
  dataDir: string;
  siteFile: string | null;
  host: string;
  /** Ports: 0 takes any free one; null where nobody listens. */
  httpPort: number | null;
  mllp: { port: number | null; maxBytes: number };
  /** Null without a certificate: nothing listens with TLS. */
  tls: Tls | null;
  logLevel: (typeof LOG_LEVELS)[number];
  authMode: 'none' | 'token';
  /** The server that takes alerts by e-mail, with its password. */
  smtpUrl?: string;
  /** Signs what is posted to the alert webhook. */
  alertWebhookSecret?: string;
  /** The collector of traces, and which share of them it gets; without it nothing is traced. */
  tracing?: { endpoint: string; share: number; serviceName: string };
};

/** Files hold PEM; `clientCaFile` null: clients are not asked who they are. */
export type Tls = {
  certFile: string;
  keyFile: string;
  clientCaFile: string | null;
  mllpPort: number | null;
  httpsPort: number | null;
};

/** The site file is known also where other values are wrong, so that its mistakes can be named beside them. */
export type ConfigResult =
  | { kind: 'config'; config: Config }
  | { kind: 'problems'; problems: string[]; siteFile: string | null };

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
  const siteFile = given.SITE_FILE ?? (exists('site.yaml') ? 'site.yaml' : null);
  if (!parsed.success || problems.length > 0) return { kind: 'problems', problems, siteFile };

  const e = parsed.data;
  return {
    kind: 'config',
    config: {
      databaseUrl: e.DATABASE_URL ?? null,
      redisUrl: e.REDIS_URL ?? null,
      dataDir: resolve(e.DATA_DIR),
      siteFile,
      host: e.HOST,
      httpPort: e.HTTP_PORT,
      mllp: { port: e.MLLP_PORT, maxBytes: e.MLLP_MAX_BYTES },
      tls: tlsOf(e),
      logLevel: e.LOG_LEVEL,
      authMode: e.AUTH_MODE,
      ...(e.SMTP_URL === undefined ? {} : { smtpUrl: e.SMTP_URL }),
      ...(e.ALERT_WEBHOOK_SECRET === undefined ? {} : { alertWebhookSecret: e.ALERT_WEBHOOK_SECRET }),
      ...tracingOf(e),
    },
  };
}

function tlsOf(e: z.infer<typeof Environment>): Tls | null {
  if (e.TLS_CERT_FILE === undefined || e.TLS_KEY_FILE === undefined) return null;
  return {
    certFile: e.TLS_CERT_FILE,
    keyFile: e.TLS_KEY_FILE,
    clientCaFile: e.TLS_CLIENT_CA_FILE ?? null,
    mllpPort: e.MLLP_TLS_PORT,
    httpsPort: e.HTTPS_PORT,
  };
}

function tracingOf(e: z.infer<typeof Environment>): Pick<Config, 'tracing'> {
  if (e.OTEL_EXPORTER_OTLP_ENDPOINT === undefined) return {};
  const { OTEL_TRACES_SAMPLER_ARG: share, OTEL_SERVICE_NAME: serviceName } = e;
  return { tracing: { endpoint: e.OTEL_EXPORTER_OTLP_ENDPOINT, share, serviceName } };
}

function address(protocols: string[], example: string) {
  const protocolOf = (text: string) => (URL.canParse(text) ? new URL(text).protocol : null);
  return z
    .string()
    .refine((text) => protocols.includes(protocolOf(text) ?? ''), `is not an address such as ${example}`);
}

type Given = Record<string, string | undefined>;

/** Read from the raw values, so that these are reported beside every other wrong value. */
function problemsTogether(given: Given): string[] {
  const { AUTH_MODE, HOST } = given;
  const problems: string[] = [];
  if (AUTH_MODE === 'none' && HOST !== undefined && !isLoopback(HOST)) {
    problems.push('AUTH_MODE: is none, which only a loopback HOST may use: set AUTH_MODE=token, or HOST=127.0.0.1');
  }
  return [...problems, ...portsTwice(given), ...tlsInPart(given)];
}

function portsTwice(given: Given): string[] {
  const tls =
    given.TLS_CERT_FILE === undefined ? [] : [['MLLP_TLS_PORT', 2576] as const, ['HTTPS_PORT', 8443] as const];
  const ports = [['HTTP_PORT', 8117] as const, ['MLLP_PORT', 2575] as const, ...tls].map(([name, otherwise]) => ({
    name,
    port: Number(given[name] ?? otherwise), // NaN, which equals nothing, where it is off or wrong
  }));
  return ports.flatMap(({ name, port }, row) => {
    const first = ports.findIndex((each) => each.port === port);
    const same = port !== 0 && first >= 0 && first < row ? ports[first] : undefined;
    return same ? [`${name}: is the same as ${same.name}: give each its own`] : [];
  });
}

/** Half a setting would leave open, without a word, what somebody meant to close. */
function tlsInPart(given: Given): string[] {
  const { TLS_CERT_FILE: cert, TLS_KEY_FILE: key } = given;
  if (cert !== undefined && key !== undefined) return [];
  if (cert !== undefined) return ['TLS_KEY_FILE: is missing: name the file with the key of TLS_CERT_FILE'];
  if (key !== undefined) return ['TLS_CERT_FILE: is missing: name the file with the certificate of TLS_KEY_FILE'];
  return ['TLS_CLIENT_CA_FILE', 'MLLP_TLS_PORT', 'HTTPS_PORT']
    .filter((name) => given[name] !== undefined && given[name] !== 'off')
    .map((name) => `${name}: needs TLS_CERT_FILE and TLS_KEY_FILE: set both, or leave it out`);
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);

const problemText = (issue: z.core.$ZodIssue): string => `${issue.path.join('.')}: ${issue.message}`;
