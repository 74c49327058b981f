import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Publication, sameEpisode } from '../../src/publish/content.js';
import { publishAfter } from '../../src/publish/publish-after.js';
import { recipientKey } from '../../src/publish/route.js';
import { addDays, type Day } from '../../src/register/day.js';
import type { Entry, Episode } from '../../src/register/entry.js';
import type { Policies } from '../../src/register/policy.js';
import * as people from './entries.js';

const { BIRMINGHAM, SOLIHULL } = people;
const CHILDREN = `${BIRMINGHAM}-children`;
const TURNS = '2026-06-15';
const BORN = '2008-06-15';

const withChildrens = (...councils: string[]): Policies =>
  Object.assign(people.everywhere(), { childrensSystems: new Set(councils) });
const policies = withChildrens(BIRMINGHAM);

const child = (asOf: Day, episodes: Episode[] = [people.episode()], birthDate: Day | null = BORN): Entry => ({
  ...people.entry(episodes),
  asOf,
  birthDate,
});

/** What every system holds after it was told, as the ledger keeps it. */
function told(before: readonly Publication[], entry: Entry, by = policies): Publication[] {
  const now = publishAfter(entry, by, before);
  const keyOf = ({ to }: Publication) => recipientKey(to);
  return [...before.filter((each) => !now.some((other) => keyOf(other) === keyOf(each))), ...now];
}
const flagsOf = (held: readonly Publication[]): string[] =>
  held
    .filter(({ to }) => to.kind === 'council')
    .flatMap(({ to, episodes }) =>
      episodes.map(
        ({ flag }) => `${recipientKey(to)} ${flag?.status ?? 'none'}${flag?.reason ? ` ${flag.reason}` : ''}`,
      ),
    )
    .sort();

test('under eighteen the system for children is told, and only that', () => {
  expect(flagsOf(told([], child('2026-06-14')))).toEqual([`${CHILDREN} active`]);
});

test('on the birthday the system for adults is told, and the other hears that the same council goes on with it', () => {
  const held = told(told([], child('2026-06-14')), child(TURNS));
  expect(flagsOf(held)).toEqual([`${BIRMINGHAM} active`, `${CHILDREN} inactive moved-within-council`]);
  expect(held.find(({ to }) => recipientKey(to) === CHILDREN)?.episodes[0]).toMatchObject({
    episodeOfCare: 'finished',
    carePlan: 'revoked',
    bodies: [],
  });
});

test('born on 29 February: from 1 March, as that year has no such day', () => {
  const leap = (asOf: Day) => flagsOf(told([], child(asOf, [people.episode()], '2008-02-29')));
  expect(leap('2026-02-28')).toEqual([`${CHILDREN} active`]);
  expect(leap('2026-03-01')).toEqual([`${BIRMINGHAM} active`]);
});

test('nobody is a child whose birth date is not known, or whose council has one system', () => {
  expect(flagsOf(told([], child('2026-06-14', undefined, null)))).toEqual([`${BIRMINGHAM} active`]);
  expect(flagsOf(told([], child('2026-06-14'), withChildrens()))).toEqual([`${BIRMINGHAM} active`]);
});

test('who was never a child in it is not mentioned to the system for children', () => {
  expect(flagsOf(told([], child(TURNS, undefined, '1980-01-02')))).toEqual([`${BIRMINGHAM} active`]);
  expect(flagsOf(told([], child(TURNS)))).toEqual([`${BIRMINGHAM} active`]);
});

test('an episode that was over before the birthday stays where it was told', () => {
  const over = people.episode({ status: 'superseded', endedBy: 'redetained', to: '2026-05-01' });
  const again = people.episode({ anchors: ['RXT|P2'], from: '2026-07-01' });
  const held = told(told([], child('2026-06-14', [over])), child('2026-08-01', [over, again]));
  expect(flagsOf(held)).toEqual([`${BIRMINGHAM} active`, `${CHILDREN} inactive redetained`]);
});

test('another council becomes responsible for a child: then it is another body that goes on', () => {
  const moved = people.episode({ council: people.agreed(SOLIHULL), formerCouncils: [BIRMINGHAM] });
  expect(flagsOf(told(told([], child('2026-06-01')), child('2026-06-02', [moved])))).toEqual([
    `${CHILDREN} inactive responsibility-moved`,
    `${SOLIHULL} active`,
  ]);
});

test('a mistake that was told to both systems is taken back in both', () => {
  const both = told(told([], child('2026-06-14')), child(TURNS));
  expect(flagsOf(told(both, child('2026-07-01', [people.inError()])))).toEqual([
    `${BIRMINGHAM} entered-in-error`,
    `${CHILDREN} entered-in-error`,
  ]);
});

describe('whatever happens', () => {
  const aCouncil = fc.constantFrom(people.agreed(BIRMINGHAM), people.agreed(SOLIHULL));
  const anAge = fc.constantFrom<Day | null>(BORN, '2008-07-01', '1980-01-02', null);
  const aStep = fc.record({ days: fc.nat(30), council: aCouncil, birthDate: anAge, connected: fc.boolean() });

  test('the one episode that is owed has one active Flag over all systems, and telling again says nothing', () => {
    fc.assert(
      fc.property(fc.array(aStep, { minLength: 1, maxLength: 8 }), (steps) => {
        let held: Publication[] = [];
        let asOf = '2026-05-20';
        for (const { days, council, birthDate, connected } of steps) {
          asOf = addDays(asOf, days);
          const former = [BIRMINGHAM, SOLIHULL].filter((code) => code !== council.code);
          const entry = child(asOf, [people.episode({ council, formerCouncils: former })], birthDate);
          const by = connected ? policies : withChildrens();
          held = told(held, entry, by);
          expect(flagsOf(held).filter((flag) => flag.endsWith(' active'))).toHaveLength(1);
          expect(told(held, entry, by)).toEqual(expect.arrayContaining(held));
          expect(
            held.every(({ episodes }) => episodes.every((e) => entry.episodes.some((o) => sameEpisode(e, o)))),
          ).toBe(true);
        }
      }),
    );
  });
});
