import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rebuild } from '../../src/flow/rebuild.js';
import { createLog } from '../../src/log.js';
import { londonDay } from '../../src/register/day.js';
import { type Adt, HOME as home, OTHER, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { type FaultyCouncil, startFaultyCouncil } from '../support/council.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import {
  acknowledgementsFor,
  heldBy,
  type RunningService,
  startTestService,
  stateFacts,
  untilSettled,
} from '../support/service.js';

const THIRD = '9990000034';
const BIRMINGHAM = 'E08000025';
const SOLIHULL = 'E08000029';

/** Everything that can happen to a record: corrected, merged, withdrawn, determined, parked, ignored, repeated. */
const history: Adt[] = [
  { ...home, trigger: 'A01', sentAt: '20260101090000', left: undefined },
  home,
  home,
  { trigger: 'A08', sentAt: '20260305090000', periods: [{ ...SECTION_3, from: '20260105', council: SOLIHULL }] },
  { ...home, nhsNumber: OTHER, mrn: 'L2', visit: 'V2', periods: [{ ...SECTION_3, id: 'P2' }] },
  { trigger: 'A40', sentAt: '20260702090000', mergedAway: { nhsNumber: OTHER, mrn: 'L2' } },
  { ...home, nhsNumber: THIRD, mrn: 'L3', visit: 'V3', periods: [{ ...SECTION_3, id: 'P3' }] },
  { trigger: 'A13', sentAt: '20260301120000', nhsNumber: THIRD, mrn: 'L3', visit: 'V3' },
  { ...home, nhsNumber: null, mrn: 'L4', visit: 'V4', periods: [{ ...SECTION_3, id: 'P4' }] },
  { ...home, nhsNumber: '9990000042', mrn: 'L5', visit: 'V5', destination: 'ZZ' },
  { trigger: 'A60', sentAt: '20260301120000', nhsNumber: THIRD, mrn: 'L3' },
];

let database: TestDatabase;
let birmingham: FaultyCouncil;
let solihull: FaultyCouncil;
let service: RunningService | null = null;

const start = async () => {
  service = await startTestService({
    databaseUrl: database.url,
    councils: { [BIRMINGHAM]: birmingham.url, [SOLIHULL]: solihull.url },
  });
  return service;
};
const stop = async () => {
  await service?.close();
  service = null;
};

beforeAll(async () => {
  database = await testDatabase();
  [birmingham, solihull] = await Promise.all([startFaultyCouncil('Birmingham'), startFaultyCouncil('Solihull')]);
});
afterAll(async () => {
  await stop();
  await Promise.all([birmingham.stop(), solihull.stop()]);
  await database.drop();
});

const rows = async (sql: string) => (await database.pool.query(sql)).rows;

/** All that is derived, and all that was given and sent. */
const everything = async () => ({
  entries: await rows('select person_key, nhs_number, status, council, icb, entry from entries order by person_key'),
  keys: await rows('select key, anchor, merged_into from person_keys order by key'),
  nodes: await rows('select node, person_key from nodes order by node'),
  messages: await rows('select id, state, fault from messages order by id'),
  publications: await rows('select id, person_key, body, record_version, content from publications order by id'),
  identifiers: await rows('select person_key, body, anchor, episode, flag, care_plan from episode_ids order by id'),
  deliveries: await rows('select publication_id, state, attempt from deliveries order by publication_id'),
  held: [await heldBy(birmingham.directUrl, 'Flag'), await heldBy(solihull.directUrl, 'Flag')],
  requests: [birmingham.seen.length, solihull.seen.length],
});

/** When each message was understood: what was known on a past day rests on it. */
const learntAt = async () =>
  (await database.pool.query('select message_id, interpreted_at from interpretations order by message_id')).rows;

describe('what is derived can be derived again', () => {
  test('after a mixed history everything derived is dropped: the same comes back, and nothing is sent because of it', async () => {
    const { mllpPort, tables } = await start();
    // One after the other, so that the councils hear of every step on the way.
    for (const message of history) {
      await acknowledgementsFor(mllpPort, [message]);
      await untilSettled(database.pool);
    }
    await stateFacts(database.pool, tables, [
      {
        kind: 'council-determined',
        nhsNumber: PERSON,
        effectiveOn: '2026-03-01',
        council: BIRMINGHAM,
        standing: 'agreed',
      },
      { kind: 'plan', nhsNumber: PERSON, agreedOn: '2026-03-02', needs: [{ text: 'supported living' }] },
    ]);
    await untilSettled(database.pool);
    await stop();
    const before = await everything();
    const learnt = await learntAt();
    expect(before.entries).toHaveLength(3);
    expect(before.publications.length).toBeGreaterThan(6);

    // A service that runs meanwhile interprets and folds beside it, as it may.
    await start();
    const { site, mappings, directory } = tables;
    const log = createLog('silent');
    const [now, today] = [() => new Date(), () => londonDay(new Date().toISOString())];
    const rebuilt = await rebuild({ pool: database.pool, site, mappings, directory, now, today, log });
    await untilSettled(database.pool);
    await stop();
    expect(rebuilt).toMatchObject({ changed: [], published: 0 });
    expect(await learntAt()).toEqual(learnt);
    const after = await everything();
    for (const part of Object.keys(before) as (keyof typeof before)[]) {
      expect({ part, is: after[part] }).toEqual({ part, is: before[part] });
    }
  });
});
