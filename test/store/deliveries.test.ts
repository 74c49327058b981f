import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type DeliveryStore, deliveryStore } from '../../src/store/deliveries.js';
import type { Claim } from '../../src/store/delivery-claim.js';
import { doubtStore } from '../../src/store/delivery-doubt.js';
import { type LedgerStore, ledgerStore } from '../../src/store/ledger.js';
import { type PersonKeyStore, personKeyStore } from '../../src/store/person-keys.js';
import { traceStore } from '../../src/store/trace.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { aNode, aNumber, keyFor, newestOf, version } from './given.js';

/** Each story has councils of its own, so that only what it published is due there. */
let birmingham: string;
let solihull: string;
const HOUR_MS = 3_600_000;
const AT_ONCE = 0;

let database: TestDatabase;
let ledger: LedgerStore;
let keys: PersonKeyStore;
let deliveries: DeliveryStore;
let person: string;

beforeAll(async () => {
  database = await testDatabase();
  ledger = ledgerStore(database.pool);
  keys = personKeyStore(database.pool);
  deliveries = deliveryStore(database.pool);
});
afterAll(() => database.drop());
beforeEach(async () => {
  birmingham = `Birmingham ${randomUUID()}`;
  solihull = `Solihull ${randomUUID()}`;
  person = await newPerson();
});

const newPerson = async () => (await keyFor(keys, aNode())).key;

/** Returns its row. */
async function publish(recordVersion: number, { body = birmingham, personKey = person } = {}): Promise<string> {
  await ledger.publish([version(personKey, recordVersion, { body })]);
  return newestOf(ledger, personKey);
}

const claims = (body = birmingham): Promise<Claim[]> => deliveries.claim(body, 10);

/** As if everything of a body had been claimed, and put off, so much earlier. */
const later = (byMs: number, body = birmingham) =>
  database.pool.query(
    `update deliveries
        set next_attempt_at = next_attempt_at - $2 * interval '1 millisecond',
            claimed_at      = claimed_at      - $2 * interval '1 millisecond'
      where body = $1`,
    [body, byMs],
  );

async function claimed(body = birmingham): Promise<Claim> {
  const [claim, ...others] = await claims(body);
  if (!claim || others.length > 0) throw new Error('not one is due');
  return claim;
}

const confirm = async (claim: Claim, lookAgainMs = AT_ONCE): Promise<boolean | undefined> =>
  (await deliveries.confirm([{ claim, httpStatus: 200, lookAgainMs }]))[0];

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
    await confirm(claim);
    expect(await claims()).toEqual([]);
    expect((await ledger.latest([person]))[0]?.confirmedAt).toBeInstanceOf(Date);
  });

  test('a newer version waits while an older one is on its way, then follows it', async () => {
    await publish(1);
    const older = await claimed();
    await publish(2);
    expect(await claims()).toEqual([]);
    await confirm(older);
    expect(await claimed()).toMatchObject({ recordVersion: 2 });
  });

  test('an older version that fails is overtaken by the newer, not tried again', async () => {
    await publish(1);
    const older = await claimed();
    await publish(2);
    await deliveries.fail({ claim: older, fault: 'council-unavailable', afterMs: AT_ONCE });
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
    await publish(1, { body: solihull });
    await claimed(birmingham);
    expect(await claimed(solihull)).toMatchObject({ body: solihull });
  });

  test('a version confirmed settles what a mailbox never answered before it', async () => {
    await publish(1);
    await deliveries.handOver({ claim: await claimed() });
    await publish(2);
    expect(await states()).toEqual(['1 handed-over', '2 due']);
    await confirm(await claimed());
    expect(await states()).toEqual(['1 overtaken', '2 confirmed']);
  });
});

describe('one at a time', () => {
  test('of many workers one has the claim', async () => {
    await publish(1);
    const held = await Promise.all(Array.from({ length: 10 }, () => claims()));
    expect(held.flat()).toHaveLength(1);
  });

  test('numbers that were merged are each told under identifiers of their own: both are on their way, each once', async () => {
    const [[one], [two]] = [aNumber(), aNumber()];
    const first = await keyFor(keys, [one]);
    const second = await keyFor(keys, [two]);
    await publish(1, { personKey: first.key });
    await publish(1, { personKey: second.key });
    await keyFor(keys, [one, two]);
    const held = (await Promise.all(Array.from({ length: 4 }, () => claims()))).flat();
    expect(new Set(held.map(({ personKey }) => personKey))).toEqual(new Set([first.key, second.key]));
    expect(held).toHaveLength(2);
    for (const claim of held) expect(await confirm(claim)).toBe(true);
    expect(await claims()).toEqual([]);
  });

  test('many people at once, each once, longest due first and no more than asked', async () => {
    const people = await Promise.all(Array.from({ length: 5 }, newPerson));
    for (const personKey of people) await publish(1, { personKey });
    const first = await deliveries.claim(birmingham, 3);
    const rest = await deliveries.claim(birmingham, 3);
    expect([...first, ...rest].map(({ personKey }) => personKey)).toEqual(people);
    expect(first).toHaveLength(3);
    const lost = { publicationId: first[0]?.publicationId ?? '', attempt: 9 };
    const [own, stranger] = await deliveries.confirm([{ claim: rest[0] ?? lost }, { claim: lost }]);
    expect([own, stranger]).toEqual([true, false]);
    expect((await states(...people)).filter((state) => state === '1 confirmed')).toHaveLength(1);
  });

  test('people for whom something is on its way take no room from others', async () => {
    const busy = await Promise.all([newPerson(), newPerson()]);
    for (const personKey of busy) await publish(1, { personKey });
    expect(await claims()).toHaveLength(2);
    for (const personKey of busy) await publish(2, { personKey });
    await publish(1);
    expect(await deliveries.claim(birmingham, 2)).toMatchObject([{ personKey: person }]);
  });

  test('an older version that is due again is not sent while the newer waits for its time', async () => {
    await publish(1);
    const older = await claimed();
    await publish(2);
    await later(-HOUR_MS);
    await database.pool.query(
      `update deliveries set state = 'due', next_attempt_at = now() where publication_id = $1`,
      [older.publicationId],
    );
    expect(await claims()).toEqual([]);
    expect(await states()).toEqual(['1 overtaken', '2 due']);
    await later(HOUR_MS);
    expect(await claims()).toMatchObject([{ recordVersion: 2 }]);
  });

  test('a paused council gets nothing until it is resumed', async () => {
    await publish(1);
    await database.pool.query("insert into paused_bodies (body, paused_by, reason) values ($1, 'test', 'upgrade')", [
      birmingham,
    ]);
    expect(await claims()).toEqual([]);
    await database.pool.query('delete from paused_bodies where body = $1', [birmingham]);
    expect(await claims()).toHaveLength(1);
  });

  test('only the attempt that holds the claim may settle it', async () => {
    await publish(1);
    const lost = await claimed();
    await later(HOUR_MS);
    await deliveries.releaseStale(HOUR_MS);
    const holder = await claimed();
    expect(holder.attempt).toBe(lost.attempt + 1);
    expect(await confirm(lost)).toBe(false);
    expect(await deliveries.fail({ claim: lost, fault: 'no-reply', afterMs: AT_ONCE })).toBe(false);
    expect(await deliveries.park({ claim: lost, fault: 'council-refused', outcome: null })).toBe(false);
    expect(await states()).toEqual(['1 sending']);
    expect(await confirm(holder)).toBe(true);
    expect(await confirm(holder)).toBe(false);
  });
});

describe('a merge while a version is on its way', () => {
  test('what the number that went is told next waits for it, and overtakes it when it fails; the other waits for nothing', async () => {
    const [[one], [two]] = [aNumber(), aNumber()];
    const { key: kept } = await keyFor(keys, [one]);
    const { key: gone } = await keyFor(keys, [two]);
    await publish(1, { personKey: gone });
    const older = await claimed();
    await keyFor(keys, [one, two]);
    await publish(2, { personKey: gone });
    await publish(1, { personKey: kept });
    const first = await claimed();
    expect(first).toMatchObject({ personKey: kept, recordVersion: 1, unsure: false });
    await confirm(first);
    await deliveries.fail({ claim: older, fault: 'no-reply', afterMs: AT_ONCE });
    expect(await states(gone)).toEqual(['1 overtaken', '2 due']);
    expect(await claimed()).toMatchObject({ personKey: gone, recordVersion: 2, unsure: true });
  });
});

describe('trying again', () => {
  test('not before its time', async () => {
    await publish(1);
    await deliveries.fail({
      claim: await claimed(),
      fault: 'council-unavailable',
      afterMs: HOUR_MS,
      httpStatus: 503,
    });
    expect(await claims()).toEqual([]);
    expect(await deliveries.bodiesDue()).not.toContain(birmingham);
    await later(HOUR_MS);
    expect(await deliveries.bodiesDue()).toContain(birmingham);
    expect(await claims()).toMatchObject([{ attempt: 2, unsure: false }]);
    const [first] = await deliveries.list({ personKeys: [person], limit: 1 });
    expect(await traceStore(database.pool).attempts(first?.publicationId ?? '')).toMatchObject([
      { attempt: 1, result: 'council-unavailable', httpStatus: 503, endedAt: expect.any(Date) },
      { attempt: 2, result: null, httpStatus: null, endedAt: null },
    ]);
  });

  test('after no answer the council may have it: the next attempt is unsure, also when it is for a newer version', async () => {
    await publish(1);
    await deliveries.fail({ claim: await claimed(), fault: 'no-reply', afterMs: AT_ONCE });
    await publish(2);
    const claim = await claimed();
    expect(claim).toMatchObject({ recordVersion: 2, unsure: true });
    await confirm(claim);
    await publish(3);
    const doubted = await claimed();
    expect(doubted).toMatchObject({ recordVersion: 3, unsure: true });
    await confirm(doubted, HOUR_MS);

    const doubts = doubtStore(database.pool);
    expect(await doubts.waiting(birmingham, 10)).toEqual([]);
    await later(HOUR_MS);
    const [doubt] = await doubts.waiting(birmingham, 10);
    expect(doubt).toMatchObject({ recordVersion: 3 });
    if (doubt) await doubts.postpone(doubt, HOUR_MS);
    expect(await doubts.waiting(birmingham, 10)).toEqual([]);
    await later(HOUR_MS);
    expect(await doubts.waiting(birmingham, 10)).toMatchObject([{ recordVersion: 3 }]);
    if (doubt) await doubts.settle(doubt);
    expect(await doubts.waiting(birmingham, 10)).toEqual([]);
    await publish(4);
    expect(await claimed()).toMatchObject({ recordVersion: 4, unsure: false });
  });

  test('what was found undone is due again, unless a newer version is', async () => {
    const doubts = doubtStore(database.pool);
    await publish(1);
    await deliveries.fail({ claim: await claimed(), fault: 'no-reply', afterMs: AT_ONCE });
    await confirm(await claimed());
    const [doubt] = await doubts.waiting(birmingham, 10);
    if (!doubt) throw new Error('nothing is doubted');
    await doubts.reopen(doubt);
    expect(await states()).toEqual(['1 due']);
    await confirm(await claimed());
    const [again] = await doubts.waiting(birmingham, 10);
    await publish(2);
    if (again) await doubts.reopen(again);
    expect(await states()).toEqual(['1 confirmed', '2 due']);
    expect(await doubts.waiting(birmingham, 10)).toEqual([]);
  });

  test('a worker that died gives its claim back once the lease is over, and it may have sent', async () => {
    await publish(1);
    expect(await claims()).toHaveLength(1);
    expect(await deliveries.releaseStale(HOUR_MS)).toEqual([]);
    await later(HOUR_MS);
    expect(await deliveries.releaseStale(HOUR_MS)).toMatchObject([{ personKey: person, body: birmingham }]);
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
    await confirm(await claimed());
    expect(await deliveries.requeue({ publicationIds: [parked] })).toEqual([]);
    expect(await states()).toEqual(['1 overtaken', '2 confirmed']);
  });

  test('a body with something due is told of once', async () => {
    await publish(1);
    await publish(1, { personKey: await newPerson() });
    expect((await deliveries.bodiesDue()).filter((body) => body === birmingham)).toHaveLength(1);
  });
});
