import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { livingPostmaster, stopPostmaster } from '../store/embedded/postmaster.js';
import { type Child, type Program, startChild } from './child.js';

/** What one measure has begun, so that all of it is ended and removed whatever happens. */
export type Keeper = {
  start(program: Program): Child;
  /** A folder of its own, removed in the end together with an embedded database in its `data`. */
  folder(): Promise<string>;
  /** Called in the end, the last first. */
  undo(end: () => Promise<unknown>): void;
  /** Throws once the end has come: nothing more may be begun. */
  goOn(): void;
};

const SETTLES_WITHIN_MS = 15_000;

/** Does the work and ends everything that it has begun, also when it fails or is interrupted. */
export async function keeping<T>(signal: AbortSignal, work: (keeper: Keeper) => Promise<T>): Promise<T> {
  const { keeper, endAll, removeAll } = openKeeper();
  const working = work(keeper);
  try {
    return await Promise.race([working, interruption(signal)]);
  } finally {
    await endAll();
    // Work that was interrupted stops at its next step, for nothing that it used is there any more.
    await within(SETTLES_WITHIN_MS, working);
    await endAll();
    await removeAll();
  }
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const patience = new AbortController();
  const { signal } = patience;
  await Promise.race([work.catch(() => undefined), sleep(ms, undefined, { signal }).catch(() => undefined)]);
  patience.abort();
}

function interruption(signal: AbortSignal): Promise<never> {
  const stopped = new Promise<never>((_, reject) => {
    const stop = () => reject(new Error('the bench was interrupted'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  stopped.catch(() => undefined);
  return stopped;
}

function openKeeper() {
  const undos: (() => Promise<unknown>)[] = [];
  const folders: string[] = [];
  let over = false;
  const goOn = () => {
    if (over) throw new Error('the bench is ending');
  };
  const keeper: Keeper = {
    start(program) {
      goOn();
      const child = startChild(program);
      undos.push(() => child.stop());
      return child;
    },
    async folder() {
      goOn();
      const made = await mkdtemp(join(tmpdir(), 'aftercare-bench-'));
      folders.push(made);
      return made;
    },
    undo: (end) => void undos.push(end),
    goOn,
  };
  return {
    keeper,
    async endAll() {
      over = true;
      for (const end of undos.splice(0).reverse()) await end().catch(() => undefined);
    },
    async removeAll() {
      for (const folder of folders.splice(0)) await remove(folder);
    },
  };
}

/** The database's own folder may lie elsewhere, behind a link: where the server's account can reach it. */
async function remove(folder: string): Promise<void> {
  const database = await realpath(join(folder, 'data', 'postgres')).catch(() => folder);
  const cluster = join(database, 'data');
  const server = await livingPostmaster(cluster);
  if (server) await stopPostmaster(cluster, server.pid);
  await rm(database, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
}
