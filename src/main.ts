import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Role, Service } from './commands/command.js';
import type { Config } from './config.js';
import { createApp } from './console/app.js';
import { operatorToken } from './console/token.js';
import { openDoors } from './doors.js';
import { observedDeliveries } from './flow/attempts.js';
import { dispatchAll } from './flow/dispatch.js';
import { foldDue, type ToDeliver } from './flow/fold.js';
import { stampedVersion } from './flow/held.js';
import { interpretPending } from './flow/interpret.js';
import { storing } from './flow/pace.js';
import { openQueues, type Queues } from './flow/queues.js';
import { receiver, tooLong } from './flow/receive.js';
import { fhirReceiver } from './flow/receive-fhir.js';
import { repeat } from './flow/repeat.js';
import { sweep } from './flow/sweep.js';
import type { Took } from './flow/took.js';
import { diskOf } from './flow/watch-disk.js';
import { type Log, sparing } from './log.js';
import type { Directory } from './organisations/directory.js';
import { londonDay } from './register/day.js';
import { destinationsOf, type Site } from './site.js';
import { type Database, inboxPool, openDatabase } from './store/database.js';
import { deliveryStore } from './store/deliveries.js';
import { doubtStore } from './store/delivery-doubt.js';
import { inboxStore } from './store/inbox.js';
import { migrate } from './store/migrate.js';
import type { Tables } from './tables.js';
import { openTelemetry, type Telemetry } from './telemetry.js';
import { startWatching } from './watching.js';
import { type FhirDestination, fhirDestination } from './wire/fhir.js';

/** How long a council may take to answer, how often the rows are swept, and when a doubtful delivery is looked at again. */
export type Times = { deliveryMs?: number; sweepMs?: number; lookAgainMs?: number; watchMs?: number };

type Options = { config: Config; tables: Tables; roles: readonly Role[]; log: Log; times?: Times };

const USUAL: Required<Times> = { deliveryMs: 10_000, sweepMs: 2_000, lookAgainMs: 120_000, watchMs: 15_000 };

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
  const outages = sparing(log);
  const doors = openDoors({ config, site: tables.site, roles, log }, onClose);
  const database = await openDatabase({
    databaseUrl: config.databaseUrl ?? undefined,
    dataDir: config.dataDir,
    log: outages,
  });
  onClose(() => database.close());
  await migrate(database.pool);
  const telemetry = await openTelemetry({ config, pool: database.pool }, onClose);
  // Closed after the queues, whose handlers may still be sending.
  const destinations = roles.includes('work') ? openDestinations(tables.site, times, onClose) : new Map();
  const queues = await openQueues({
    redisUrl: config.redisUrl ?? undefined,
    databaseUrl: database.url,
    log,
  });
  onClose(() => queues.close());

  const wake = wakers(queues, outages);
  const stopping = new AbortController();
  onClose(async () => stopping.abort());
  const wayIn = inboxPool(database.url, outages);
  onClose(() => wayIn.end());
  const inbox = inboxStore(wayIn);
  const { certificates } = doors;
  const { pool } = database;
  startWatching({ config, site: tables.site, pool, certificates, log: outages, everyMs: times.watchMs }, onClose);
  const receive = receiver({
    site: tables.site,
    acceptBatch: (messages) => {
      storing(messages.length);
      return inbox.acceptBatch(messages);
    },
    wake: () => void wake.interpret(),
    log: outages,
    proof: doors.proof,
    seen: telemetry.arrived,
  });
  const receiveFhir = fhirReceiver({ site: tables.site, keep: receive.keep, log, proof: doors.proof });
  const app = createApp({
    site: tables.site,
    pool,
    queues,
    roles,
    token: config.authMode === 'token' ? operatorToken(config.dataDir) : null,
    receive: async (bytes, socket) => receive(bytes, doors.fromHttp(socket)),
    secondsToWait: doors.secondsToWait,
    refuseTooLong: (socket) => receive.refuse(new Uint8Array(), doors.fromHttp(socket), tooLong(config.mllp.maxBytes)),
    fhir: {
      receive: async (bytes, request, socket) => receiveFhir(bytes, request, doors.fromHttp(socket)),
      refuseTooLong: (socket) => receiveFhir.refuse(tooLong(config.mllp.maxBytes), doors.fromHttp(socket)),
    },
    maxBytes: config.mllp.maxBytes,
    handOver: (deliveries) => wake.deliver(bodiesOf(deliveries)),
    bodyName: nameIn(tables.directory),
    meters: telemetry.meters,
    disk: () => diskOf(config.dataDir),
    certificates,
    resourcesOf: (content, version) => stampedVersion(content, version, tables.site, tables.directory).resources,
    log,
  });
  const ports = await doors.listen(app, receive);
  // Last: a start that fails has sent nothing.
  const stop = stopping.signal;
  if (roles.includes('work')) {
    startWork({ database, queues, destinations, tables, wake, stop, telemetry, log, outages, times }, onClose);
  }
  return ports;
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
  const own = randomUUID();
  const wakes = new Map<string, () => Promise<void>>();
  const wake = (queue: string) => {
    const known = wakes.get(queue) ?? together(() => quietly(queues.add(queue, own)));
    wakes.set(queue, known);
    return known();
  };
  return {
    interpret: () => wake('interpret'),
    fold: () => wake('fold'),
    async deliver(bodies: readonly string[]) {
      await Promise.all([...new Set(bodies)].map((body) => wake(deliveryQueue(body))));
    },
    later: (body: string, delayMs: number) => quietly(queues.add(deliveryQueue(body), `${own} later`, { delayMs })),
  };
}

/** A worker looks for more before it ends, so a job more often than this would only be work of its own. */
const WAKE_EVERY_MS = 25;

/** Calls that come together are one job, and none that comes after its job has begun is lost. */
function together(add: () => Promise<void>): () => Promise<void> {
  let wanted = false;
  let adding = false;
  return async () => {
    wanted = true;
    if (adding) return;
    adding = true;
    while (wanted) {
      wanted = false;
      await add();
      await sleep(WAKE_EVERY_MS);
    }
    adding = false;
  };
}

const deliveryQueue = (body: string): string => `deliver-${body}`;

const bodiesOf = (deliveries: readonly ToDeliver[]): string[] => deliveries.map(({ body }) => body);

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
  stop: AbortSignal;
  telemetry: Telemetry;
  log: Log;
  /** For what every round of an outage would say again. */
  outages: Log;
  times: Required<Times>;
};

function startWork(
  { database, queues, destinations, tables, wake, stop, telemetry, log, outages, times }: Work,
  onClose: OnClose,
): void {
  const { pool } = database;
  const { site, mappings, directory } = tables;
  const now = () => new Date();
  const today = () => londonDay(now().toISOString());
  const deliveries = observedDeliveries(deliveryStore(pool), telemetry.attempted);
  const doubts = doubtStore(pool);
  const { lookAgainMs } = times;

  queues.work(
    'interpret',
    () =>
      interpretPending({ pool, site, mappings, changed: wake.fold, stop, traced: telemetry.traces?.interpreted, log }),
    {
      concurrency: 1,
    },
  );
  const deliver = (due: readonly ToDeliver[]) => void wake.deliver(bodiesOf(due));
  const traced = (versions: readonly ToDeliver[], took: Took) => void telemetry.traces?.folded(versions, took);
  queues.work('fold', () => foldDue({ pool, site, directory, now, today, stop, deliver, traced, log }), {
    concurrency: 1,
  });
  for (const [body, destination] of destinations) {
    const random = Math.random;
    const again = wake.later;
    const deps = { deliveries, doubts, destination, site, directory, now, random, lookAgainMs, again, stop, log };
    queues.work(deliveryQueue(body), () => dispatchAll(body, deps), { concurrency: 1 });
  }
  onClose(
    repeat(times.sweepMs, outages, () =>
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
