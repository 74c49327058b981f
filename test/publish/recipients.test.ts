import { describe, expect, test } from '@jest/globals';
import type { Publication } from '../../src/publish/content.js';
import { publish } from '../../src/publish/publish.js';
import { stamp } from '../../src/publish/stamp.js';
import { type QuestionKind, UNKNOWN_BODY } from '../../src/register/entry.js';
import { DEFAULT_POLICY } from '../../src/register/policy.js';
import { faultsOf } from '../profiles/validator.js';
import * as people from './entries.js';

const { BIRMINGHAM, BSOL, BLACK_COUNTRY, CONTEXT, COVENTRY, IDS, SOLIHULL } = people;
const policies = people.everywhere();
const told = (publications: Publication[]) => publications.map(({ to }) => to.code);
const asked = (kind: QuestionKind) => [{ id: `${kind}-1`, kind, text: '', options: [], facts: [] }];

describe('nobody is told', () => {
  test.each([
    ['of somebody of whom nothing qualifying is known', people.entry([], { status: 'not-known' })],
    ['of somebody without an NHS number', people.entry([people.episode()], { nhsNumber: null })],
    ['while it is unclear who this is', people.entry([people.episode()], { questions: asked('identity-conflict') })],
    ['while the NHS number is untraced', people.entry([people.episode()], { questions: asked('identity-unverified') })],
    [
      'of somebody whose two bodies nobody knows',
      people.entry([people.episode({ council: UNKNOWN_BODY })], { icb: UNKNOWN_BODY }),
    ],
  ])('%s', (_story, entry) => {
    expect(publish(entry, policies)).toEqual([]);
  });
});

test('another question holds nothing up: a dispute about who never changes whether', () => {
  const entry = people.entry([people.episode()], { questions: asked('council-disputed') });
  expect(told(publish(entry, policies))).toEqual([BIRMINGHAM, BSOL]);
});

test('a council that is unknown is not guessed, and the ICB is told that it is unknown', () => {
  const [toIcb, ...others] = publish(people.entry([people.episode({ council: UNKNOWN_BODY })]), policies);
  expect(others).toEqual([]);
  expect(toIcb?.episodes[0]?.bodies).toContainEqual(
    expect.objectContaining({ kind: 'council', code: null, standing: 'unknown' }),
  );
});

test('a council that was split: neither successor is guessed, and the ICB is told between which two', () => {
  const split = { ...UNKNOWN_BODY, asWritten: 'E10000006', candidates: ['E06000064', 'E06000063'] };
  const [toIcb, ...others] = publish(people.entry([people.episode({ council: split })]), policies);
  expect(others).toEqual([]);
  expect(toIcb?.episodes[0]?.bodies[0]).toMatchObject({
    asWritten: 'E10000006',
    candidates: ['E06000063', 'E06000064'],
  });
});

describe('a dispute between two councils', () => {
  const council = { ...people.disputed([SOLIHULL, BIRMINGHAM]), code: BIRMINGHAM };
  const entry = people.entry([people.episode({ council })]);
  const publications = publish(entry, policies);
  const resources = publications.flatMap((publication) => stamp(publication, IDS, 1, CONTEXT).resources);

  test('each candidate is told that the person is owed aftercare', () => {
    expect(told(publications)).toEqual([BIRMINGHAM, SOLIHULL, BSOL]);
    expect(publications.map(({ episodes }) => episodes[0]?.flag?.status)).toEqual(['active', 'active', 'active']);
  });

  test('each is told that it is disputed, in words too, and between whom', () => {
    const flags = resources.filter((resource) => resource.resourceType === 'Flag');
    expect(flags).toHaveLength(3);
    for (const flag of flags) {
      expect(flag.code.text).toMatch(/which council is responsible is disputed/);
      expect(JSON.stringify(flag.extension)).toMatch(/"disputed".*"406".*"410"/);
    }
  });

  test('none is named as the one that manages the episode', () => {
    for (const resource of resources) expect(resource).not.toHaveProperty('managingOrganization');
  });

  test('what they are sent is valid', () => {
    expect(resources.flatMap(faultsOf)).toEqual([]);
  });

  test('a candidate that was named before is a candidate, not a former council', () => {
    const again = people.episode({ council: people.disputed([SOLIHULL, BIRMINGHAM]), formerCouncils: [SOLIHULL] });
    expect(publish(people.entry([again]), policies).map(({ withdrawal }) => withdrawal)).toEqual([false, false, false]);
  });
});

describe('detained again, then home to another council', () => {
  const first = people.redetained();
  const second = people.episode({ anchors: ['RXT|P2'], from: '2026-09-01', council: people.agreed(SOLIHULL) });
  const publications = publish(people.entry([first, second]), policies);
  const flags = (code: string) =>
    publications.find(({ to }) => to.code === code)?.episodes.map(({ flag }) => flag?.reason ?? flag?.status);

  test('the first council is left no active Flag', () => {
    expect(flags(BIRMINGHAM)).toEqual(['redetained']);
  });

  test('the second council has one, and does not hear of the first episode', () => {
    expect(flags(SOLIHULL)).toEqual(['active']);
  });

  test('the ICB, whose duty does not reset, has both in one publication', () => {
    expect(flags(BSOL)).toEqual(['redetained', 'active']);
  });

  test('the same council both times gets one publication with both', () => {
    const back = people.entry([first, { ...second, council: people.agreed(BIRMINGHAM) }]);
    expect(publish(back, policies)[0]).toMatchObject({
      to: { code: BIRMINGHAM },
      episodes: [{ flag: { status: 'inactive' } }, { flag: { status: 'active' } }],
    });
  });
});

describe('a partnership that wishes to hear only on leaving', () => {
  const late = people.everywhere({ tellProspective: false });

  test.each([
    ['hears nothing of somebody in hospital', people.inHospital({ formerCouncils: [COVENTRY] }), []],
    ['hears nothing of a death on the ward', people.died({ from: null }), []],
    ['hears of somebody who left', people.episode(), [BIRMINGHAM, BSOL]],
    ['hears that a discharge was cancelled', people.inHospital({ dischargeCancelled: true }), [BIRMINGHAM, BSOL]],
    ['hears of a mistake', people.inError({ from: null }), [BIRMINGHAM, BSOL]],
  ])('%s', (_story, episode, expected) => {
    expect(told(publish(people.entry([episode]), late))).toEqual(expected);
  });

  test('does not decide for the others', () => {
    const entry = people.entry([people.inHospital({ council: people.disputed([SOLIHULL, BIRMINGHAM]) })]);
    const onlySolihullLate = Object.assign(
      (council: string | null) => ({ ...DEFAULT_POLICY, tellProspective: council !== SOLIHULL }),
      { version: 'p' },
    );
    expect(told(publish(entry, onlySolihullLate))).toEqual([BIRMINGHAM, BSOL]);
  });
});

test('a former ICB hears so, and the present one does not', () => {
  const publications = publish(people.entry([people.episode({ formerIcbs: [BLACK_COUNTRY, BSOL] })]), policies);
  expect(publications.map(({ to, withdrawal }) => [to.code, withdrawal])).toEqual([
    [BIRMINGHAM, false],
    [BSOL, false],
    [BLACK_COUNTRY, true],
  ]);
});
