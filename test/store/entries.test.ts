import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Entry, UNKNOWN_BODY } from '../../src/register/entry.js';
import { auditStore } from '../../src/store/audit.js';
import { closureStore } from '../../src/store/closure.js';
import { type EntryStore, entryStore } from '../../src/store/entries.js';
import { factStore } from '../../src/store/facts.js';
import { peopleStore } from '../../src/store/people.js';
import { personKeyStore } from '../../src/store/person-keys.js';
import { inTransaction } from '../../src/store/transaction.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { nhs, stated } from './facts.js';
import { aNode, keyFor } from './given.js';

let database: TestDatabase;
let entries: EntryStore;

beforeAll(async () => {
  database = await testDatabase();
  entries = entryStore(database.pool);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query('truncate entries, stated_facts, mentions, nodes cascade');
});

const entry = (over: Partial<Entry> = {}): Entry => ({
  asOf: '2026-11-21',
  nhsNumber: null,
  nhsNumberVerified: false,
  formerNhsNumbers: [],
  localIds: [],
  name: null,
  birthDate: null,
  status: 'active',
  diedOn: null,
  episodes: [],
  concurrent: [],
  council: UNKNOWN_BODY,
  icb: UNKNOWN_BODY,
  because: [],
  questions: [],
  clocks: [],
  nextChangeOn: null,
  foldedWith: { rules: 'r', directory: 'd', policies: 'p' },
  ...over,
});

const newPerson = async () => (await keyFor(personKeyStore(database.pool), aNode())).key;
const save = (personKey: string, saved: Entry) => entries.save([{ personKey, entry: saved, foldedWith: '' }]);

test('an entry is replaced by the next fold, and a day stays the day it was', async () => {
  const key = await newPerson();
  await save(key, entry({ nhsNumber: '9990000018', nextChangeOn: '2027-03-28' }));
  const later = entry({ nhsNumber: '9990000018', status: 'ended', nextChangeOn: '2027-10-31' });
  await save(key, later);
  expect((await entries.get(key))?.entry).toEqual(later);
  expect((await entries.byNhsNumber('9990000018'))?.personKey).toBe(key);
});

test('people who are merged appear once, and are found by the number that was retired', async () => {
  const [kept, gone] = [await newPerson(), await newPerson()];
  await save(gone, entry({ nhsNumber: '9990000026' }));
  await inTransaction(database.pool, async (db) => {
    const { nodeIds } = await factStore(db).recordStated([stated([nhs('9990000018'), nhs('9990000026')])]);
    await closureStore(db).settle(nodeIds.map((nodeId) => ({ nodeId, personKey: kept })));
    const merged = entry({ nhsNumber: '9990000018', formerNhsNumbers: ['9990000026'] });
    await entryStore(db).save([{ personKey: kept, entry: merged, foldedWith: '' }]);
    await entryStore(db).remove([gone]);
  });
  expect(await entries.get(gone)).toBeNull();
  expect((await entries.byNhsNumber('9990000026'))?.personKey).toBe(kept);
  expect(await peopleStore(database.pool).nodeIdsOf([kept])).toHaveLength(1);
});

test('the register is listed by status, body and open questions, page by page', async () => {
  const keys = [await newPerson(), await newPerson(), await newPerson()].sort();
  const [one = '', two = '', three = ''] = keys;
  const birmingham = { ...UNKNOWN_BODY, code: 'E08000025' };
  const question = { id: 'q', kind: 'which-icb' as const, text: 'Which?', options: [], facts: [] };
  await save(one, entry({ council: birmingham }));
  await save(two, entry({ status: 'died', questions: [question] }));
  await save(three, entry({ icb: { ...UNKNOWN_BODY, code: 'QHL' } }));
  const keysOf = async (filter: object) => (await entries.list({ limit: 10, ...filter })).map((row) => row.personKey);
  expect(await keysOf({ statuses: ['active'] })).toEqual([one, three]);
  expect(await keysOf({ body: 'E08000025' })).toEqual([one]);
  expect(await keysOf({ body: 'QHL' })).toEqual([three]);
  expect(await keysOf({ withQuestions: true })).toEqual([two]);
  expect(await keysOf({ limit: 1, after: one })).toEqual([two]);
  expect(await entries.counts()).toEqual([
    { status: 'active', count: 2 },
    { status: 'died', count: 1 },
  ]);
});

test('every look at a person is there to be read', async () => {
  const audit = auditStore(database.pool);
  const subject = await newPerson();
  await audit.record({ who: 'b.engineer', role: 'engineer', action: 'read-content', subject, reason: 'ticket 12' });
  await audit.record({ who: 'a.officer', role: 'officer', action: 'read-entry', subject, reason: null });
  expect(await audit.of(subject, 10)).toMatchObject([{ who: 'a.officer' }, { who: 'b.engineer', reason: 'ticket 12' }]);
});
