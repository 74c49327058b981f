import type { PoolClient } from 'pg';
import type { Log } from '../log.js';
import { closureStore } from '../store/closure.js';
import { foldedWithStore } from '../store/folded-with.js';
import { inRehearsal } from '../store/replay.js';
import type { FoldDeps } from './fold.js';
import { lookInto } from './fold-to-look.js';
import { turn } from './pace.js';
import { isDue, keysIn, onPage } from './page-of-people.js';
import { sentOf } from './told-versions.js';
import { type Moving, movesOf, movingOf } from './transition-move.js';
import type { TransitionBatch } from './transition-tally.js';
import { refuseWhileRebuilding } from './whole-register.js';

/** `today` is the day that is asked about. */
export type PageDeps = FoldDeps & { log: Log };

/** So many pages at once: while one is read another is folded, and nothing waits for the last of a page. */
export const PAGES_AT_ONCE = 2;

/** Each page is folded in two transactions side by side. */
export const CONNECTIONS = 2 * PAGES_AT_ONCE;

/** Who of these people gets another body. */
export function planPage(page: readonly string[], deps: PageDeps): Promise<TransitionBatch[]> {
  const keys = new Set(page);
  return onPage(
    page,
    {
      within: inRehearsal,
      work: (db, parts) => planIn(db, parts, keys, deps),
      failed: (): TransitionBatch => ({ looked: 0, waiting: 0, failed: 1, people: [] }),
    },
    deps,
  );
}

async function planIn(
  db: PoolClient,
  parts: readonly string[][],
  keys: ReadonlySet<string>,
  deps: PageDeps,
): Promise<TransitionBatch> {
  await refuseWhileRebuilding(db);
  const closures = await closureStore(db).lookAt(parts);
  // What waits to be folded anyway is no difference that this makes.
  const folding = closures.filter((closure) => !isDue(closure));
  const asked = keysIn(folding).filter((key) => keys.has(key));
  const kept = await foldedWithStore(db).bodies(asked);
  const { peopleOf, versionsOf } = await lookInto(folding, deps, db);
  const moving: Moving[] = [];
  // One after another, and of each no more is held than what is told: what was made of a page at once would be in the way
  // of the next while memory is given back.
  for (const closure of folding) {
    for (const person of peopleOf(closure)) {
      const was = kept.get(person.key);
      if (!was) continue;
      const is = person.fold();
      const moves = movesOf({ was: was(), is }, deps.directory);
      // Who stays with the same bodies is not looked at any further.
      if (moves.length === 0) continue;
      const sent = sentOf(await versionsOf(person, is));
      moving.push(movingOf(person.key, is, moves, sent));
    }
    await turn();
  }
  return {
    looked: asked.length,
    waiting: keysIn(closures.filter(isDue)).filter((key) => keys.has(key)).length,
    failed: 0,
    people: moving,
  };
}
