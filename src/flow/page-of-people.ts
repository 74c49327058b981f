import type { Pool, PoolClient } from 'pg';
import { Fault } from '../fault.js';
import type { Log } from '../log.js';
import { type Closure, reachable } from '../store/closure.js';
import { peopleStore } from '../store/people.js';
import { unlessDeadlocked } from './deadlock.js';
import { isAboutDatabase } from './fold.js';
import { inHalves } from './pace.js';

type Deps = { pool: Pool; log: Log };

type Work<Done> = {
  /** The transaction that is opened: one that is kept, or one that never was. */
  within: (pool: Pool, work: (db: PoolClient) => Promise<Done>) => Promise<Done>;
  /** Of these people's nodes, those of each closure together. */
  work: (db: PoolClient, parts: readonly string[][]) => Promise<Done>;
  /** What is said of one person whom a defect of ours stops. */
  failed: () => Done;
};

/** A page of people, with everybody whom their facts may concern, in two transactions side by side. */
export async function onPage<Done>(personKeys: readonly string[], work: Work<Done>, deps: Deps): Promise<Done[]> {
  const nodeIds = await peopleStore(deps.pool).nodeIdsOf(personKeys);
  // Nobody is in both halves: one would wait for the other.
  const parts = await reachable(deps.pool, nodeIds);
  return inHalves(parts, (half) => onEach(half, work, deps));
}

/** Together; when that fails, each by itself, so that one person whom a defect of ours stops holds up nobody else. */
async function onEach<Done>(parts: readonly string[][], work: Work<Done>, deps: Deps): Promise<Done[]> {
  try {
    return [await onParts(parts, work, deps)];
  } catch (error) {
    if (error instanceof Fault || isAboutDatabase(error)) throw error;
    deps.log.warn('a batch could not be folded and is folded one by one', { count: parts.length, error });
  }
  const done: Done[] = [];
  for (const part of parts) {
    try {
      done.push(await onParts([part], work, deps));
    } catch (error) {
      if (isAboutDatabase(error)) throw error;
      deps.log.error('a person could not be folded and stays as folded before', { nodeRow: part[0] ?? '', error });
      done.push(work.failed());
    }
  }
  return done;
}

const onParts = <Done>(parts: readonly string[][], { within, work }: Work<Done>, { pool }: Deps): Promise<Done> =>
  unlessDeadlocked(() => within(pool, (db) => work(db, parts)));

/** Everybody whom these closures had. */
export const keysIn = (closures: readonly Pick<Closure, 'nodes'>[]): string[] => [
  ...new Set(closures.flatMap(({ nodes }) => nodes.flatMap(({ personKey }) => personKey ?? []))),
];

/** Something was said of them that waits to be folded. */
export const isDue = ({ nodes }: Pick<Closure, 'nodes'>): boolean => nodes.some(({ due }) => due);
