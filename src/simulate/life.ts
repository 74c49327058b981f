import { localNumber, nhsNumber } from '../invented.js';
import { addDays, type Day } from '../register/day.js';
import { afterwards } from './afterwards.js';
import { AREAS, TRUSTS } from './bodies.js';
import { between, chance, type Dice } from './dice.js';
import type { Adt, Named } from './message.js';
import { stay } from './stay.js';
import type { Self, Span, Standing, Step } from './step.js';

export type Life = {
  nth: number;
  steps: Step[];
  /** How the person stands in the end. */
  standing: Standing;
  /** Every number under which something may be said of them; the first is their own. */
  nhsNumbers: string[];
  /** What must have been told before anybody may hear it. */
  told: { qualifying: boolean; died: boolean; bothDecided: boolean; detainedAgain: boolean };
};

/** A life in and out of hospital, as trusts and councils tell it. `twin` is a number of the same person's second record. */
export function lifeOf(nth: number, twin: number, d: Dice, { from, to }: Span): Life {
  const self = born(nth, d);
  const steps: Step[] = [];
  let standing: Standing = 'nothing';
  let since = from;
  for (const step of course(self, { from: addDays(from, d.number(500)), twin, d })) {
    if (step.on > to) break;
    steps.push(step);
    const { becomes } = step;
    if (!becomes) continue;
    const before = standing;
    standing = becomes;
    self.standing = becomes;
    if (becomes === 'died') {
      // Aftercare that was ended before stays ended, by the day and not by who told it first; what people had to say they
      // still have to.
      if ((before === 'ended' && since <= step.on) || before === 'unclear') standing = before;
      break;
    }
    since = step.on;
  }
  const told = toldIn(steps);
  // What is said of one record and what of the other depends on whether they are merged, or parted again.
  if (told.qualifying && steps.some((step) => 'message' in step && isOfTwo(step.message, localNumber('S', nth))))
    standing = 'unclear';
  const nhsNumbers = [nhsNumber(nth), nhsNumber(twin)];
  return { nth, steps, standing, nhsNumbers, told };
}

const isOfTwo = ({ person, retired }: Pick<Adt, 'person' | 'retired'>, mrn: string): boolean =>
  retired !== undefined || person.mrn !== mrn;

function born(nth: number, d: Dice): Self {
  const area = d.number(AREAS.length);
  const named = { nhsNumber: nhsNumber(nth), mrn: localNumber('S', nth) };
  return {
    ...named,
    nth,
    d,
    area,
    part: d.number(2),
    stays: 0,
    papers: 0,
    order: null,
    alone: null,
    standing: 'nothing',
  };
}

type Course = { from: Day; twin: number; d: Dice };

/** One stay after the other, and what comes between. */
function* course(self: Self, { from, twin, d }: Course): Generator<Step, void, undefined> {
  const isTwice = chance(d, 10);
  let day = from;
  for (;;) {
    day = yield* stay(self, day);
    if (isTwice && self.stays === 1) day = yield* secondRecord(self, addDays(day, between(d, 10, 90)), twin);
    const next = addDays(day, between(d, 60, 500));
    yield* afterwards(self, { from: day, to: next });
    if (chance(d, 15)) self.area = d.number(AREAS.length); // moved meanwhile
    day = next;
  }
}

/** Registered a second time at the same trust, with another number or none; the two are merged when somebody sees it. */
function* secondRecord(self: Self, from: Day, twin: number): Generator<Step, Day, undefined> {
  const { d } = self;
  const own: Named = { nhsNumber: self.nhsNumber, mrn: self.mrn };
  const second: Named = { nhsNumber: chance(d, 50) ? nhsNumber(twin) : null, mrn: localNumber('T', self.nth) };
  Object.assign(self, second);
  const left = yield* stay(self, from);
  Object.assign(self, own);
  const day = addDays(left, between(d, 5, 60));
  const trust = TRUSTS[self.area] ?? TRUSTS[0];
  const sentAt = `${day.replaceAll('-', '')}143000`;
  yield { on: day, message: { trust, trigger: 'A40', sentAt, person: own, retired: second } };
  if (second.nhsNumber === null || chance(d, 85)) return day;
  const parted = addDays(day, between(d, 5, 40));
  yield {
    on: parted,
    fact: { kind: 'identity-separated', nhsNumber: own.nhsNumber, from: second.nhsNumber },
    becomes: 'unclear',
  };
  return parted;
}

function toldIn(steps: readonly Step[]): Life['told'] {
  const messages = steps.flatMap((step) => ('message' in step ? [step.message] : []));
  const facts = steps.flatMap((step) => ('fact' in step ? [step.fact] : []));
  const periods = messages
    .flatMap(({ periods = [] }) => periods)
    .filter(({ status }) => status && QUALIFYING.has(status));
  const papers = steps.flatMap((step) => ('row' in step && step.row.section !== 'S2' ? [step.row.from] : []));
  const begun = new Set([...periods.flatMap(({ from }) => from ?? []), ...papers]);
  const decided = (body: string) => facts.some((fact) => fact.kind === 'aftercare-decision' && fact.body === body);
  return {
    qualifying: begun.size > 0,
    died:
      messages.some(({ method, diedOn }) => method === '4' || diedOn !== undefined) ||
      facts.some(({ kind }) => kind === 'died'),
    bothDecided: decided('council') && decided('icb'),
    detainedAgain: begun.size > 1,
  };
}

const QUALIFYING = new Set(['03', '09', '15']);
