import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { deliveryStore } from '../../src/store/deliveries.js';
import { type Adt, HOME as home, OTHER, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { type FaultyCouncil, startFaultyCouncil } from '../support/council.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { until } from '../support/process.js';
import {
  acknowledgementsFor,
  heldBy,
  type RunningService,
  startTestService,
  stateFacts,
  untilSettled,
  versionOf,
} from '../support/service.js';

const BIRMINGHAM = 'E08000025';
const SOLIHULL = 'E08000029';

let database: TestDatabase;
let birmingham: FaultyCouncil;
let solihull: FaultyCouncil;
let service: RunningService;

beforeEach(async () => {
  database = await testDatabase();
  [birmingham, solihull] = await Promise.all([startFaultyCouncil('Birmingham'), startFaultyCouncil('Solihull')]);
  service = await startTestService({
    databaseUrl: database.url,
    councils: { [BIRMINGHAM]: birmingham.url, [SOLIHULL]: solihull.url },
  });
});
afterEach(async () => {
  await service.close();
  await Promise.all([birmingham.stop(), solihull.stop()]);
  await database.drop();
});

const renamed = (family: string, sentAt: string): Adt => ({ trigger: 'A08', sentAt, family, visit: undefined });
const send = (...messages: Adt[]) => acknowledgementsFor(service.mllpPort, messages);
const settled = () => untilSettled(database.pool);

/** Version and status of every Flag: `1 active`. */
const flagsAt = async (council: FaultyCouncil) =>
  (await heldBy(council.directUrl, 'Flag')).map((flag) => `${versionOf(flag)} ${flag.status}`).sort();

async function latestVersion(body: string): Promise<number> {
  const { rows } = await database.pool.query<{ version: number }>(
    'select max(record_version) as version from publications where body = $1',
    [body],
  );
  return rows[0]?.version ?? 0;
}

async function states(body: string): Promise<string[]> {
  const { rows } = await database.pool.query<{ text: string }>(
    `select p.record_version || ' ' || d.state || coalesce(' ' || d.last_fault, '') as text
       from deliveries d join publications p on p.id = d.publication_id
      where d.body = $1 order by d.publication_id`,
    [body],
  );
  return rows.map(({ text }) => text);
}

describe('a council that answers ends with the latest version, once', () => {
  test('an answer is lost after the council has taken the message', async () => {
    birmingham.next({ kind: 'drop-answer' });
    expect(await send(home)).toEqual(['AA']);
    await settled();
    expect(await flagsAt(birmingham)).toEqual(['1 active']);
    expect(await heldBy(birmingham.directUrl, 'Patient')).toHaveLength(1);
    expect(await heldBy(birmingham.directUrl, 'EpisodeOfCare')).toHaveLength(1);
    expect(birmingham.seen.filter((line) => line.startsWith('POST'))).toHaveLength(1);
  });

  test('the council is busy, asks to wait, hangs up, and is then sent everything twice by the network', async () => {
    birmingham.next(
      { kind: 'answer', status: 503, headers: { 'retry-after': '1' } },
      { kind: 'drop-request' },
      { kind: 'answer', status: 500 },
    );
    await send(home);
    await settled();
    birmingham.next({ kind: 'twice' });
    await send(renamed('Other', '20260401090000'));
    await settled();
    expect(await flagsAt(birmingham)).toEqual(['2 active']);
    expect(await heldBy(birmingham.directUrl, 'Patient')).toHaveLength(1);
    expect(await heldBy(birmingham.directUrl, 'CarePlan')).toHaveLength(1);
  });

  test('a council that was down hears the latest version only, while the other is served', async () => {
    await birmingham.refuseConnections();
    const elsewhere: Adt = {
      ...home,
      nhsNumber: OTHER,
      mrn: 'L2',
      periods: [{ ...SECTION_3, id: 'P2', council: SOLIHULL }],
    };
    await send(home, elsewhere);
    await until(async () => (await flagsAt(solihull)).length === 1, 'Solihull told');
    await send(renamed('Second', '20260401090000'));
    await until(async () => (await latestVersion(BIRMINGHAM)) === 2, 'a second version');
    await birmingham.acceptConnections();
    await settled();
    expect(await flagsAt(birmingham)).toEqual(['2 active']);
    expect(birmingham.seen.filter((line) => line.startsWith('POST'))).toHaveLength(1);
    expect(await flagsAt(solihull)).toEqual(['1 active']);
  });

  test("the council's own record of the person stays as it is", async () => {
    const own = {
      resourceType: 'Patient',
      identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: PERSON }],
      name: [{ family: 'As the council writes it' }],
    };
    const kept = await fetch(`${birmingham.directUrl}/Patient`, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify(own),
    });
    expect(kept.status).toBe(201);
    await send(home, renamed('Other', '20260401090000'));
    await settled();
    expect(await heldBy(birmingham.directUrl, 'Patient')).toMatchObject([{ name: own.name, meta: { versionId: '1' } }]);
    expect(await flagsAt(birmingham)).toEqual([`${await latestVersion(BIRMINGHAM)} active`]);
  });

  test('two records that were told about each before they were merged: one active Flag, the other in error', async () => {
    const elsewhere = { nhsNumber: OTHER, mrn: 'L2', visit: 'V2', periods: [{ ...SECTION_3, id: 'P2' }] };
    await send(home, { ...home, ...elsewhere });
    await settled();
    expect(await flagsAt(birmingham)).toEqual(['1 active', '1 active']);
    await send({ trigger: 'A40', sentAt: '20260702090000', mergedAway: { nhsNumber: OTHER, mrn: 'L2' } });
    await settled();
    expect(await flagsAt(birmingham)).toEqual(['1 active', '2 entered-in-error']);
  });

  test('another council was responsible all along: the first hears that it no longer is', async () => {
    await send(home);
    await settled();
    await stateFacts(database.pool, service.tables, [
      {
        kind: 'council-determined',
        nhsNumber: PERSON,
        effectiveOn: '2026-03-01',
        council: SOLIHULL,
        standing: 'agreed',
      },
    ]);
    await settled();
    expect(await flagsAt(birmingham)).toEqual(['2 inactive']);
    expect(await flagsAt(solihull)).toEqual(['1 active']);
  });
});

describe('never an older version over a newer one', () => {
  test('a request that was given up lands after a newer version was confirmed: the newer one is put back', async () => {
    birmingham.next({ kind: 'delay', ms: 2_500 });
    await send(home);
    await until(() => birmingham.seen.length > 0, 'the first request');
    await send(renamed('Second', '20260401090000'));
    await until(async () => (await states(BIRMINGHAM)).includes('2 confirmed'), 'the second version confirmed');
    expect(await flagsAt(birmingham)).toEqual(['2 active']);
    await until(async () => (await flagsAt(birmingham)).includes('1 active'), 'the first request to land');
    await until(async () => (await flagsAt(birmingham)).includes('2 active'), 'the second version put back');
    await settled();
    expect(await states(BIRMINGHAM)).toEqual(['1 overtaken no-reply', '2 confirmed']);
    expect(await heldBy(birmingham.directUrl, 'Flag')).toHaveLength(1);
  });

  test('an attempt of a version that was confirmed meanwhile is doubted as well', async () => {
    birmingham.next({ kind: 'delay', ms: 4_500 });
    await send(home);
    await until(async () => (await states(BIRMINGHAM)).includes('1 confirmed'), 'the first version confirmed');
    await send(renamed('Second', '20260401090000'));
    await until(async () => (await states(BIRMINGHAM)).includes('2 confirmed'), 'the second version confirmed');
    await until(async () => (await flagsAt(birmingham)).includes('1 active'), 'the first request to land');
    await until(async () => (await flagsAt(birmingham)).includes('2 active'), 'the second version put back');
    const doubted = async () => (await database.pool.query('select from deliveries where unsure')).rowCount;
    await until(async () => (await doubted()) === 0, 'no doubt left');
  });
});

describe('what only a person can mend', () => {
  const outcome = {
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code: 'business-rule', diagnostics: 'Flags of this category are not taken here' }],
  };

  test('a refusal is parked with what the council said; handed over again once it is mended', async () => {
    birmingham.next({ kind: 'answer', status: 422, body: outcome });
    await send(home);
    await settled();
    expect(await states(BIRMINGHAM)).toEqual(['1 parked council-refused']);
    const deliveries = deliveryStore(database.pool);
    const [parked] = await deliveries.list({ bodies: [BIRMINGHAM], limit: 10 });
    expect(await deliveries.outcome(parked?.publicationId ?? '')).toEqual(outcome);
    expect(birmingham.seen).toHaveLength(1);

    await deliveries.requeue({ bodies: [BIRMINGHAM] });
    await settled();
    expect(await flagsAt(birmingham)).toEqual(['1 active']);
    expect(await states(BIRMINGHAM)).toEqual(['1 confirmed']);
  });

  test('a council that holds two patients with the number cannot take it: parked after a few attempts, not tried for ever', async () => {
    for (const family of ['One', 'Two']) {
      await fetch(`${birmingham.directUrl}/Patient`, {
        method: 'POST',
        headers: { 'content-type': 'application/fhir+json' },
        body: JSON.stringify({
          resourceType: 'Patient',
          identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: PERSON }],
          name: [{ family }],
        }),
      });
    }
    await send(home);
    await until(async () => (await states(BIRMINGHAM)).includes('1 parked council-refused'), 'parked');
    expect(birmingham.seen.filter((line) => line.startsWith('POST'))).toHaveLength(5);
    expect(await flagsAt(birmingham)).toEqual([]);
  });

  test('a conflict that passes is tried again', async () => {
    birmingham.next({ kind: 'answer', status: 412 });
    await send(home);
    await settled();
    expect(await flagsAt(birmingham)).toEqual(['1 active']);
  });
});
