import type { PoolClient } from 'pg';
import type { Log } from '../log.js';
import type { Day } from '../register/day.js';
import { closureStore } from '../store/closure.js';
import { foldedWithStore } from '../store/folded-with.js';
import { inRehearsal } from '../store/replay.js';
import type { FoldDeps } from './fold.js';
import { lookInto } from './fold-to-look.js';
import { foldedWithToday } from './folded-with.js';
import { turn } from './pace.js';
import { isDue, keysIn, onPage } from './page-of-people.js';
import { abreast } from './side-by-side.js';
import { sentOf } from './told-versions.js';
import { type Moving, movesOf, movingOf } from './transition-move.js';
import { openTransitionTally, type TransitionBatch, type TransitionSums } from './transition-tally.js';
import { ofWholeRegister, refuseWhileRebuilding } from './whole-register.js';

export type PlanHow = {
  /** The day whose bodies are asked about: today, or a day to come. */
  on: Day;
  /** By a directory that does not count yet, so that everybody is looked at. */
  everybody: boolean;
  stop: AbortSignal;
  /** Everybody of whom a body changes, batch by batch. */
  moving(people: readonly Moving[]): Promise<void>;
  progress(done: number, of: number): void;
};

export type TransitionPlan = TransitionSums & { on: Day; interrupted: boolean };

type Deps = FoldDeps & { log: Log };

/** A page is folded in two transactions side by side. */
const PAGE = 1_600;
/** While one is read another is folded: nothing waits for the last of a page. */
const PAGES_AT_ONCE = 2;

/**
 * Who gets another body by the day, beside the entry that is kept: by organisations that are others than those it was folded
 * with, or by a change of bodies whose day comes until then. Nothing is locked or kept.
 */
export async function planTransition(how: PlanHow, deps: Deps): Promise<TransitionPlan> {
  const store = foldedWithStore(deps.pool);
  const concerned = { today: foldedWithToday(deps), on: how.on, everybody: how.everybody };
  const of = await ofWholeRegister(deps.pool, () => store.countConcerned(concerned));
  const tally = openTransitionTally();
  const on = { ...deps, today: () => how.on };
  const pages = abreast(PAGES_AT_ONCE, async (batches: readonly TransitionBatch[]) => {
    for (const batch of batches) {
      tally.add(batch);
      await how.moving(batch.people);
    }
    how.progress(tally.done(), of);
  });
  try {
    for (let after: string | null = null; !how.stop.aborted; ) {
      const page: string[] = await store.concerned(concerned, PAGE, after);
      after = page.at(-1) ?? null;
      if (after === null) break;
      await pages.begin(() => planPage(page, on));
    }
  } finally {
    await pages.ended();
  }
  return { on: how.on, ...tally.sums(), interrupted: how.stop.aborted };
}

function planPage(page: readonly string[], deps: Deps): Promise<TransitionBatch[]> {
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
  deps: Deps,
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
