import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type DeliveryStore, deliveryStore } from '../../src/store/deliveries.js';
import type { Claim } from '../../src/store/delivery-claim.js';
import { doubtStore } from '../../src/store/delivery-doubt.js';
import { type LedgerStore, ledgerStore } from '../../src/store/ledger.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';

const BIRMINGHAM = 'E08000025';
const SOLIHULL = 'E08000029';
const FAR = new Date('2100-01-01T00:00:00Z');
const PAST = new Date('2000-01-01T00:00:00Z');

let database: TestDatabase;
let ledger: LedgerStore;
let deliveries: DeliveryStore;
let person: string;

beforeAll(async () => {
  database = await testDatabase();
  ledger = ledgerStore(database.pool);
  deliveries = deliveryStore(database.pool);
});
afterAll(() => database.drop());
beforeEach(async () => {
  person = await newPerson();
});

const newPerson = async () => (await ledger.keyFor([`local:RXT:MRN:${randomUUID()}`], randomUUID)).key;

const publish = (
  recordVersion: number,
  { body = BIRMINGHAM, personKey = person, merged = [] as string[] } = {},
): Promise<string> =>
  ledger.publish({
    personKeys: [personKey, ...merged],
    body,
    bodyKind: 'council',
    recordVersion,
    content: { recordVersion },
    digest: Buffer.from([recordVersion]),
  });

async function claimed(body = BIRMINGHAM, personKey = person): Promise<Claim> {
  const claim = await deliveries.claim(personKey, body, FAR);
  if (!claim) throw new Error('nothing is due');
  return claim;
}

const states = async (...personKeys: string[]) =>
  (await deliveries.list({ personKeys: personKeys.length > 0 ? personKeys : [person], limit: 20 }))
    .map(({ recordVersion, state }) => `${recordVersion} ${state}`)
    .reverse();

describe('state, not events', () => {
  test('a council that was down for a week gets the latest version once', async () => {
    for (const version of [1, 2, 3]) await publish(version);
    expect(await states()).toEqual(['1 overtaken', '2 overtaken', '3 due']);
    const claim = await claimed();
    expect(claim).toMatchObject({ recordVersion: 3, attempt: 1, unsure: false, content: { recordVersion: 3 } });
    await deliveries.confirm({ claim, httpStatus: 200 });
    expect(await deliveries.claim(person, BIRMINGHAM, FAR)).toBeNull();
    expect((await ledger.latest([person]))[0]?.confirmedAt).toBeInstanceOf(Date);
  });

  test('a newer version waits while an older one is on its way, then follows it', async () => {
    await publish(1);
    const older = await claimed();
    await publish(2);
    expect(await deliveries.claim(person, BIRMINGHAM, FAR)).toBeNull();
    await deliveries.confirm({ claim: older });
    expect(await claimed()).toMatchObject({ recordVersion: 2 });
  });

  test('an older version that fails is overtaken by the newer, not tried again', async () => {
    await publish(1);
    const older = await claimed();
    await publish(2);
    await deliveries.fail({ claim: older, fault: 'council-unavailable', nextAttemptAt: PAST });
    expect(await states()).toEqual(['1 overtaken', '2 due']);
  });

  test('one that was refused and then overtaken troubles no operator', async () => {
    await publish(1);
    await deliveries.park({
      claim: await claimed(),
      fault: 'council-refused',
      outcome: { resourceType: 'OperationOutcome' },
      httpStatus: 422,
    });
    expect(await states()).toEqual(['1 parked']);
    await publish(2);
    expect(await states()).toEqual(['1 overtaken', '2 due']);
  });

  test('councils do not wait for each other', async () => {
    await publish(1);
    await publish(1, { body: SOLIHULL });
    await claimed(BIRMINGHAM);
    expect(await claimed(SOLIHULL)).toMatchObject({ body: SOLIHULL });
  });

  test('a version confirmed settles what a mailbox never answered before it', async () => {
    await publish(1);
    await deliveries.handOver({ claim: await claimed() });
    await publish(2);
    expect(await states()).toEqual(['1 handed-over', '2 due']);
    await deliveries.confirm({ claim: await claimed() });
    expect(await states()).toEqual(['1 overtaken', '2 confirmed']);
  });
});

describe('one at a time', () => {
  test('of many workers one has the claim', async () => {
    await publish(1);
    const claims = await Promise.all(Array.from({ length: 10 }, () => deliveries.claim(person, BIRMINGHAM, FAR)));
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
  });

  test('records that were merged are one person to a council: only one of them is on its way', async () => {
    const one = `local:RXT:MRN:${randomUUID()}`;
    const two = `local:RXT:MRN:${randomUUID()}`;
    const first = await ledger.keyFor([one], randomUUID);
    const second = await ledger.keyFor([two], randomUUID);
    await publish(1, { personKey: first.key });
    await publish(1, { personKey: second.key });
    await ledger.keyFor([one, two], randomUUID);
    const claims = await Promise.all(
      [first.key, second.key, first.key, second.key].map((key) => deliveries.claim(key, BIRMINGHAM, FAR)),
    );
    const held = claims.filter((claim) => claim !== null);
    expect(held).toHaveLength(1);
    for (const claim of held) await deliveries.confirm({ claim });
    // The newer one confirmed leaves nothing to do; after the older one, the newer is still due.
    const left = await deliveries.claim(second.key, BIRMINGHAM, FAR);
    expect(left === null).toBe(held[0]?.personKey === second.key);
    expect(await deliveries.claim(first.key, BIRMINGHAM, FAR)).toBeNull();
  });

  test('only the attempt that holds the claim may settle it', async () => {
    await publish(1);
    const lost = await claimed();
    await deliveries.releaseStale(new Date('2200-01-01T00:00:00Z'));
    const holder = await claimed();
    expect(holder.attempt).toBe(lost.attempt + 1);
    expect(await deliveries.confirm({ claim: lost })).toBe(false);
    expect(await deliveries.fail({ claim: lost, fault: 'no-reply', nextAttemptAt: PAST })).toBe(false);
    expect(await deliveries.park({ claim: lost, fault: 'council-refused', outcome: null })).toBe(false);
    expect(await states()).toEqual(['1 sending']);
    expect(await deliveries.confirm({ claim: holder })).toBe(true);
    expect(await deliveries.confirm({ claim: holder })).toBe(false);
  });
});

describe('a merge while a version is on its way', () => {
  test('overtakes what the record that went had still to send, also when it fails only later', async () => {
    const one = `local:RXT:MRN:${randomUUID()}`;
    const two = `local:RXT:MRN:${randomUUID()}`;
    const { key: kept } = await ledger.keyFor([one], randomUUID);
    const { key: gone } = await ledger.keyFor([two], randomUUID);
    await publish(1, { personKey: gone });
    const older = await claimed(BIRMINGHAM, gone);
    await ledger.keyFor([one, two], randomUUID);
    await publish(2, { personKey: kept, merged: [gone] });
    expect(await deliveries.claim(kept, BIRMINGHAM, FAR)).toBeNull();
    await deliveries.fail({ claim: older, fault: 'no-reply', nextAttemptAt: PAST });
    expect(await states(kept, gone)).toEqual(['1 overtaken', '2 due']);
    expect(await claimed(BIRMINGHAM, kept)).toMatchObject({ recordVersion: 2, unsure: true });
  });
});

describe('trying again', () => {
  test('not before its time', async () => {
    await publish(1);
    const later = new Date('2090-01-01T00:00:00Z');
    await deliveries.fail({
      claim: await claimed(),
      fault: 'council-unavailable',
      nextAttemptAt: later,
      httpStatus: 503,
    });
    expect(await deliveries.claim(person, BIRMINGHAM, new Date('2089-12-31T23:59:59Z'))).toBeNull();
    expect(await deliveries.claim(person, BIRMINGHAM, later)).toMatchObject({ attempt: 2, unsure: false });
    const { rows } = await database.pool.query(
      'select attempt, result, http_status from delivery_attempts a join publications p on p.id = a.publication_id where person_key = $1 order by attempt',
      [person],
    );
    expect(rows).toEqual([
      { attempt: 1, result: 'council-unavailable', http_status: 503 },
      { attempt: 2, result: null, http_status: null },
    ]);
  });

  test('after no answer the council may have it: the next attempt is unsure, also when it is for a newer version', async () => {
    await publish(1);
    await deliveries.fail({ claim: await claimed(), fault: 'no-reply', nextAttemptAt: PAST });
    await publish(2);
    const claim = await claimed();
    expect(claim).toMatchObject({ recordVersion: 2, unsure: true });
    await deliveries.confirm({ claim, nextAttemptAt: PAST });
    await publish(3);
    const doubted = await claimed();
    expect(doubted).toMatchObject({ recordVersion: 3, unsure: true });
    await deliveries.confirm({ claim: doubted, nextAttemptAt: PAST });

    const doubts = doubtStore(database.pool);
    const doubt = await doubts.find(person, BIRMINGHAM, FAR);
    expect(doubt).toMatchObject({ recordVersion: 3 });
    if (doubt) await doubts.settle(doubt);
    expect(await doubts.find(person, BIRMINGHAM, FAR)).toBeNull();
    await publish(4);
    expect(await claimed()).toMatchObject({ recordVersion: 4, unsure: false });
  });

  test('what was found undone is due again, unless a newer version is', async () => {
    const doubts = doubtStore(database.pool);
    await publish(1);
    await deliveries.fail({ claim: await claimed(), fault: 'no-reply', nextAttemptAt: PAST });
    await deliveries.confirm({ claim: await claimed(), nextAttemptAt: PAST });
    const doubt = await doubts.find(person, BIRMINGHAM, FAR);
    if (!doubt) throw new Error('nothing is doubted');
    await doubts.reopen(doubt);
    expect(await states()).toEqual(['1 due']);
    await deliveries.confirm({ claim: await claimed(), nextAttemptAt: PAST });
    const again = await doubts.find(person, BIRMINGHAM, FAR);
    await publish(2);
    if (again) await doubts.reopen(again);
    expect(await states()).toEqual(['1 confirmed', '2 due']);
    expect(await doubts.find(person, BIRMINGHAM, FAR)).toBeNull();
  });

  test('a worker that died gives its claim back once the lease is over, and it may have sent', async () => {
    await publish(1);
    const claim = await deliveries.claim(person, BIRMINGHAM, new Date('2050-01-01T00:00:00Z'));
    expect(claim).not.toBeNull();
    expect(await deliveries.releaseStale(new Date('2049-01-01T00:00:00Z'))).toEqual([]);
    expect(await deliveries.releaseStale(new Date('2051-01-01T00:00:00Z'))).toMatchObject([
      { personKey: person, body: BIRMINGHAM },
    ]);
    expect(await claimed()).toMatchObject({ attempt: 2, unsure: true });
  });

  test('an operator hands a parked one over again; what is confirmed or overtaken stays', async () => {
    const old = await publish(1);
    const parked = await publish(2);
    const outcome = { resourceType: 'OperationOutcome' };
    await deliveries.park({ claim: await claimed(), fault: 'council-refused', outcome });
    expect(await deliveries.outcome(parked)).toEqual(outcome);
    expect(await deliveries.requeue({ publicationIds: [old] })).toEqual([]);
    expect(await deliveries.requeue({ publicationIds: [parked] })).toMatchObject([{ personKey: person }]);
    await deliveries.confirm({ claim: await claimed() });
    expect(await deliveries.requeue({ publicationIds: [parked] })).toEqual([]);
    expect(await states()).toEqual(['1 overtaken', '2 confirmed']);
  });

  test('what is due is listed once a person and body', async () => {
    await publish(1);
    await publish(2);
    const due = (await deliveries.due(1_000)).filter(({ personKey }) => personKey === person);
    expect(due).toMatchObject([{ body: BIRMINGHAM }]);
  });
});
