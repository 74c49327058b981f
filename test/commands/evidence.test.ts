import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { evidenceCommand } from '../../src/commands/evidence.js';
import type { EvidenceData } from '../../src/evidence/data.js';
import { verify } from '../../src/evidence/verify.js';
import { addDays } from '../../src/register/day.js';
import { nodesOf } from '../../src/register/nodes.js';
import { factStore } from '../../src/store/facts.js';
import { traceStore } from '../../src/store/trace.js';
import { inTransaction } from '../../src/store/transaction.js';
import { HOME, OTHER, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { stateFacts } from '../support/service.js';
import { hear, work } from './service.js';
import { contextOf, run, tables } from './terminal.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const evidence = async (...args: string[]): Promise<string> => {
  const { code, out, err } = await run(evidenceCommand, args, contextOf(database));
  expect([code, err]).toEqual([0, '']);
  return out;
};
const dataOf = async (nhsNumber: string): Promise<EvidenceData> => JSON.parse(await evidence(nhsNumber, '--json')).data;

test('a person of whom a thousand things were said is one document, and all of it is proved', async () => {
  await hear([HOME], database);
  const charges = Array.from({ length: 1_000 }, (_, i) => ({
    kind: 'charge',
    nhsNumber: PERSON,
    from: addDays('2026-03-01', i),
    to: null,
    amountPerWeek: `${i}.00`,
    for: 'a home',
  }));
  await stateFacts(database.pool, tables, charges);
  await database.pool.query("update stated_facts set recorded_at = recorded_at - row_id * interval '1 day'");
  const html = await evidence(PERSON);
  const { problems, proved } = verify(html, null);
  expect(problems).toEqual([]);
  expect(proved).toContainEqual({ kind: 'stated-fact', count: 1_000 });
  expect((await dataOf(PERSON)).charges).toHaveLength(1_000);
});

test('a message that was read anew later: what it no longer says is there, and until when it was read so', async () => {
  await hear([{ ...HOME, nhsNumber: OTHER, mrn: 'L2', visit: 'V2', periods: [{ ...SECTION_3, id: 'P2' }] }], database);
  const before = await dataOf(OTHER);
  const messageId = before.originals.find(({ kind }) => kind === 'message')?.id ?? '';
  const found = await traceStore(database.pool).found(messageId);
  const facts = (found?.facts ?? []).filter(({ kind }) => kind !== 'left-hospital');
  const newer = { messageId, definition: 'newer', outcome: 'interpreted' as const, fault: null, facts };
  const names = { nodes: [...new Set(facts.flatMap(nodesOf))], periods: ['RXT|P2'] };
  await inTransaction(database.pool, (db) => factStore(db).recordInterpretations([{ ...newer, ...names }]));
  await work(database);

  const after = await dataOf(OTHER);
  const standing = (kind: string) =>
    after.facts.filter((row) => row.kind === kind).map(({ said }) => said.map(({ until }) => until === null));
  expect(standing('left-hospital')).toEqual([[false]]);
  expect(standing('detention')).toEqual([[false, true]]);
  expect([before.register.status, after.register.status]).toEqual(['active', 'prospective']);
});

test('what was taken back is told as taken back; what was taken back in error stands', async () => {
  const nhsNumber = '9990000034';
  await hear([{ ...HOME, nhsNumber, mrn: 'L3', visit: 'V3', periods: [{ ...SECTION_3, id: 'P3' }] }], database);
  const ids = Array.from({ length: 6 }, (_, n) => `aaaaaaaa-1111-4111-8111-00000000000${n}`);
  const [plan, review, charge, standing, withdrawal] = ids;
  const because = 'of another person';
  const aCharge = { kind: 'charge', nhsNumber, from: '2026-04-01', to: null, amountPerWeek: '10.00', for: 'a home' };
  await stateFacts(database.pool, tables, [
    { id: plan, kind: 'plan', nhsNumber, agreedOn: '2026-03-02', lead: { name: 'A Lead', role: 'lead' } },
    { id: review, kind: 'review', nhsNumber, heldOn: '2026-05-02', attended: ['person'], outcome: 'continue' },
    { id: charge, ...aCharge },
    { id: standing, ...aCharge, amountPerWeek: '20.00' },
    ...[plan, review, charge].map((fact) => ({ kind: 'withdrawn', nhsNumber, fact, because })),
    { id: withdrawal, kind: 'withdrawn', nhsNumber, fact: standing, because },
    { kind: 'withdrawn', nhsNumber, fact: withdrawal, because: 'it was so after all' },
  ]);
  const data = await dataOf(nhsNumber);
  const takenBack = (kind: string) => data.facts.filter((f) => f.kind === kind).map((f) => f.withdrawnBy !== null);
  expect([takenBack('plan'), takenBack('review'), takenBack('charge').sort()]).toEqual([[true], [true], [false, true]]);
  expect(data.facts.find(({ id }) => id === withdrawal)?.withdrawnBy).not.toBeNull();
  expect(data.charges.map(({ amountPerWeek, owed }) => [amountPerWeek, owed.length]).sort()).toEqual([
    ['10.00', 0],
    ['20.00', 1],
  ]);
  const html = await evidence(nhsNumber);
  const part = (from: string, to: string) => html.slice(html.indexOf(from), html.indexOf(to, html.indexOf(from)));
  const marks = (text: string) => text.match(/taken back/g)?.length;
  expect(marks(part('<h2>Plans', '<h2>What was due'))).toBe(1);
  expect(marks(part('<caption>Reviews', '</table>'))).toBe(1);
  expect(marks(part('<h2>Charges', '<h2>Questions'))).toBe(1);
});

test('neither the number nor a name of the person is in what goes to the shell beside the document', async () => {
  for (const args of [['123'], [PERSON, OTHER], [PERSON, '--noted', 'x'], [OTHER, '--out', '/nowhere/at/all']]) {
    const asked = run(evidenceCommand, args, contextOf(database));
    await expect(asked).rejects.toMatchObject({ code: 'usage' });
    await expect(asked).rejects.not.toThrow(new RegExp(`${PERSON}|${OTHER}`));
  }
});
