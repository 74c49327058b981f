import { expect, test } from '@jest/globals';
import { explain } from '../../src/flow/explain.js';
import { statedFact } from '../../src/interpret/stated.js';
import { BOARDS, COUNCILS, TRUSTS } from '../../src/simulate/bodies.js';
import { unlikeTruth } from '../../src/simulate/expected.js';
import type { Life } from '../../src/simulate/life.js';
import { type Post, type Timeline, timelineOf } from '../../src/simulate/timeline.js';
import { siteFromObject } from '../../src/site.js';
import { recordedOn } from '../../src/store/statements.js';
import { tablesFor } from '../../src/tables.js';

const site = siteFromObject({
  name: 'Simulation',
  senders: TRUSTS.map((ods) => ({ ods, application: 'EPR', name: 'A trust', feed: 'zmh' })),
  councils: COUNCILS.map((gss) => ({ gss })),
  icbs: BOARDS.map((ods) => ({ ods })),
});
if (site.kind === 'problems') throw new Error(site.problems.join());
const tables = tablesFor(site.site);
const OFFICER = { organisation: 'E08000025', name: 'An Officer', role: 'keeps the register' };
const ON = '2026-11-21';

/** What is said of one life, without the service: late, repeated and out of order as it came. */
function register({ nth, steps }: Life, posts: readonly Post[]) {
  const given = posts.filter(({ life }) => life === nth).map(({ bytes }, index) => ({ file: 'sent', index, bytes }));
  const stated = steps.flatMap((step, place) => {
    if (!('fact' in step)) return [];
    const fact = statedFact({ statedBy: OFFICER, ...step.fact }, tables.mappings.codes);
    if (typeof fact === 'string') throw new Error(fact);
    return [recordedOn(fact, new Date(Date.parse(`${ON}T00:00:00Z`) + place))];
  });
  return explain(given, stated, ON, tables).register;
}

/** Lists of papers are loaded by the service alone. */
const isTold = ({ steps }: Life): boolean => !steps.some((step) => 'row' in step);

function unlike({ lives, rounds }: Timeline): string[] {
  const posts = rounds.flatMap((round) => round.posts);
  return lives.filter(isTold).flatMap((life) => unlikeTruth(life, register(life, posts)));
}

test('three hundred lives: wherever it takes nobody’s judgement, everybody stands as they lived', () => {
  for (const seed of [201, 202, 203])
    expect([seed, unlike(timelineOf({ seed, people: 100, years: 3 }))]).toEqual([seed, []]);
});

/** One life of a seed that failed, as it was lived and as the register has it. */
function lived(seed: number, people: number, nth: number) {
  const timeline = timelineOf({ seed, people, years: 3 });
  const life = timeline.lives[nth];
  if (!life) throw new Error('nobody lives there');
  const posts = timeline.rounds.flatMap((round) => round.posts);
  return { life, unlike: unlikeTruth(life, register(life, posts)) };
}

test('who came back and died while the second body still decided has died', () => {
  const { life, unlike } = lived(5, 3000, 2664);
  expect(unlike).toEqual([]);
  expect(life.standing).toBe('died');
});

test('who is recalled is back on the order, or it is over, before anything else begins', () => {
  const { life, unlike } = lived(36, 500, 365);
  expect(unlike).toEqual([]);
  // Within a recall a new section would end no order (MHA 1983 s17E), and both bodies' decisions would not count.
  const days = life.steps.map(({ on }) => on);
  expect(days).toEqual(days.toSorted());
});
