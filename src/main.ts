import { randomUUID } from 'node:crypto';
import type { Role, Service } from './commands/command.js';
import type { Config } from './config.js';
import { createApp } from './console/app.js';
import { listenHttp } from './console/listen.js';
import { operatorToken } from './console/token.js';
import { Fault } from './fault.js';
import { dispatch } from './flow/dispatch.js';
import { foldNode, type ToDeliver } from './flow/fold.js';
import { interpretPending } from './flow/interpret.js';
import { openQueues, type Queues } from './flow/queues.js';
import { type Receive, receiver, tooLong } from './flow/receive.js';
import { repeat } from './flow/repeat.js';
import { sweep } from './flow/sweep.js';
import type { Log } from './log.js';
import type { Directory } from './organisations/directory.js';
import { londonDay } from './register/day.js';
import { destinationsOf, type Site } from './site.js';
import { type Database, openDatabase } from './store/database.js';
import { deliveryStore } from './store/deliveries.js';
import { doubtStore } from './store/delivery-doubt.js';
import { inboxStore } from './store/inbox.js';
import { migrate } from './store/migrate.js';
import type { Tables } from './tables.js';
import { type FhirDestination, fhirDestination } from './wire/fhir.js';
import { listenMllp } from './wire/mllp-listener.js';

/** How long a council may take to answer, how often the rows are swept, and when a doubtful delivery is looked at again. */
export type Times = { deliveryMs?: number; sweepMs?: number; lookAgainMs?: number };

type Options = { config: Config; tables: Tables; roles: readonly Role[]; log: Log; times?: Times };

const FRAME_TIMEOUT_MS = 30_000;
const USUAL: Required<Times> = { deliveryMs: 10_000, sweepMs: 2_000, lookAgainMs: 120_000 };
const MAX_CONNECTIONS = 1_000;
const FOLDS_AT_ONCE = 4;
const DELIVERIES_AT_ONCE = 4;

/** Starts the roles in one process. What is opened is closed again, in reverse, when a later part cannot start. */
export async function startService(options: Options): Promise<Service> {
  const closing: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    const ports = await open(options, (end) => void closing.push(end));
    return { ...ports, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type OnClose = (end: () => Promise<void>) => void;

async function open({ config, tables, roles, log, times: given }: Options, onClose: OnClose) {
  const times = { ...USUAL, ...given };
  const database = await openDatabase({
    databaseUrl: config.databaseUrl ?? undefined,
    dataDir: config.dataDir,
    log,
  });
  onClose(() => database.close());
  await migrate(database.pool);
  // Closed after the queues, whose handlers may still be sending.
  const destinations = roles.includes('work') ? openDestinations(tables.site, times, onClose) : new Map();
  const queues = await openQueues({
    redisUrl: config.redisUrl ?? undefined,
    databaseUrl: database.url,
    log,
  });
  onClose(() => queues.close());

  const wake = wakers(queues, log);
  if (roles.includes('work')) startWork({ database, queues, destinations, tables, wake, log, times }, onClose);
  const receive = receiver({
    site: tables.site,
    acceptBatch: inboxStore(database.pool).acceptBatch,
    wake: () => void wake.interpret(),
    log,
  });
  const mllpPort = roles.includes('listen') ? await startMllp(config, receive, log, onClose) : null;
  const app = createApp({
    site: tables.site,
    pool: database.pool,
    queues,
    roles,
    token: config.authMode === 'token' ? operatorToken(config.dataDir) : null,
    receive: async (bytes, peer) => receive(bytes, { transport: 'http', peer }),
    refuseTooLong: (peer) =>
      receive.refuse(new Uint8Array(), { transport: 'http', peer }, tooLong(config.mllp.maxBytes)),
    maxBytes: config.mllp.maxBytes,
    handOver: (deliveries) => wake.deliver(deliveries),
    bodyName: nameIn(tables.directory),
    log,
  });
  const http = await listenHttp(app, config.host, config.httpPort);
  onClose(() => http.close());
  return { httpPort: http.port, mllpPort };
}

/** The system's refusal of an address, as the setting that mends it. */
async function takingPort<T>(setting: string, listening: Promise<T>): Promise<T> {
  try {
    return await listening;
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    const text = code === 'EADDRINUSE' ? 'another program listens there' : `the address cannot be taken (${code})`;
    const next = `stop that program, or set ${setting} or HOST to something else`;
    throw new Fault({ code: 'config-invalid', where: setting, text, next }, { cause });
  }
}

/** The name that a council or an ICB has today. */
const nameIn =
  (directory: Directory) =>
  (code: string): string | null => {
    const today = londonDay(new Date().toISOString());
    const found = [directory.council(code, today, today), directory.commissioner(code, today, today)];
    return found.flatMap((each) => (each.kind === 'found' ? [each.body.name] : []))[0] ?? null;
  };

type Wake = ReturnType<typeof wakers>;

/** Adding a job may fail: the sweep adds what is missing, so nobody waits and nothing is thrown. */
function wakers(queues: Queues, log: Log) {
  const quietly = async (adding: Promise<void>) => {
    await adding.catch((error: unknown) => log.warn('a job could not be added; the sweep adds it', { error }));
  };
  // A key of this process: a job that died with another process never holds up what this one has received.
  const inbox = randomUUID();
  let wanted = false;
  let adding = false;
  return {
    /** Calls that come together are one job, and none that comes after its job has begun is lost. */
    async interpret() {
      wanted = true;
      if (adding) return;
      adding = true;
      while (wanted) {
        wanted = false;
        await quietly(queues.add('interpret', inbox));
      }
      adding = false;
    },
    fold: (nodeIds: readonly string[]) => quietly(queues.addMany('fold', nodeIds)),
    async deliver(deliveries: readonly ToDeliver[]) {
      for (const [body, of] of byBody(deliveries)) {
        await quietly(
          queues.addMany(
            deliveryQueue(body),
            of.map(({ personKey }) => personKey),
          ),
        );
      }
    },
    later: ({ personKey, body }: ToDeliver, delayMs: number) =>
      quietly(queues.add(deliveryQueue(body), personKey, { delayMs })),
  };
}

const deliveryQueue = (body: string): string => `deliver-${body}`;

function byBody(deliveries: readonly ToDeliver[]): Map<string, ToDeliver[]> {
  const grouped = new Map<string, ToDeliver[]>();
  for (const delivery of deliveries) grouped.set(delivery.body, [...(grouped.get(delivery.body) ?? []), delivery]);
  return grouped;
}

type Destinations = ReadonlyMap<string, FhirDestination>;

function openDestinations(site: Site, { deliveryMs }: Required<Times>, onClose: OnClose): Destinations {
  return new Map(
    destinationsOf(site).map(({ body, url }) => {
      const destination = fhirDestination({ to: body, url, timeoutMs: deliveryMs });
      onClose(() => destination.close());
      return [body, destination];
    }),
  );
}

type Work = {
  database: Database;
  queues: Queues;
  destinations: Destinations;
  tables: Tables;
  wake: Wake;
  log: Log;
  times: Required<Times>;
};

function startWork({ database, queues, destinations, tables, wake, log, times }: Work, onClose: OnClose): void {
  const { pool } = database;
  const { site, mappings, directory } = tables;
  const now = () => new Date();
  const today = () => londonDay(now().toISOString());
  const deliveries = deliveryStore(pool);
  const doubts = doubtStore(pool);
  const { lookAgainMs } = times;

  queues.work('interpret', () => interpretPending({ pool, site, mappings, changed: wake.fold, log }), {
    concurrency: 1,
  });
  queues.work('fold', async (nodeId) => wake.deliver(await foldNode(nodeId, { pool, site, directory, now, today })), {
    concurrency: FOLDS_AT_ONCE,
  });
  for (const [body, destination] of destinations) {
    const rows = { deliveries, doubts };
    const deps = {
      ...rows,
      destination,
      site,
      directory,
      now,
      random: Math.random,
      lookAgainMs,
      again: wake.later,
      log,
    };
    queues.work(deliveryQueue(body), (personKey) => dispatch({ personKey, body }, deps), {
      concurrency: DELIVERIES_AT_ONCE,
    });
  }
  onClose(
    repeat(times.sweepMs, log, () =>
      sweep({
        pool,
        deliveries,
        doubts,
        connected: [...destinations.keys()],
        wake,
        now,
        // One attempt is a reading and a sending.
        leaseMs: 2 * times.deliveryMs + times.sweepMs,
      }),
    ),
  );
}

async function startMllp(config: Config, receive: Receive, log: Log, onClose: OnClose): Promise<number> {
  const listening = listenMllp({
    host: config.host,
    port: config.mllp.port,
    maxFrameBytes: config.mllp.maxBytes,
    maxConnections: MAX_CONNECTIONS,
    frameTimeoutMs: FRAME_TIMEOUT_MS,
    receive: async (frame, peer) => (await receive(frame, { transport: 'mllp', peer: peer.address })).acknowledgements,
    oversize: async (head, peer) => {
      const from = { transport: 'mllp' as const, peer: peer.address };
      const { acknowledgements } = await receive.refuse(head, from, tooLong(config.mllp.maxBytes));
      return Buffer.concat(acknowledgements);
    },
    onError: (error) => log.warn('a connection had trouble', { system: 'mllp', error }),
  });
  const listener = await takingPort('MLLP_PORT', listening);
  onClose(() => listener.close());
  return listener.port;
}
