import type { Step } from '../organisations/directory.js';
import type { ToldCount } from './refold-tally.js';
import type { Move, Moving } from './transition-move.js';

/** People of one side who go the same way, on the same ground. `to` null: nobody is known to answer. */
export type Way = {
  side: Move['side'];
  from: string | null;
  fromName: string | null;
  to: string | null;
  toName: string | null;
  /** Between whom nobody has chosen: before, and now. */
  fromCandidates: string[];
  candidates: string[];
  steps: Step[];
  count: number;
};

/** Sums over any number of people, in as much memory as there are ways and bodies. */
export type TransitionSums = {
  /** Folded for the day that is asked about; of these a body changes for `moving`. */
  looked: number;
  moving: number;
  /** Of the moving, those for whom nobody is known to answer on one side or both. */
  unresolved: number;
  /** Somebody has said something of them that waits to be folded anyway. */
  waiting: number;
  failed: number;
  clocks: number;
  openEndings: number;
  ways: Way[];
  told: ToldCount[];
};

export type TransitionBatch = { looked: number; waiting: number; failed: number; people: Moving[] };

export function openTransitionTally() {
  const sums = { looked: 0, moving: 0, unresolved: 0, waiting: 0, failed: 0, clocks: 0, openEndings: 0 };
  const ways = new Map<string, Way>();
  const told = new Map<string, ToldCount>();

  const add = ({ moves, clocks, openEndings, sent }: Moving) => {
    sums.moving += 1;
    sums.clocks += clocks.length;
    sums.openEndings += openEndings;
    if (moves.some(({ to }) => to.code === null)) sums.unresolved += 1;
    for (const move of moves) countWay(ways, move);
    for (const { to, says } of sent) {
      const body = told.get(to) ?? { to, versions: 0, says: {} };
      told.set(to, body);
      body.versions += 1;
      for (const what of says) body.says[what] = (body.says[what] ?? 0) + 1;
    }
  };

  return {
    add({ looked, waiting, failed, people }: TransitionBatch): void {
      sums.looked += looked;
      sums.waiting += waiting;
      sums.failed += failed;
      for (const person of people) add(person);
    },
    done: (): number => sums.looked + sums.waiting + sums.failed,
    sums: (): TransitionSums => ({
      ...sums,
      ways: [...ways.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, way]) => way),
      told: [...told.values()].sort((a, b) => (a.to < b.to ? -1 : 1)),
    }),
  };
}

function countWay(ways: Map<string, Way>, { side, from, to, steps }: Move): void {
  const candidates = to.code === null ? to.candidates : [];
  const fromCandidates = from.code === null ? from.candidates : [];
  const key = JSON.stringify([side, from.code, fromCandidates, to.code, candidates, steps]);
  const way = ways.get(key);
  if (way) way.count += 1;
  else {
    const bodies = { from: from.code, fromName: from.name, to: to.code, toName: to.name };
    ways.set(key, { side, ...bodies, fromCandidates, candidates, steps, count: 1 });
  }
}
