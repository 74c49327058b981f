import type { Config } from './config.js';
import { type Attempt, observedDeliveries } from './flow/attempts.js';
import { directoryToday } from './flow/directory-today.js';
import { dispatchAll } from './flow/dispatch.js';
import { foldDue, type ToDeliver } from './flow/fold.js';
import { interpretPending } from './flow/interpret.js';
import { keepPresent } from './flow/presence.js';
import { openQueues, type Queues } from './flow/queues.js';
import { reconcileDue } from './flow/reconcile-due.js';
import { repeat } from './flow/repeat.js';
import { sealPending } from './flow/seal.js';
import { sweep } from './flow/sweep.js';
import type { Took } from './flow/took.js';
import type { TraceSteps } from './flow/trace-steps.js';
import { type Log, sparing } from './log.js';
import { londonDay } from './register/day.js';
import { destinationsOf, type Site } from './site.js';
import type { Database } from './store/database.js';
import { deliveryStore } from './store/deliveries.js';
import { doubtStore } from './store/delivery-doubt.js';
import type { Tables } from './tables.js';
import { deliveryQueue, type Wake, wakers } from './wake.js';
import { type FhirDestination, fhirDestination } from './wire/fhir.js';

/**
 * How long a council may take to answer, how often the rows are swept, when a doubtful delivery is looked at again, how
 * often originals are sealed, and how often it is looked whether a register is to be read.
 */
export type WorkTimes = {
  deliveryMs: number;
  sweepMs: number;
  lookAgainMs: number;
  sealMs: number;
  reconcileMs: number;
};

/** The queues, and the work that they wake once it is started. */
export type Works = { queues: Queues; wake: Wake; start(): void };

type Options = {
  config: Pick<Config, 'redisUrl'>;
  tables: Tables;
  database: Pick<Database, 'pool' | 'url'>;
  times: WorkTimes;
  /** Told of every attempt at a delivery. Must not throw. */
  attempted: (attempt: Attempt) => void;
  traces: TraceSteps | null;
  log: Log;
};

type OnClose = (end: () => Promise<void>) => void;

/** Opens what turns messages into the register and deliveries. Closing it waits for what has begun. */
export async function openWorks(options: Options, onClose: OnClose): Promise<Works> {
  const { config, tables, database, times, log } = options;
  // Closed after the queues, whose handlers may still be sending.
  const destinations = openDestinations(tables.site, times, onClose);
  const queues = await openQueues({ redisUrl: config.redisUrl ?? undefined, databaseUrl: database.url, log });
  onClose(() => queues.close());
  const stopping = new AbortController();
  onClose(async () => stopping.abort());
  const outages = sparing(log);
  const wake = wakers(queues, outages);
  return {
    queues,
    wake,
    start: () => startWork({ ...options, queues, wake, destinations, stop: stopping.signal, outages }, onClose),
  };
}

type Destinations = ReadonlyMap<string, FhirDestination>;

/** None of them connects before something is sent. */
function openDestinations(site: Site, { deliveryMs }: WorkTimes, onClose: OnClose): Destinations {
  return new Map(
    destinationsOf(site).map(({ body, url }) => {
      const destination = fhirDestination({ to: body, url, timeoutMs: deliveryMs });
      onClose(() => destination.close());
      return [body, destination];
    }),
  );
}

type Inside = Options & {
  queues: Queues;
  wake: Wake;
  destinations: Destinations;
  stop: AbortSignal;
  /** For what every round of an outage would say again. */
  outages: Log;
};

function startWork(
  { database, queues, destinations, tables, wake, stop, attempted, traces, log, outages, times }: Inside,
  onClose: OnClose,
): void {
  const { pool } = database;
  const { site, mappings, directory } = tables;
  const now = () => new Date();
  const today = () => londonDay(now().toISOString());
  const deliveries = observedDeliveries(deliveryStore(pool), attempted);
  const doubts = doubtStore(pool);
  const { lookAgainMs } = times;
  const oneAtATime = { concurrency: 1 };

  const interpreting = { pool, site, mappings, changed: wake.fold, stop, traced: traces?.interpreted, log };
  queues.work('interpret', () => interpretPending(interpreting), oneAtATime);
  const deliver = (due: readonly ToDeliver[]) => void wake.deliver(due.map(({ body }) => body));
  const traced = (versions: readonly ToDeliver[], took: Took) => void traces?.folded(versions, took);
  const folding = { pool, site, directory, now, today, stop, deliver, traced, log };
  queues.work('fold', () => foldDue(folding), oneAtATime);
  for (const [body, destination] of destinations) {
    const random = Math.random;
    const again = wake.later;
    const deps = { deliveries, doubts, destination, site, directory, random, lookAgainMs, again, stop, log };
    const dispatching = async () => {
      await directoryToday(directory, pool); // bodies are named as of now
      await dispatchAll(body, deps);
    };
    queues.work(deliveryQueue(body), dispatching, oneAtATime);
  }
  const connected = [...destinations.keys()];
  // One attempt is a reading and a sending.
  const leaseMs = 2 * times.deliveryMs + times.sweepMs;
  onClose(
    repeat(times.sweepMs, outages, () => sweep({ pool, deliveries, doubts, connected, directory, wake, now, leaseMs })),
  );
  onClose(repeat(times.sealMs, outages, () => sealPending({ pool, stop, log })));
  const reconciling = { pool, site, mappings, directory, now, today, stop, log };
  onClose(repeat(times.reconcileMs, outages, () => reconcileDue(reconciling)));
  onClose(keepPresent({ pool, roles: ['work'], log: outages }));
}
