import type { Pool } from 'pg';
import { type FoldDeps, foldDue } from '../flow/fold.js';
import { interpretPending } from '../flow/interpret.js';
import { receiver } from '../flow/receive.js';
import { planTransition, type TransitionPlan } from '../flow/transition.js';
import { ABOUT_BODIES } from '../flow/transition-move.js';
import type { Log } from '../log.js';
import { addDays, type Day } from '../register/day.js';
import type { Entry, Responsibility } from '../register/entry.js';
import { entryStore } from '../store/entries.js';
import { inboxStore } from '../store/inbox.js';
import { sweepStore } from '../store/sweep.js';
import type { Tables } from '../tables.js';
import type { Say } from './demonstration.js';
import { drawingOf } from './transition-drawing.js';
import { leavingOf, RESIDENTS, staleOf } from './transition-people.js';

/** The changes that are rehearsed, by their day. */
const CHANGES: readonly { on: Day; title: string }[] = [
  { on: '2022-07-01', title: '1 July 2022: 106 CCGs become 42 integrated care boards' },
  { on: '2023-04-01', title: '1 April 2023: Cumbria is divided; North Yorkshire and Somerset become one council each' },
  { on: '2026-04-01', title: '1 April 2026: twelve integrated care boards become six, and Frimley is divided' },
];

export type Rehearsed = {
  plans: TransitionPlan[];
  register: Entry[];
  /** What is not as it must be; empty: nobody fell out of the register. */
  differences: string[];
};

type On = { pool: Pool; tables: Tables; log: Log; say: Say; signal: AbortSignal };

/** Plays each change with the clock of its day: first the plan, then midnight, then what the register says against it. */
export async function rehearseTransitions(on: On): Promise<Rehearsed> {
  const { say } = on;
  const before = addDays(CHANGES[0]?.on ?? '2022-07-01', -1);
  say.title(`${before}: ${RESIDENTS.length} people, one of each CCG, are owed aftercare`);
  await hear(RESIDENTS.map(leavingOf), before, on);
  const plans: TransitionPlan[] = [];
  const differences: string[] = [];
  for (const change of CHANGES) {
    on.signal.throwIfAborted();
    say.title(change.title);
    const known = await registerOf(on.pool);
    const plan = await planned(change.on, on);
    plans.push(plan);
    for (const line of drawingOf(plan)) say.line(line);
    await midnight(change.on, on);
    differences.push(...faultsOf(change.on, { before: known, plan, after: await registerOf(on.pool) }));
    say.line(
      `  ${plan.moving} people have another body, for ${plan.unresolved} of them it is asked which; nobody is without.`,
    );
  }
  await lateNews(on);
  const register = await registerOf(on.pool);
  differences.push(...unanswered('at the end', register));
  return { plans, register, differences };
}

/** A trust goes on sending the codes of CCGs; what it sends counts for whoever has come after. */
async function lateNews(on: On): Promise<void> {
  const stale = RESIDENTS.find(({ ccg }) => ccg === '06T');
  if (!stale) return;
  on.say.title('Years later a trust still sends 06T, the code of a CCG that is gone');
  const day = CHANGES.at(-1)?.on ?? '';
  await hear([staleOf(stale)], day, on);
  for (const { icb, name } of await registerOf(on.pool)) {
    if (name?.given[0] === 'Latecomer') on.say.line(`  ${icb.asWritten} is ${icb.code} ${icb.name ?? ''}`);
  }
}

const at = (day: Day, { pool, tables: { site, directory } }: On): FoldDeps => ({
  ...{ pool, site, directory },
  now: () => new Date(`${day}T12:00:00Z`),
  today: () => day,
});

/** The way in, as the service has it. */
async function hear(messages: readonly string[], day: Day, on: On): Promise<void> {
  const { pool, tables, log } = on;
  const { site, mappings } = tables;
  const receive = receiver({ site, acceptBatch: inboxStore(pool).acceptBatch, wake: () => undefined, log });
  await Promise.all(messages.map((text) => receive(Buffer.from(text), { transport: 'mllp', peer: 'rehearsal' })));
  await interpretPending({ pool, site, mappings, changed: async () => undefined, log });
  await foldDue({ ...at(day, on), deliver: () => undefined, log });
}

/** What the sweep of that day does: whoever the day changes is folded. */
async function midnight(day: Day, on: On): Promise<void> {
  await sweepStore(on.pool).markChanging(day, RESIDENTS.length * 2);
  await foldDue({ ...at(day, on), deliver: () => undefined, log: on.log });
}

const planned = (day: Day, on: On): Promise<TransitionPlan> =>
  planTransition(
    { on: day, everybody: false, stop: on.signal, moving: async () => undefined, progress: () => undefined },
    { ...at(addDays(day, -1), on), log: on.log },
  );

const registerOf = async (pool: Pool): Promise<Entry[]> =>
  (await entryStore(pool).list({ limit: 1_000 })).map(({ entry }) => entry);

type Change = { before: readonly Entry[]; plan: TransitionPlan; after: readonly Entry[] };

function faultsOf(day: Day, { before, plan, after }: Change): string[] {
  const was = new Map(before.map((entry) => [entry.nhsNumber, entry]));
  const rewritten = after.filter(({ nhsNumber, council, icb }) => {
    const old = was.get(nhsNumber);
    return old && (old.council.asWritten !== council.asWritten || old.icb.asWritten !== icb.asWritten);
  });
  const moved = after.filter(({ nhsNumber, council, icb }) => {
    const old = was.get(nhsNumber);
    return old && (answeringIn(old.council) !== answeringIn(council) || answeringIn(old.icb) !== answeringIn(icb));
  });
  return [
    ...(was.size === after.length ? [] : [`${day}: ${was.size} people before, ${after.length} after`]),
    ...(rewritten.length === 0 ? [] : [`${day}: codes as written were changed for ${rewritten.length} people`]),
    ...(moved.length === plan.moving ? [] : [`${day}: ${plan.moving} people were planned, ${moved.length} have moved`]),
    ...unanswered(day, after),
  ];
}

const answeringIn = ({ code, candidates }: Responsibility): string => [code, ...candidates].join(' ');

function unanswered(when: string, register: readonly Entry[]): string[] {
  const without = register.filter(
    ({ status, council, icb, questions }) =>
      status === 'active' &&
      (council.code === null || icb.code === null) &&
      !questions.some(({ kind }) => ABOUT_BODIES.includes(kind)),
  );
  const inactive = register.filter(({ status }) => status !== 'active');
  return [
    ...(without.length === 0 ? [] : [`${when}: ${without.length} people have no body and no question`]),
    ...(inactive.length === 0 ? [] : [`${when}: ${inactive.length} people are no longer active`]),
  ];
}
