import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LedgerStore, ledgerStore } from '../../src/store/ledger.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';

let database: TestDatabase;
let ledger: LedgerStore;

beforeAll(async () => {
  database = await testDatabase();
  ledger = ledgerStore(database.pool);
});
afterAll(() => database.drop());

const node = () => `local:RXT:MRN:${randomUUID()}`;

describe('a key for life', () => {
  test('the same person has the same key, whichever of its nodes is asked first', async () => {
    const [anna, ward] = [node(), node()];
    const { key } = await ledger.keyFor([anna], randomUUID);
    expect(await ledger.keyFor([ward, anna], randomUUID)).toEqual({ key, merged: [] });
  });

  test('of two records that are merged the older key answers; separated, each has its own again', async () => {
    const [one, two] = [node(), node()];
    const first = await ledger.keyFor([one], randomUUID);
    const second = await ledger.keyFor([two], randomUUID);
    expect(await ledger.keyFor([two, one], randomUUID)).toEqual({ key: first.key, merged: [second.key] });
    expect(await ledger.currentKey(second.key)).toBe(first.key);
    expect(await ledger.keyFor([two], randomUUID)).toEqual({ key: second.key, merged: [] });
    expect(await ledger.currentKey(second.key)).toBe(second.key);
  });

  test('two that give the first key at once give one', async () => {
    const anchor = node();
    const given = await Promise.all(Array.from({ length: 8 }, () => ledger.keyFor([anchor], randomUUID)));
    expect(new Set(given.map(({ key }) => key)).size).toBe(1);
  });
});

describe('identifiers for life', () => {
  const fresh = () => ({ episode: randomUUID(), flag: randomUUID(), carePlan: randomUUID() });

  test('what an anchor was given first stays, whatever is offered later', async () => {
    const { key } = await ledger.keyFor([node()], randomUUID);
    const given = { ...fresh(), anchors: ['RXT|january', 'RXT|march'] };
    await ledger.giveIds(key, 'E08000025', [given]);
    await ledger.giveIds(key, 'E08000025', [{ ...fresh(), anchors: ['RXT|march', 'RXT|may'] }]);
    const ids = await ledger.idsGiven([key], 'E08000025');
    expect(ids.map(({ anchor, flag }) => [anchor, flag === given.flag])).toEqual([
      ['RXT|january', true],
      ['RXT|march', true],
      ['RXT|may', false],
    ]);
    expect(await ledger.idsGiven([key], 'E08000029')).toEqual([]);
  });

  test('a merged person has the identifiers of both records', async () => {
    const [one, two] = [
      (await ledger.keyFor([node()], randomUUID)).key,
      (await ledger.keyFor([node()], randomUUID)).key,
    ];
    await ledger.giveIds(one, 'E08000025', [{ ...fresh(), anchors: ['RXT|a'] }]);
    await ledger.giveIds(two, 'E08000025', [{ ...fresh(), anchors: ['RXT|a'] }]);
    const ids = await ledger.idsGiven([one, two], 'E08000025');
    expect(new Set(ids.map(({ flag }) => flag)).size).toBe(2);
  });
});

describe('the ledger', () => {
  test('remembers the last version for each body, and every version', async () => {
    const { key: personKey } = await ledger.keyFor([node()], randomUUID);
    const publication = {
      personKeys: [personKey] as [string],
      bodyKind: 'council' as const,
      content: { resources: [] },
      digest: Buffer.from('d'),
    };
    await ledger.publish({ ...publication, body: 'E08000025', recordVersion: 1 });
    const id = await ledger.publish({ ...publication, body: 'E08000025', recordVersion: 2 });
    await ledger.publish({ ...publication, body: 'E08000029', recordVersion: 1 });
    const latest = await ledger.latest([personKey]);
    expect(latest.map(({ body, recordVersion }) => `${body} ${recordVersion}`)).toEqual(['E08000025 2', 'E08000029 1']);
    expect(latest[0]?.digest).toEqual(publication.digest);
    expect(await ledger.history([personKey])).toHaveLength(3);
    expect(await ledger.publication(id)).toMatchObject({ recordVersion: 2, content: publication.content });
  });

  test('a version is given once', async () => {
    const { key: personKey } = await ledger.keyFor([node()], randomUUID);
    const publication = {
      personKeys: [personKey] as [string],
      body: 'E08000025',
      bodyKind: 'council' as const,
      recordVersion: 1,
      content: {},
      digest: Buffer.from('d'),
    };
    await ledger.publish(publication);
    await expect(ledger.publish(publication)).rejects.toMatchObject({ code: '23505' });
  });
});
