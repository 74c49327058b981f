import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { ROLES } from '../../src/commands/command.js';
import type { Config } from '../../src/config.js';
import { recordFacts } from '../../src/flow/record.js';
import { readStatedFacts } from '../../src/interpret/stated.js';
import { createLog } from '../../src/log.js';
import { startService, type Times } from '../../src/main.js';
import type { Directory } from '../../src/organisations/directory.js';
import { londonDay } from '../../src/register/day.js';
import type { Tables } from '../../src/tables.js';
import { sendMllp } from '../../src/wire/mllp-client.js';
import { type Adt, adt } from '../scenarios/adt.js';
import type { Stated } from '../scenarios/tell.js';
import { until } from './process.js';
import { statedBy } from './stated-by.js';
import { type Partnerships, tablesWith } from './tables.js';

/** What a story needs of the world: who is connected, and where the councils are. */
export type Connected = {
  councils: Record<string, string>;
  icbs?: Record<string, string>;
  /** Beside the trust: councils and ICBs whose systems answer. */
  senders?: readonly Record<string, unknown>[];
  /** As the tables of another time have it. */
  directory?: Directory;
  /** Null: an embedded database in `dataDir`. */
  databaseUrl: string | null;
  dataDir?: string;
  redisUrl?: string;
  times?: Times;
  partnerships?: Partnerships;
};

/** The whole service in this process, on ports of its own, with everything that it logs. */
export type RunningService = {
  mllpPort: number;
  httpPort: number;
  tables: Tables;
  log: string[];
  close(): Promise<void>;
};

/** Fast enough for a test, in the proportions of a real installation. */
const QUICK: Times = { deliveryMs: 1_000, sweepMs: 200, lookAgainMs: 3_000 };

export async function startTestService(connected: Connected): Promise<RunningService> {
  const { councils, databaseUrl, redisUrl, times } = connected;
  const dataDir = connected.dataDir ?? (await mkdtemp(join(tmpdir(), 'aftercare-service-')));
  const known = tablesWith(councils, connected.partnerships, connected.icbs, connected.senders);
  const tables = { ...known, directory: connected.directory ?? known.directory };
  const log: string[] = [];
  const config: Config = {
    databaseUrl,
    redisUrl: redisUrl ?? null,
    dataDir,
    siteFile: null,
    host: '127.0.0.1',
    httpPort: 0,
    mllp: { port: 0, maxBytes: 65_536 },
    tls: null,
    logLevel: 'debug',
    authMode: 'none',
  };
  const service = await startService({
    config,
    tables,
    roles: ROLES,
    log: createLog('debug', { write: (line) => void log.push(line) }),
    times: { ...QUICK, ...times },
  });
  const { mllpPort, httpPort } = service;
  if (mllpPort === null || httpPort === null) throw new Error('the service listens nowhere');
  return {
    mllpPort,
    httpPort,
    tables,
    log,
    close: async () => {
      await service.close();
      if (connected.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Sends each and waits for its acknowledgement: `AA`, `AR` and so on, one for each. */
export async function acknowledgementsFor(
  mllpPort: number,
  messages: readonly (Adt | string | Buffer)[],
  timeoutMs = 10_000,
) {
  const bytes = messages.map((m) => (Buffer.isBuffer(m) ? m : Buffer.from(typeof m === 'string' ? m : adt(m))));
  const codes: string[] = [];
  for await (const { acknowledgements } of sendMllp('127.0.0.1', mllpPort, bytes, { timeoutMs })) {
    codes.push(/\rMSA\|([A-Z]{2})/.exec(Buffer.from(acknowledgements[0] ?? []).toString())?.[1] ?? 'none');
  }
  return codes;
}

/** Facts by people, recorded as `aftercare record` does it; the sweep hands over what follows. */
export async function stateFacts(pool: Pool, { site, directory, mappings }: Tables, facts: readonly Stated[]) {
  const ndjson = facts.map((fact) => JSON.stringify({ statedBy: statedBy(fact), ...fact })).join('\n');
  const read = readStatedFacts(ndjson, mappings.codes);
  if (read.kind === 'mistakes') throw new Error(read.mistakes.join('\n'));
  const now = () => new Date();
  await recordFacts(read.facts, 'test', { pool, site, directory, now, today: () => londonDay(now().toISOString()) });
}

const OPEN = `
  select (select count(*) from messages where state = 'received')
       + (select count(*) from nodes where due_since is not null)
       + (select count(*) from deliveries where state in ('due', 'sending')) as open`;

/** Until nothing is left to interpret, to fold or to hand over. */
export async function untilSettled(pool: Pool, withinMs = 30_000): Promise<void> {
  await until(
    async () => {
      const { rows } = await pool.query<{ open: string }>(OPEN).catch(() => ({ rows: [] }));
      return rows[0]?.open === '0';
    },
    'every message interpreted and every delivery settled',
    withinMs,
  );
}

export type Stored = {
  resourceType: string;
  id: string;
  status?: string;
  name?: unknown;
  /** Whose: of a Flag and a CarePlan, of an EpisodeOfCare. */
  subject?: { reference?: string };
  patient?: { reference?: string };
  identifier?: { system: string; value: string }[];
  extension?: { url: string; valuePositiveInt?: number }[];
  meta: { versionId: string };
};

/**
 * Everything of one type that a council holds. Over a connection of its own: one that was kept open since the last
 * reading may be closed by the council at the moment at which it is used again.
 */
export async function heldBy(url: string, resourceType: string): Promise<Stored[]> {
  const answer = await fetch(`${url}/${resourceType}?_count=1000`, { headers: { connection: 'close' } });
  const bundle = (await answer.json()) as { entry?: { resource: Stored }[] };
  return (bundle.entry ?? []).map(({ resource }) => resource);
}

export const versionOf = ({ extension = [] }: Stored): number =>
  extension.find(({ url }) => url.endsWith('/s117-record-version'))?.valuePositiveInt ?? 0;
