import { addDays, addMonths, type Day } from '../register/day.js';
import { COUNCILS } from './bodies.js';
import { between, chance, type Dice, partOf } from './dice.js';
import { type Life, lifeOf } from './life.js';
import { adt } from './message.js';
import type { PaperRow, Span, Stated } from './step.js';

/** What goes wrong with a message on its way to us. */
export type Mishap =
  | 'none'
  /** The trust sends the same bytes again, at once. */
  | 'repeated'
  /** Its answer does not reach the trust, which sends it again. */
  | 'answer-lost'
  /** What comes first is broken off; the trust sees that it was not understood and sends it whole under a number of its own. */
  | 'corrupted'
  /** Before it comes one from somebody whom we do not know. */
  | 'stranger';

/** A message of a trust, and when it comes: delays put it after later ones. */
export type Post = { life: number; trust: string; controlId: string; bytes: Buffer; arrives: Day; mishap: Mishap };

/** What happens to the systems within a round; shares are of the messages acknowledged in it. */
export type Trouble =
  | { kind: 'killed'; at: number }
  | { kind: 'council-down'; council: string; from: number; to: number }
  | { kind: 'council-loses-answers'; council: string; every: number }
  /** Taken once all has settled. */
  | { kind: 'backup'; council: string }
  | { kind: 'restored'; council: string };

/** A quarter of a year. */
export type Round = {
  until: Day;
  posts: Post[];
  facts: { on: Day; fact: Stated }[];
  rows: PaperRow[];
  troubles: Trouble[];
  /** Everything is waited for before the next begins. */
  settles: boolean;
};

export type Timeline = { lives: Life[]; rounds: Round[]; span: Span };

export type Size = { seed: number; people: number; years: number };

/** Before the reform of July 2022, so that codes change while lives go on. */
const BEGIN = '2022-01-01';

/** Everything that will happen, from the seed alone. */
export function timelineOf({ seed, people, years }: Size): Timeline {
  const span = { from: BEGIN, to: addDays(addMonths(BEGIN, 12 * years), -1) };
  const lives = Array.from({ length: people }, (_, nth) => lifeOf(nth, people + nth, partOf(seed, nth), span));
  const d = partOf(seed, -1);
  const rounds = roundsOf(span, years * 4, d);
  const roundOf = (day: Day): Round | undefined => rounds.find(({ until }) => day <= until) ?? rounds.at(-1);
  for (const life of lives) {
    for (const post of postsOf(life, d)) roundOf(post.arrives)?.posts.push(post);
    for (const step of life.steps) {
      if ('fact' in step) roundOf(step.on)?.facts.push({ on: step.on, fact: step.fact });
      // A list is loaded when somebody finds it.
      if ('row' in step) rounds[between(d, Math.floor(rounds.length / 2), rounds.length - 1)]?.rows.push(step.row);
    }
  }
  for (const { posts } of rounds) posts.sort(byArrival);
  return { lives, rounds, span };
}

const byArrival = (a: Post, b: Post): number => (a.arrives < b.arrives ? -1 : a.arrives > b.arrives ? 1 : 0);

function* postsOf(life: Life, d: Dice): Generator<Post> {
  let count = 0;
  for (const step of life.steps) {
    if (!('message' in step)) continue;
    count += 1;
    const { message } = step;
    const controlId = `${message.person.mrn}M${count}`;
    const isLate = chance(d, 8);
    yield {
      life: life.nth,
      trust: message.trust,
      controlId,
      bytes: Buffer.from(adt({ ...message, controlId })),
      arrives: addDays(step.on, isLate ? between(d, 1, 150) : 0),
      mishap: mishap(d),
    };
  }
}

function mishap(d: Dice): Mishap {
  const turn = d.number(100);
  if (turn < 6) return 'repeated';
  if (turn < 9) return 'answer-lost';
  if (turn < 11) return 'corrupted';
  return turn < 12 ? 'stranger' : 'none';
}

function roundsOf({ from }: Span, count: number, d: Dice): Round[] {
  return Array.from({ length: count }, (_, nth) => ({
    until: addDays(addMonths(from, 3 * (nth + 1)), -1),
    posts: [],
    facts: [],
    rows: [],
    troubles: troublesOf(nth, count, d),
    settles: nth === count - 1 || chance(d, 60),
  }));
}

/** Every run has a kill, an outage and a council that comes back as it was; which and when is chance. */
function troublesOf(nth: number, count: number, d: Dice): Trouble[] {
  const council = d.oneOf([COUNCILS[0] ?? '', ...COUNCILS]);
  const troubles: Trouble[] = [];
  if (nth % 3 === 1 || chance(d, 20)) troubles.push({ kind: 'killed', at: between(d, 10, 90) / 100 });
  if (chance(d, 50)) {
    const from = between(d, 0, 50) / 100;
    troubles.push({ kind: 'council-down', council, from, to: from + 0.5 });
  }
  if (chance(d, 40)) troubles.push({ kind: 'council-loses-answers', council, every: between(d, 3, 12) });
  const backups = COUNCILS.filter((_, place) => place % count === nth % COUNCILS.length);
  if (nth < count - 1) troubles.push(...backups.map((each) => ({ kind: 'backup', council: each }) as const));
  if (nth > 0 && (nth === count - 1 || chance(d, 30)))
    troubles.push({ kind: 'restored', council: d.oneOf([COUNCILS[0] ?? '', ...COUNCILS]) });
  return troubles;
}

/** Who sends to us; strangers are none of these. */
export const STRANGER = 'R1A';
