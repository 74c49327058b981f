import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { dispatchAll } from '../../src/flow/dispatch.js';
import { foldDue } from '../../src/flow/fold.js';
import { interpretPending } from '../../src/flow/interpret.js';
import { receiver } from '../../src/flow/receive.js';
import { sweep } from '../../src/flow/sweep.js';
import { createLog } from '../../src/log.js';
import { londonDay } from '../../src/register/day.js';
import { deliveryStore } from '../../src/store/deliveries.js';
import { doubtStore } from '../../src/store/delivery-doubt.js';
import { inboxStore } from '../../src/store/inbox.js';
import { type FhirDestination, fhirDestination } from '../../src/wire/fhir.js';
import { adt, HOME } from '../scenarios/adt.js';
import { type FaultyCouncil, startFaultyCouncil } from '../support/council.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { tablesWith } from '../support/tables.js';
import { until } from '../support/until.js';

/** The council of HOME. */
const BIRMINGHAM = 'E08000025';
const DAY_MS = 86_400_000;
const NOT_SOON_MS = 600_000;

const log = createLog('silent', { write: () => undefined });

let council: FaultyCouncil;
let database: TestDatabase;
let destination: FhirDestination;
/** How far this process's clock is from the database's. */
let offMs = 0;

const RightDate = Date;
/** This process's clock is wrong from here on; the database's stays right, as on two machines of which one is set. */
function clockIsOff(byMs: number): void {
  offMs = byMs;
  const now = () => RightDate.now() + offMs;
  globalThis.Date = new Proxy(RightDate, {
    construct: (real, given, target) => Reflect.construct(real, given.length === 0 ? [now()] : given, target),
    get: (real, name, target) => (name === 'now' ? now : Reflect.get(real, name, target)),
  });
}

beforeAll(async () => {
  council = await startFaultyCouncil('Birmingham');
});
afterAll(() => council.stop());
beforeEach(async () => {
  database = await testDatabase();
  destination = fhirDestination({ to: BIRMINGHAM, url: council.url, timeoutMs: 2_000 });
  await homeIsPublished();
});
afterEach(async () => {
  globalThis.Date = RightDate;
  await destination.close();
  await database.drop();
});

/** Somebody has left hospital, and their council is to be told. */
async function homeIsPublished(): Promise<void> {
  const { pool } = database;
  const tables = tablesWith({ [BIRMINGHAM]: council.url });
  const { acceptBatch } = inboxStore(pool);
  const stop = new AbortController().signal;
  const receive = receiver({ site: tables.site, acceptBatch, wake: () => {}, log });
  await receive(Buffer.from(adt(HOME)), { transport: 'mllp', peer: 'test' });
  await interpretPending({ pool, ...tables, changed: async () => {}, stop, log });
  const now = () => new Date();
  const today = () => londonDay(now().toISOString());
  await foldDue({ pool, ...tables, now, today, stop, deliver: () => {}, log });
}

const dispatch = () =>
  dispatchAll(BIRMINGHAM, {
    ...tablesWith({ [BIRMINGHAM]: council.url }),
    deliveries: deliveryStore(database.pool),
    doubts: doubtStore(database.pool),
    destination,
    random: Math.random,
    lookAgainMs: NOT_SOON_MS,
    again: async () => {},
    stop: new AbortController().signal,
    log,
  });

/** Whom a sweep of this process wakes a worker for. */
async function swept(leaseMs = NOT_SOON_MS): Promise<string[]> {
  const woken: string[] = [];
  await sweep({
    pool: database.pool,
    deliveries: deliveryStore(database.pool),
    doubts: doubtStore(database.pool),
    connected: [BIRMINGHAM],
    directory: tablesWith({}).directory,
    wake: { interpret: async () => {}, fold: async () => {}, deliver: async (bodies) => void woken.push(...bodies) },
    now: () => new Date(),
    leaseMs,
  });
  return woken;
}

async function delivery() {
  const [row] = await deliveryStore(database.pool).list({ limit: 1 });
  if (!row) throw new Error('nothing was published');
  return row;
}

/** Its next attempt, by the database's clock. */
async function isWithinTheHour(): Promise<boolean | undefined> {
  const { rows } = await database.pool.query<{ soon: boolean }>(
    `select next_attempt_at < now() + interval '1 hour' as soon from deliveries`,
  );
  return rows[0]?.soon;
}

test('what failed while the clock was a day ahead is tried again within its delay', async () => {
  await council.refuseConnections();
  clockIsOff(DAY_MS);
  await dispatch();
  expect(await delivery()).toMatchObject({ state: 'due', lastFault: 'council-unavailable', attempt: 1 });
  clockIsOff(0);
  await council.acceptConnections();
  await until(async () => (await swept()).length > 0);
  await dispatch();
  expect(await delivery()).toMatchObject({ state: 'confirmed', attempt: 2 });
});

test('a process whose clock is a day behind hands over what is due', async () => {
  clockIsOff(-DAY_MS);
  expect(await swept()).toEqual([BIRMINGHAM]);
  await dispatch();
  expect(await delivery()).toMatchObject({ state: 'confirmed', attempt: 1 });
});

test('a process whose clock is a day ahead does not try again before the time', async () => {
  council.next({ kind: 'answer', status: 503, headers: { 'retry-after': '3600' } });
  await dispatch();
  clockIsOff(DAY_MS);
  expect(await swept()).toEqual([]);
  await dispatch();
  expect(await delivery()).toMatchObject({ state: 'due', attempt: 1 });
});

test('a council that names the moment is believed by its own clock', async () => {
  const soon = new RightDate(RightDate.now() + 60_000).toUTCString();
  council.next({ kind: 'answer', status: 503, headers: { 'retry-after': soon } });
  clockIsOff(-DAY_MS);
  await dispatch();
  expect(await isWithinTheHour()).toBe(true);
  expect(await swept()).toEqual([]);
});

test('a process whose clock is a day ahead takes no claim from one that holds it', async () => {
  const [claim] = await deliveryStore(database.pool).claim(BIRMINGHAM, 1);
  clockIsOff(DAY_MS);
  await swept();
  expect(await delivery()).toMatchObject({ publicationId: claim?.publicationId, state: 'sending' });
});

test('a process whose clock is a day behind gives back what another one died with', async () => {
  await deliveryStore(database.pool).claim(BIRMINGHAM, 1);
  clockIsOff(-DAY_MS);
  await sleep(20);
  expect(await swept(10)).toEqual([BIRMINGHAM]);
  expect(await delivery()).toMatchObject({ state: 'due', unsure: true });
});

test('what was confirmed in doubt while the clock was a day ahead is looked at again in its time', async () => {
  council.next({ kind: 'drop-answer' });
  await dispatch();
  await until(async () => (await swept()).length > 0);
  clockIsOff(DAY_MS);
  await dispatch();
  expect(await delivery()).toMatchObject({ state: 'confirmed', unsure: true });
  expect(await isWithinTheHour()).toBe(true);
});
