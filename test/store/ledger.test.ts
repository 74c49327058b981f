import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LedgerStore, ledgerStore } from '../../src/store/ledger.js';
import { type PersonKeyStore, personKeyStore } from '../../src/store/person-keys.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { aNode, aNumber, keyFor, newestOf, version } from './given.js';

let database: TestDatabase;
let ledger: LedgerStore;
let keys: PersonKeyStore;

beforeAll(async () => {
  database = await testDatabase();
  ledger = ledgerStore(database.pool);
  keys = personKeyStore(database.pool);
});
afterAll(() => database.drop());

const newPerson = async () => (await keyFor(keys, aNode())).key;

describe('a key for life', () => {
  test('the same person has the same key, whichever of its nodes is asked first', async () => {
    const [[anna], [ward]] = [aNode(), aNode()];
    const { key } = await keyFor(keys, [anna]);
    expect(await keyFor(keys, [ward, anna])).toEqual({ key, merged: [] });
  });

  test('of two records without a number that are one the older key answers; apart, each has its own again', async () => {
    const [[one], [two]] = [aNode(), aNode()];
    const first = await keyFor(keys, [one]);
    const second = await keyFor(keys, [two]);
    expect(await keyFor(keys, [two, one])).toEqual({ key: first.key, merged: [second.key] });
    expect(await keys.currentKey(second.key)).toBe(first.key);
    expect(await keyFor(keys, [two])).toEqual({ key: second.key, merged: [] });
    expect(await keys.currentKey(second.key)).toBe(second.key);
  });

  test('of two numbers that are merged the key of the one that survives answers, however old; separated, each has its own again', async () => {
    const [[retired], [surviving]] = [aNumber(), aNumber()];
    const first = await keyFor(keys, [retired]);
    const second = await keyFor(keys, [surviving]);
    expect(await keyFor(keys, [surviving, retired])).toEqual({ key: second.key, merged: [first.key] });
    expect(await keys.currentKey(first.key)).toBe(second.key);
    expect(await keyFor(keys, [retired])).toEqual({ key: first.key, merged: [] });
    expect(await keys.currentKey(first.key)).toBe(first.key);
  });

  test('a number has a key of its own from the day on which it is known', async () => {
    const [[local], [number]] = [aNode(), aNumber()];
    const before = await keyFor(keys, [local]);
    const { key, merged } = await keyFor(keys, [local, number]);
    expect(merged).toEqual([before.key]);
    expect(await keyFor(keys, [number])).toEqual({ key, merged: [] });
  });

  test('several people at once are each given their own, new and known alike', async () => {
    const [known, fresh, merged] = [aNode(), aNode(), aNode()];
    const before = await keyFor(keys, known);
    const away = await keyFor(keys, merged);
    const named = (...nodes: [string, ...string[]]) => ({ number: null, nodes });
    const given = await keys.keysFor([named(...fresh), named(...known, ...merged)], randomUUID);
    expect(given[1]).toEqual({ key: before.key, merged: [away.key] });
    expect(given[0]).toEqual(await keyFor(keys, fresh));
  });

  test('two that give the first key at once give one', async () => {
    const anchor = aNode();
    const given = await Promise.all(Array.from({ length: 8 }, () => keyFor(keys, anchor)));
    expect(new Set(given.map(({ key }) => key)).size).toBe(1);
  });
});

describe('a ledger of before a number had a key of its own', () => {
  const upgrade = async () => {
    const folder = new URL('../../src/store/migrations/', import.meta.url);
    const file = (await readdir(folder)).find((name) => name.endsWith('_keys_of_numbers.sql')) ?? 'missing';
    await database.pool.query(await readFile(new URL(file, folder), 'utf8'));
  };
  const toldOf = (...numbers: string[]) => numbers.map((nhsNumber) => ({ publication: { patient: { nhsNumber } } }));

  test('a record that was first known without a number goes on under the key under which it was told', async () => {
    const [[local], number] = [aNode(), randomUUID()];
    const { key } = await keyFor(keys, [local]);
    for (const [at, content] of toldOf(number, number).entries())
      await ledger.publish([version(key, at + 1, { content })]);
    await upgrade();
    expect((await keyFor(keys, [local, `nhs:${number}`])).key).toBe(key);
  });

  test('a key that was told of two numbers is the key of neither', async () => {
    const [[local], one, two] = [aNode(), randomUUID(), randomUUID()];
    const { key } = await keyFor(keys, [local]);
    for (const [at, content] of toldOf(one, two).entries()) await ledger.publish([version(key, at + 1, { content })]);
    await upgrade();
    expect(await keyFor(keys, [local])).toEqual({ key, merged: [] });
    expect((await keyFor(keys, [`nhs:${one}`])).key).not.toBe(key);
  });
});

describe('identifiers for life', () => {
  const fresh = (...anchors: string[]) => ({
    anchors,
    episode: randomUUID(),
    flag: randomUUID(),
    carePlan: randomUUID(),
  });

  test('what an anchor was given first stays, whatever is offered later', async () => {
    const key = await newPerson();
    const given = fresh('RXT|january', 'RXT|march');
    await ledger.publish([version(key, 1, { ids: [given] })]);
    await ledger.publish([version(key, 2, { ids: [fresh('RXT|march', 'RXT|may')] })]);
    const ids = await ledger.idsGiven([key]);
    expect(ids.map(({ anchor, flag }) => [anchor, flag === given.flag])).toEqual([
      ['RXT|january', true],
      ['RXT|march', true],
      ['RXT|may', false],
    ]);
    expect(new Set(ids.map(({ body }) => body))).toEqual(new Set(['E08000025']));
  });

  test('a merged person has the identifiers of both records', async () => {
    const [one, two] = [await newPerson(), await newPerson()];
    await ledger.publish([version(one, 1, { ids: [fresh('RXT|a')] }), version(two, 1, { ids: [fresh('RXT|a')] })]);
    const ids = await ledger.idsGiven([one, two]);
    expect(new Set(ids.map(({ flag }) => flag)).size).toBe(2);
  });
});

describe('the ledger', () => {
  test('remembers the last version for each body, and every version', async () => {
    const key = await newPerson();
    await ledger.publish([version(key, 1)]);
    await ledger.publish([version(key, 2)]);
    const id = await newestOf(ledger, key);
    await ledger.publish([version(key, 1, { body: 'E08000029' })]);
    const latest = await ledger.latest([key]);
    expect(latest.map(({ body, recordVersion }) => `${body} ${recordVersion}`)).toEqual(['E08000025 2', 'E08000029 1']);
    expect(latest[0]?.digest).toEqual(Buffer.from([2]));
    expect(await ledger.history([key])).toHaveLength(3);
    expect(await ledger.publication(id)).toMatchObject({ recordVersion: 2, content: { recordVersion: 2 } });
  });

  test('a version is given once', async () => {
    const key = await newPerson();
    await ledger.publish([version(key, 1)]);
    await expect(ledger.publish([version(key, 1)])).rejects.toMatchObject({ code: '23505' });
  });
});
