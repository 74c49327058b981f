import { parentPort, workerData } from 'node:worker_threads';
import { createLog, type LogLevel } from '../log.js';
import { type DirectoryData, directoryOfData } from '../organisations/load.js';
import type { Day } from '../register/day.js';
import { type SiteData, siteOfData } from '../site.js';
import { joinDatabase } from '../store/database.js';
import { CONNECTIONS, planPage } from './transition-page.js';
import type { TransitionBatch } from './transition-tally.js';

/** What the thread is given at its start. */
export type ThreadData = {
  databaseUrl: string;
  logLevel: LogLevel;
  on: Day;
  tables: { site: SiteData; directory: DirectoryData };
};

/** Each page is answered under its number; `stop` comes once, and last. */
export type ThreadAsked = { nth: number; page: readonly string[] } | 'stop';
export type ThreadSays = { nth: number; batches: TransitionBatch[] };

const { databaseUrl, logLevel, on, tables } = workerData as ThreadData;
const log = createLog(logLevel);
const pool = await joinDatabase(databaseUrl, CONNECTIONS, log);
const site = siteOfData(tables.site);
const directory = directoryOfData(tables.directory);
const deps = { pool, site, directory, now: () => new Date(), today: () => on, log };
const underWay = new Set<Promise<void>>();

parentPort?.on('message', (asked: ThreadAsked) => {
  // What is thrown ends the thread, and reaches whoever asked.
  if (asked === 'stop') void stop();
  else void plan(asked);
});

function plan({ nth, page }: Exclude<ThreadAsked, 'stop'>): Promise<void> {
  const planning = planPage(page, deps)
    .then((batches) => parentPort?.postMessage({ nth, batches } satisfies ThreadSays))
    .finally(() => underWay.delete(planning));
  underWay.add(planning);
  return planning;
}

async function stop(): Promise<void> {
  await Promise.all(underWay);
  await pool.end();
  process.exit();
}
