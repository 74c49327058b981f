import { describe, expect, test } from '@jest/globals';
import { PEOPLE } from '../../src/demo/people.js';
import { type Story, stageFor } from '../../src/demo/stage.js';
import { afterwards, discharges } from '../../src/demo/stories.js';
import { explain, registerRow } from '../../src/flow/explain.js';
import { isNhsNumber } from '../../src/interpret/nhs-number.js';
import { readStatedFacts } from '../../src/interpret/stated.js';
import { openTables } from '../../src/tables.js';

const tables = openTables(null);

function told(today: string, acts: readonly ((stage: ReturnType<typeof stageFor>) => Story[])[]) {
  const stage = stageFor(today);
  const stories = acts.flatMap((act) => act(stage));
  const messages = stories.flatMap((story) => (story.by === 'officer' ? [] : story.messages));
  const facts = stories.flatMap((story) => (story.by === 'officer' ? [JSON.stringify(story.fact)] : []));
  const stated = readStatedFacts(facts.join('\n'), tables.mappings.codes);
  if (stated.kind === 'mistakes') throw new Error(stated.mistakes.join('\n'));
  const given = messages.map(({ text }, index) => ({ file: 'demo', index, bytes: Buffer.from(text) }));
  return explain(given, stated.facts, today, tables);
}

function ends(explanation: ReturnType<typeof told>) {
  const rows = explanation.register.map(registerRow);
  return (person: { nhsNumber: string | null; mrn: string }) =>
    rows.find(({ nhsNumber, localId }) => (person.nhsNumber ? nhsNumber === person.nhsNumber : localId === person.mrn));
}

describe('the people of the demonstration', () => {
  test('have NHS numbers that pass their check and can belong to nobody, each its own', () => {
    const numbers = Object.values(PEOPLE).flatMap(({ nhsNumber }) => nhsNumber ?? []);
    expect(numbers.filter((number) => !isNhsNumber(number) || !number.startsWith('999'))).toEqual([]);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

describe.each(['2026-11-21', '2026-04-01', '2027-03-28'])('the stories, told on %s', (today) => {
  const before = ends(told(today, [discharges]));
  const everything = told(today, [discharges, afterwards]);
  const after = ends(everything);

  test('one message is parked, one is refused, every other is interpreted', () => {
    const outcomes = everything.messages.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'interpreted');
    expect(outcomes).toEqual(['parked', 'rejected']);
  });

  test('a section 3 heard of late', () => {
    expect(before(PEOPLE.basil)).toMatchObject({ status: 'not-known' });
    expect(after(PEOPLE.basil)).toMatchObject({ status: 'active', council: { code: 'E08000029' } });
  });

  test('a discharge that is cancelled', () => {
    expect(before(PEOPLE.dorothy)).toMatchObject({ status: 'active' });
    expect(after(PEOPLE.dorothy)).toMatchObject({ status: 'prospective', concurrent: ['inpatient'] });
  });

  test('a death in hospital', () => {
    expect(before(PEOPLE.edwin)).toMatchObject({ status: 'active' });
    expect(after(PEOPLE.edwin)).toMatchObject({ status: 'died' });
  });

  test('a second detention, with another council', () => {
    expect(before(PEOPLE.farah)).toMatchObject({ status: 'active', council: { code: 'E08000025' } });
    expect(after(PEOPLE.farah)).toMatchObject({
      episodes: [{ status: 'superseded' }, { status: 'active' }],
      council: { code: 'E08000029' },
    });
  });

  test('two records that become one', () => {
    expect(before(PEOPLE.gwen)).toMatchObject({ status: 'not-known' });
    expect(after(PEOPLE.gwen)).toMatchObject({
      status: 'active',
      formerNhsNumbers: [PEOPLE.gwenAgain.nhsNumber],
      concurrent: ['inpatient'],
    });
    expect(after(PEOPLE.gwenAgain)).toBeUndefined();
  });

  test('two councils in dispute', () => {
    expect(after(PEOPLE.jonah)).toMatchObject({
      status: 'active',
      council: { standing: 'disputed', candidates: ['E08000025', 'E08000029'] },
    });
  });

  test('a community treatment order, an old code, no NHS number, and section 2 alone', () => {
    expect(after(PEOPLE.ada)).toMatchObject({ status: 'active', questions: [] });
    expect(after(PEOPLE.chloe)).toMatchObject({ status: 'active', concurrent: ['cto'] });
    expect(after(PEOPLE.ines)).toMatchObject({ icb: { asWritten: '15E' } });
    expect(after(PEOPLE.ines)?.icb.code).not.toBe('15E');
    expect(after(PEOPLE.hugo)).toMatchObject({ status: 'active', questions: [{ kind: 'identity-unverified' }] });
    expect(after(PEOPLE.kit)).toMatchObject({ status: 'not-known', questions: [{ kind: 'history-unchecked' }] });
  });

  test('nothing is sent about a person without an NHS number or without a qualifying detention', () => {
    const about = new Set(everything.publications.map(({ nhsNumber }) => nhsNumber));
    expect(about.has(null)).toBe(false);
    expect(about.has(PEOPLE.kit.nhsNumber)).toBe(false);
  });
});
