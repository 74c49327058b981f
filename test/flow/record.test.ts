import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { recordFacts } from '../../src/flow/record.js';
import { readStatedFacts } from '../../src/interpret/stated.js';
import { nhsNumber } from '../../src/invented.js';
import type { StatedFact } from '../../src/register/fact.js';
import { nodesOf } from '../../src/register/nodes.js';
import { factStore } from '../../src/store/facts.js';
import { inTransaction } from '../../src/store/transaction.js';
import { houseOf } from '../properties/house.js';
import { PERSON } from '../scenarios/adt.js';
import { type Stated, tables } from '../scenarios/tell.js';
import { decisionOf } from '../scenarios/thirty-four/decision.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { statedBy } from '../support/stated-by.js';
import { until } from '../support/until.js';

const ID = 'abcdefab-1111-4111-8111-111111111111';
const ENGLAND = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland';
const left: Stated = { kind: 'left-hospital', on: '2026-03-01' };

let database: TestDatabase;
let house: ReturnType<typeof houseOf>;
beforeAll(async () => {
  database = await testDatabase();
  house = houseOf(database, () => '2026-11-21');
});
afterAll(() => database.drop());
beforeEach(() => house.forget());

function read(...stated: Stated[]): StatedFact[] {
  const ndjson = stated.map((fact) => JSON.stringify({ nhsNumber: PERSON, statedBy: statedBy(fact), ...fact }));
  const facts = readStatedFacts(ndjson.join('\n'), tables.mappings.codes);
  if (facts.kind === 'mistakes') throw new Error(facts.mistakes.join('\n'));
  return facts.facts;
}
const record = (...stated: Stated[]) => recordFacts(read(...stated), 'test', house.deps);
const rows = async (): Promise<number> =>
  (await database.pool.query('select count(*)::int as count from stated_facts')).rows[0].count;

describe('the id of a statement', () => {
  test('in capitals is the same id: two contents of one file are refused', () => {
    const twice = () => read({ ...left, id: ID }, { ...left, id: ID.toUpperCase(), on: '2026-03-02' });
    expect(twice).toThrow('line 2: id: an earlier line has it with other content');
  });

  test('in capitals, recorded before in small letters: known, or refused as other content', async () => {
    await record({ ...left, id: ID });
    expect(await record({ ...left, id: ID.toUpperCase() })).toMatchObject({ recorded: 0, known: 1 });
    await expect(record({ ...left, id: ID.toUpperCase(), on: '2026-03-02' })).rejects.toMatchObject({ code: 'usage' });
  });

  test('stated at one moment with two contents: one is recorded, and the other told that it is not', async () => {
    const days = Array.from({ length: 8 }, (_, day) => ({ ...left, id: ID, on: `2026-03-0${day + 1}` }));
    const done = await Promise.allSettled(days.map((fact) => record(fact)));
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await rows()).toBe(1);
  });

  test('stated at one moment with one content: recorded once, known otherwise', async () => {
    const done = await Promise.all(Array.from({ length: 8 }, () => record({ ...left, id: ID })));
    expect(done.map(({ recorded }) => recorded).sort()).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
  });
});

test('what was recorded under an id in capitals is taken back by it, in capitals or not', async () => {
  const section = { system: ENGLAND, code: '03' };
  const detained = { kind: 'detention', section, from: '2026-01-01', to: '2026-02-20', certainty: 'papers-seen' };
  const written = read(detained).map((fact) => ({ ...fact, id: ID.toUpperCase() }));
  await inTransaction(database.pool, (db) =>
    factStore(db).recordStated(written.map((fact) => ({ recordedBy: 'test', fact, nodes: nodesOf(fact) }))),
  );
  await record(left);
  const status = async () => (await database.pool.query("select entry ->> 'status' as status from entries")).rows[0];
  expect(await status()).toEqual({ status: 'active' });
  await record({ kind: 'withdrawn', fact: ID, because: 'another person' });
  expect(await status()).toEqual({ status: 'not-known' });
});

test('text that PostgreSQL cannot hold: the same statement again is known', async () => {
  const odd: Stated = { kind: 'reinstated', from: '2026-06-01', reason: 'a\u0000b \ud800 c' };
  expect(await record(odd)).toMatchObject({ recorded: 1, known: 0 });
  expect(await record(odd)).toMatchObject({ recorded: 0, known: 1 });
});

describe('what does nothing is recorded, and said to do nothing', () => {
  const textsOf = async (...stated: Stated[]) =>
    (await record(...stated)).hints.map(({ nth, text }) => `${nth}: ${text}`);

  test('what takes back nothing, separates a number from itself, or has a day that is still to come', async () => {
    const back = { kind: 'withdrawn', because: 'x' };
    const texts = await textsOf(
      { ...left, id: ID },
      { ...back, fact: ID.toUpperCase() },
      { ...back, fact: ID.replace('a', 'b') },
      { ...back, nhsNumber: '9990000026', fact: ID },
      { kind: 'identity-separated', from: PERSON },
      { kind: 'died', on: '2026-11-22', verified: true },
    );
    expect(texts).toEqual([
      expect.stringMatching(/^3: it withdraws nothing/),
      expect.stringMatching(/^4: it withdraws nothing/),
      expect.stringMatching(/^5: it separates a number from itself/),
      expect.stringMatching(/^6: its day is still to come/),
    ]);
  });

  test('an answer to a question that is not asked, or that is none of its answers; one that settles it has no hint', async () => {
    const section = { system: ENGLAND, code: '03' };
    await record({ kind: 'detention', section, from: '1984-05-01', to: '1984-09-01', certainty: 'reported-by-family' });
    const { rows: found } = await database.pool.query("select entry -> 'questions' as questions from entries");
    const [asked] = found[0].questions;
    const answer = { kind: 'answer', question: asked.id, because: 'x' };
    expect(await textsOf({ ...answer, question: 'none', option: 'yes' })).toEqual([
      expect.stringMatching(/^1: it answers nothing/),
    ]);
    expect(await textsOf({ ...answer, option: 'perhaps' })).toEqual([
      `1: the question stays open: its answers are ${asked.options.join(', ')}`,
    ]);
    expect(await textsOf({ ...answer, option: asked.options[0] })).toEqual([]);
  });

  test('a reinstatement that finds no ending to take back; one that takes one back, or is asked about, has no hint', async () => {
    const section = { system: ENGLAND, code: '03' };
    const detained = { kind: 'detention', section, from: '2026-01-01', to: '2026-02-20', certainty: 'papers-seen' };
    const back = (from: string): Stated => ({ kind: 'reinstated', from, reason: 'too early' });
    await record(detained, left);
    expect(await textsOf(back('2026-04-01'))).toEqual([expect.stringMatching(/^1: it takes no ending back/)]);
    await record(decisionOf('council', '2026-05-01'), decisionOf('icb', '2026-05-01'));
    expect(await textsOf(back('2026-06-01'), { ...back('2026-06-01'), reason: 'a need was left out' })).toEqual([]);
    expect(await textsOf(back('2026-06-02'))).toEqual([expect.stringMatching(/another reinstatement/)]);
  });
});

test('of a file with hundreds of people nobody waits for the last one', async () => {
  const numbers = Array.from({ length: 300 }, (_, nth) => nhsNumber(nth)).sort();
  const ofAll = (fact: Stated) => record(...numbers.map((number) => ({ ...fact, nhsNumber: number })));
  await ofAll(left);
  const diedOf = async (number = '') =>
    (await database.pool.query("select entry ->> 'diedOn' as died from entries where nhs_number = $1", [number]))
      .rows[0];

  const another = await database.pool.connect();
  await another.query('begin');
  await another.query('select from entries where nhs_number = $1 for update', [numbers.at(-1)]);
  const recorded = ofAll({ kind: 'died', on: '2026-03-09', verified: true });
  await until(async () => (await diedOf(numbers[0])).died === '2026-03-09');
  expect(await diedOf(numbers.at(-1))).toEqual({ died: null });
  await another.query('rollback');
  another.release();
  expect(await recorded).toMatchObject({ recorded: 300 });
  expect(await diedOf(numbers.at(-1))).toEqual({ died: '2026-03-09' });
});
