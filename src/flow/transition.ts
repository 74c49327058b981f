import type { Day } from '../register/day.js';
import { foldedWithStore } from '../store/folded-with.js';
import { foldedWithToday } from './folded-with.js';
import { abreast } from './side-by-side.js';
import { type Beside, lanesFor } from './transition-lanes.js';
import type { Moving } from './transition-move.js';
import { PAGES_AT_ONCE, type PageDeps } from './transition-page.js';
import { openTransitionTally, type TransitionBatch, type TransitionSums } from './transition-tally.js';
import { ofWholeRegister } from './whole-register.js';

export type PlanHow = {
  /** The day whose bodies are asked about: today, or a day to come. */
  on: Day;
  /** By a directory that does not count yet, so that everybody is looked at. */
  everybody: boolean;
  /** So many people at once; left out: as many as are quickest. Who are of one page come in the order of their facts. */
  page?: number;
  stop: AbortSignal;
  /** Everybody of whom a body changes, batch by batch. */
  moving(people: readonly Moving[]): Promise<void>;
  progress(done: number, of: number): void;
};

export type TransitionPlan = TransitionSums & { on: Day; interrupted: boolean };

/** `beside`: with what threads are opened, where there are many people; without it this one does everything. */
type Deps = PageDeps & { beside?: Beside };

const PAGE = 1_600;

/**
 * Who gets another body by the day, beside the entry that is kept: by organisations that are others than those it was folded
 * with, or by a change of bodies whose day comes until then. Nothing is locked or kept.
 */
export async function planTransition(how: PlanHow, deps: Deps): Promise<TransitionPlan> {
  const store = foldedWithStore(deps.pool);
  const concerned = { today: foldedWithToday(deps), on: how.on, everybody: how.everybody };
  const of = await ofWholeRegister(deps.pool, () => store.countConcerned(concerned));
  const tally = openTransitionTally();
  const lanes = lanesFor(of, how.on, deps);
  // Of several none waits for a slower one, whose people come first.
  const pages = abreast((2 * lanes.count - 1) * PAGES_AT_ONCE, async (batches: readonly TransitionBatch[]) => {
    for (const batch of batches) {
      tally.add(batch);
      await how.moving(batch.people);
    }
    how.progress(tally.done(), of);
  });
  try {
    for (let after: string | null = null; !how.stop.aborted; ) {
      const page: string[] = await store.concerned(concerned, how.page ?? PAGE, after);
      after = page.at(-1) ?? null;
      if (after === null) break;
      await pages.begin(() => lanes.plan(page));
    }
  } finally {
    await pages.ended().finally(lanes.end);
  }
  return { on: how.on, ...tally.sums(), interrupted: how.stop.aborted };
}
