import { parentPort, workerData } from 'node:worker_threads';
import type { Config } from './config.js';
import type { Attempt } from './flow/attempts.js';
import { restFor } from './flow/pace.js';
import { createLog, sparing } from './log.js';
import type { SiteText } from './site.js';
import { openDatabase } from './store/database.js';
import { tablesOf } from './tables.js';
import { openTraces } from './telemetry.js';
import { openWorks, type WorkTimes } from './work.js';

/** What the thread is given at its start. */
export type ThreadData = {
  config: Config;
  siteText: SiteText;
  times: WorkTimes;
  pace: BigInt64Array<SharedArrayBuffer>;
};

/** What it tells; and it is told `stop`, once. */
export type ThreadSays = { kind: 'working' } | { kind: 'attempted'; attempt: Attempt };

const { config, siteText, times, pace } = workerData as ThreadData;
const say = (said: ThreadSays) => parentPort?.postMessage(said);
const closing: (() => Promise<void>)[] = [];
const onClose = (end: () => Promise<void>) => void closing.push(end);

const stopped = new Promise<void>((resolve) => parentPort?.once('message', () => resolve()));
await work();
await stopped;
for (const end of closing.reverse()) await end();
// The thread, not the process: a connection that somebody keeps open for later would hold it up.
process.exit();

async function work(): Promise<void> {
  restFor(pace);
  const log = createLog(config.logLevel);
  const { databaseUrl, dataDir } = config;
  const database = await openDatabase({ databaseUrl: databaseUrl ?? undefined, dataDir, log: sparing(log) });
  onClose(() => database.close());
  const traces = await openTraces(config, database.pool, onClose);
  const attempted = (attempt: Attempt) => {
    say({ kind: 'attempted', attempt });
    void traces?.attempted(attempt);
  };
  const works = await openWorks(
    { config, tables: tablesOf(siteText), database, times, attempted, traces, log },
    onClose,
  );
  works.start();
  say({ kind: 'working' });
}
