import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Publication, sameEpisode } from '../../src/publish/content.js';
import { digestOf } from '../../src/publish/digest.js';
import { publish } from '../../src/publish/publish.js';
import { publishAfter, retiredAfter } from '../../src/publish/publish-after.js';
import { type Entry, type Question, UNKNOWN_BODY } from '../../src/register/entry.js';
import { anyEntry } from './any-entry.js';
import * as people from './entries.js';

const { BIRMINGHAM, BSOL, PLAN, SOLIHULL } = people;
const policies = people.everywhere();
const now = (entry: Entry, told: Publication[] = [], retired: Publication[] = []) =>
  publishAfter(entry, policies, told, retired);
const atCouncil = (publications: Publication[], code: string) => publications.find(({ to }) => to.code === code);

const inHospital = people.entry([people.inHospital()]);
const home = people.entry([people.episode({ plan: PLAN })]);
const cancelled = people.entry([people.inHospital({ dischargeCancelled: true })]);
const moved = people.entry([people.episode({ council: people.agreed(SOLIHULL), formerCouncils: [BIRMINGHAM] })]);

test('the first time, everybody hears what there is to hear', () => {
  expect(now(home)).toEqual(publish(home, policies));
});

test('a council that was never told does not hear that responsibility has moved from it', () => {
  expect(now(moved).map(({ to }) => to.code)).toEqual([SOLIHULL, BSOL]);
});

test('a council that was told does', () => {
  expect(atCouncil(now(moved, now(home)), BIRMINGHAM)).toMatchObject({
    withdrawal: true,
    episodes: [{ flag: { reason: 'responsibility-moved' }, carePlan: 'revoked', plan: null }],
  });
});

test('a council that was told early and is no longer responsible does not learn that the person went home', () => {
  const early = now(inHospital);
  expect(atCouncil(now(moved, early), BIRMINGHAM)?.episodes).toMatchObject([
    { episodeOfCare: 'finished', flag: null, start: null },
  ]);
});

test('a cancelled discharge is news only to those who heard of the discharge', () => {
  expect(atCouncil(now(cancelled), BIRMINGHAM)?.episodes[0]?.flag).toBeNull();
  expect(atCouncil(now(cancelled, now(home)), BIRMINGHAM)?.episodes[0]?.flag).toMatchObject({
    reason: 'discharge-cancelled',
  });
});

test('a mistake is news only to those who heard of it', () => {
  const mistake = people.entry([people.inError()]);
  expect(now(mistake)).toEqual([]);
  expect(now(mistake, now(home)).map(({ to, withdrawal }) => [to.code, withdrawal])).toEqual([
    [BIRMINGHAM, true],
    [BSOL, true],
  ]);
});

describe('what was told and would not be told today', () => {
  test('is taken back as moved, where a statement was withdrawn and another council has the episode', () => {
    const withdrawn = people.entry([people.episode({ council: people.agreed(SOLIHULL) })]);
    expect(atCouncil(now(withdrawn, now(home)), BIRMINGHAM)?.episodes).toMatchObject([
      { flag: { status: 'inactive', reason: 'responsibility-moved' } },
    ]);
  });

  test('is taken back as an error, where the person has no such episode', () => {
    const anotherPersons = people.entry([], { status: 'not-known' });
    const after = now(anotherPersons, now(home));
    expect(after.map(({ to }) => to.code)).toEqual([BIRMINGHAM, BSOL]);
    expect(after.every(({ episodes }) => episodes[0]?.flag?.status === 'entered-in-error')).toBe(true);
  });

  test('goes on while nobody else is known: a doubt about who leaves nobody with an old Flag', () => {
    const doubted = people.entry([people.episode({ council: UNKNOWN_BODY })]);
    const held = latest(now(home), now(doubted, now(home)));
    expect(atCouncil(held, BIRMINGHAM)?.episodes).toMatchObject([
      { flag: { status: 'active' }, bodies: [{ kind: 'council', standing: 'unknown' }, { kind: 'icb' }] },
    ]);
    const dead = people.entry([people.died({ council: UNKNOWN_BODY })]);
    expect(atCouncil(now(dead, held), BIRMINGHAM)?.episodes[0]?.flag).toMatchObject({ reason: 'died' });
  });

  test('goes on where a partnership that was told early now wishes to hear only on leaving', () => {
    const late = publishAfter(inHospital, people.everywhere({ tellProspective: false }), now(inHospital));
    expect(late.map(digestOf)).toEqual(now(inHospital).map(digestOf));
  });

  test('stays while it is unclear who the person is', () => {
    const questions: Question[] = [{ id: 'q', kind: 'identity-conflict', text: '', options: [], facts: [] }];
    expect(now({ ...home, questions }, now(home))).toEqual([]);
  });
});

test('a former council hears nothing of what happens later, not even a new name', () => {
  const told = now(moved, now(home));
  const later = people.entry(
    [people.jointlyEnded({ from: '2026-02-28', council: people.agreed(SOLIHULL), formerCouncils: [BIRMINGHAM] })],
    { name: { family: 'Changed', given: ['Alex'] } },
  );
  const before = atCouncil(told, BIRMINGHAM);
  const after = atCouncil(now(later, told), BIRMINGHAM);
  expect(before && digestOf(before)).toBe(after && digestOf(after));
});

describe('two merged records: a body hears of each number under that number', () => {
  const RETIRED = '9990000026';
  const recordOf = (council: string): Entry =>
    people.entry([people.episode({ anchors: ['RYA|9'], council: people.agreed(council) })], { nhsNumber: RETIRED });
  const both = people.episode({ anchors: ['RXT|P1', 'RYA|9'] });
  const merged = people.entry([both], { formerNhsNumbers: [RETIRED] });
  const retired = (told: Publication[], entry = merged) => retiredAfter(entry, policies, told);
  const inWords = ({ to, patient, episodes }: Publication) =>
    `${to.code} of ${patient.nhsNumber}: ${episodes.map(({ flag }) => flag && (flag.reason ?? flag.status)).join()}`;

  test('what was told of the number that went is in error beside the one that stands, or has moved to another council', () => {
    const [atBirmingham, atSolihull] = [now(recordOf(BIRMINGHAM)), now(recordOf(SOLIHULL))];
    expect(now(merged, now(home), atSolihull).map(inWords)).toEqual([
      `${BIRMINGHAM} of 9990000018: active`,
      `${BSOL} of 9990000018: active`,
    ]);
    expect(retired(atSolihull).map(inWords)).toEqual([
      `${SOLIHULL} of ${RETIRED}: responsibility-moved`,
      `${BSOL} of ${RETIRED}: entered-in-error`,
    ]);
    expect(retired(atBirmingham).map(inWords)).toContain(`${BIRMINGHAM} of ${RETIRED}: entered-in-error`);
  });

  test('a council that heard of the number that went goes on being told, of the one that stands', () => {
    const doubted = people.entry([{ ...both, council: UNKNOWN_BODY }]);
    const told = now(recordOf(SOLIHULL));
    expect(now(doubted, [], told).map(inWords)).toContain(`${SOLIHULL} of 9990000018: active`);
    expect(atCouncil(now(doubted, now(home), now(recordOf(BIRMINGHAM))), BIRMINGHAM)?.episodes).toHaveLength(1);
  });

  test('what was taken back stays so, and while it is unclear who the person is nothing is taken back', () => {
    const taken = retired(now(recordOf(SOLIHULL)));
    expect(retired(taken).map(digestOf)).toEqual(taken.map(digestOf));
    const questions: Question[] = [{ id: 'q', kind: 'identity-conflict', text: '', options: [], facts: [] }];
    expect(retired(now(recordOf(SOLIHULL)), { ...merged, questions })).toEqual([]);
  });

  test('they are separated: what was told of the merged person is in error, and what each is told is as it was before', () => {
    const asMerged = now(merged, [], now(recordOf(BIRMINGHAM)));
    const without = people.entry([], { status: 'not-known' });
    expect(now(without, asMerged).map(inWords)).toEqual([
      `${BIRMINGHAM} of 9990000018: entered-in-error`,
      `${BSOL} of 9990000018: entered-in-error`,
    ]);
    const again = now(recordOf(BIRMINGHAM), retired(now(recordOf(BIRMINGHAM))));
    expect(again.map(digestOf)).toEqual(now(recordOf(BIRMINGHAM)).map(digestOf));
  });

  test('a Flag that was marked as an error stays so while the person is in hospital', () => {
    const inError = now(people.entry([people.inError()]), now(home));
    expect(atCouncil(now(inHospital, inError), BIRMINGHAM)?.episodes[0]?.flag).toBeNull();
  });
});

test('what was taken back stays so, until the council is named again', () => {
  const told = latest(now(home), now(moved, now(home)));
  const doubted = people.entry([people.episode({ council: UNKNOWN_BODY })]);
  const heldWhile = (entry: Entry) => atCouncil(now(entry, told), BIRMINGHAM)?.episodes[0]?.flag?.status;
  expect([heldWhile(doubted), heldWhile(home)]).toEqual(['inactive', 'active']);
});

test('in any history, telling a body twice is telling it once', () => {
  fc.assert(
    fc.property(fc.array(anyEntry, { minLength: 1, maxLength: 6 }), (history) => {
      const told = history.reduce<Publication[]>((before, entry) => latest(before, now(entry, before)), []);
      const last = history.at(-1);
      if (last) expect(latest(told, now(last, told)).map(digestOf)).toEqual(told.map(digestOf));
    }),
  );
});

test('in any history, no body is left with an active Flag that is not its to act on', () => {
  fc.assert(
    fc.property(fc.array(anyEntry, { minLength: 1, maxLength: 6 }), anyEntry, (history, last) => {
      const told = history.reduce<Publication[]>((before, entry) => latest(before, now(entry, before)), []);
      const wanted = publish(last, policies);
      for (const { to, episodes } of latest(told, now(last, told))) {
        for (const held of episodes.filter(({ flag }) => flag?.status === 'active')) {
          const episode = last.episodes.find((other) => sameEpisode(other, held));
          expect(episode?.status).toBe('active');
          const present = to.kind === 'council' ? episode?.council : last.icb;
          const nobodyKnown = present?.code === null && present.candidates.length === 0;
          expect(nobodyKnown || wanted.some((other) => other.to.code === to.code)).toBe(true);
        }
      }
    }),
  );
});

/** What each body holds after it was told. */
function latest(before: Publication[], after: Publication[]): Publication[] {
  const byBody = new Map([...before, ...after].map((publication) => [publication.to.code, publication]));
  return [...byBody.values()];
}
