import { type Keeper, keeping } from '../bench/keeper.js';
import { isOpen } from '../bench/settled.js';
import { londonDay } from '../register/day.js';
import { compareRegister, readRegister } from './expected.js';
import { untilQuiet } from './quiet.js';
import { heldAgainst, heldVersions, mended, type Reconciled } from './reckoning.js';
import { playRound } from './round.js';
import { confirmed, notInInbox, parked } from './rows.js';
import { type Size, type Timeline, timelineOf } from './timeline.js';
import { emptyTally, type Tally } from './trust.js';
import { openWatch, type Watch } from './watch.js';
import { openWorld, type World } from './world.js';

export type SimulationOptions = Size & { databaseUrl: string | null };

export type Simulated = Size & {
  /** Empty: everything held. */
  problems: string[];
  messages: number;
  repeatedOrLost: number;
  refused: number;
  facts: number;
  rows: number;
  kills: number;
  outages: number;
  restored: number;
  confirmed: number;
  statuses: Record<string, number>;
  questions: Record<string, number>;
  reconciled: Reconciled[];
  seconds: number;
};

export type Saying = { signal: AbortSignal; say(text: string): void };

/** One seed, from the first day of the first life until everything has settled and has been compared. */
export function simulate(options: SimulationOptions, { signal, say }: Saying): Promise<Simulated> {
  // What failed in one place is not waited for in another.
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  return keeping(signal, (keeper) => played(keeper, options, { signal: stop, say }).finally(() => over.abort()));
}

async function played(keeper: Keeper, { databaseUrl, ...size }: SimulationOptions, { signal, say }: Saying) {
  const begun = performance.now();
  const timeline = timelineOf(size);
  const world = await openWorld(keeper, databaseUrl);
  const tally = emptyTally();
  const watch = openWatch(timeline.lives);
  const backups = new Map();
  for (const round of timeline.rounds) {
    await playRound(round, { world, tally, watch, backups, stop: signal });
    say(`until ${round.until}: ${tally.acknowledged.size} messages acknowledged`);
  }
  const end = await compared(timeline, { world, tally, watch }, { signal, say });
  await world.stop();
  return { ...size, ...end, ...countsOf(timeline, tally), seconds: Math.round((performance.now() - begun) / 1_000) };
}

type Played = { world: World; tally: Tally; watch: Watch };

async function compared(timeline: Timeline, { world, tally, watch }: Played, { signal, say }: Saying) {
  const { pool, councils } = world;
  const problems: string[] = [];
  const settle = async () => {
    const open = await untilQuiet(world, signal);
    if (isOpen(open)) problems.push(`work was left undone: ${JSON.stringify(open)}`);
  };
  say('everything was told: now it settles');
  await settle();
  say('settled: councils are reconciled');
  const rounds = await mended(world, settle);
  say('reconciled: everybody is compared with what was sent, and derived again');
  const posts = timeline.rounds.flatMap((round) => round.posts);
  const sent = { lives: timeline.lives, posts, asOf: londonDay(new Date().toISOString()) };
  const register = await readRegister(pool);
  const [unlike, rebuilt] = await Promise.all([compareRegister(sent, register, world.tables), rebuiltAlike(world)]);
  say('compared: councils are held against the register');
  const held = heldAgainst(rounds, register.entries);
  await Promise.all(councils.map(watch.look));
  const lost = await notInInbox(pool, [...tally.acknowledged], ['interpreted', 'ignored']);
  problems.push(
    ...tally.wrong,
    ...lost.map((id) => `acknowledged, and not interpreted: ${id}`),
    ...(await notInInbox(pool, [...tally.broken], ['parked'])).map((id) => `broken, and not parked: ${id}`),
    ...unlike,
    ...(await heldVersions(world, register.entries)),
    ...held.problems,
    ...watch.problems(),
    ...patientDataIn(world.printed()),
    ...rebuilt,
  );
  for (const { body, version, fault, outcome } of await parked(pool))
    problems.push(`${body}: version ${version} is parked: ${fault} ${JSON.stringify(outcome)}`);
  const { entries } = register;
  return {
    problems,
    reconciled: held.rows,
    confirmed: await confirmed(pool),
    statuses: counted(entries.map(({ status }) => status)),
    questions: counted(entries.flatMap(({ questions }) => questions.map(({ kind }) => kind))),
  };
}

const patientDataIn = (printed: string): string[] =>
  /\b999\d{7}\b/.test(printed) ? ['the service printed an NHS number'] : [];

/** Everything derived is derived again from what is original, and nothing is sent because of it. */
async function rebuiltAlike({ command }: World): Promise<string[]> {
  const { code, answer } = await command(['rebuild']);
  return code === 0 ? [] : [`a rebuild is not the same: ${answer.slice(0, 300)}`];
}

function countsOf({ rounds }: Timeline, tally: Tally) {
  const troubles = rounds.flatMap((round) => round.troubles.map(({ kind }) => kind));
  const of = (...kinds: string[]) => troubles.filter((kind) => kinds.includes(kind)).length;
  return {
    messages: tally.acknowledged.size,
    repeatedOrLost: tally.again,
    refused: tally.refused,
    facts: rounds.reduce((sum, { facts }) => sum + facts.length, 0),
    rows: rounds.reduce((sum, { rows }) => sum + rows.length, 0),
    kills: of('killed'),
    outages: of('council-down', 'council-loses-answers'),
    restored: of('restored'),
  };
}

function counted(all: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const each of all.toSorted()) counts[each] = (counts[each] ?? 0) + 1;
  return counts;
}
