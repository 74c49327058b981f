import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Bundle, CapabilityStatement, FhirResource, OperationOutcome } from 'fhir/r4.js';
import { sendCommand } from '../../src/commands/send.js';
import { rebuild } from '../../src/flow/rebuild.js';
import { createLog } from '../../src/log.js';
import { londonDay } from '../../src/register/day.js';
import { inboxStore, type MessageRow } from '../../src/store/inbox.js';
import { contextOf, run } from '../commands/terminal.js';
import { faultsOf } from '../profiles/validator.js';
import { type FaultyCouncil, startFaultyCouncil } from '../support/council.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { heldBy, type RunningService, startTestService, untilSettled } from '../support/service.js';
import {
  bundle,
  detention,
  encounter,
  HOME,
  legalStatus,
  message,
  NHS,
  patient,
  trust,
  urn,
  VISIT,
} from './samples.js';

const BIRMINGHAM = 'E08000025';
const FHIR = 'application/fhir+json';
const TAKEN_AND_FETCHED = ['Encounter', 'Patient', 'CarePlan', 'Task', 'Flag', 'EpisodeOfCare'];

let database: TestDatabase;
let council: FaultyCouncil;
let service: RunningService;
let url = '';

beforeAll(async () => {
  database = await testDatabase();
  council = await startFaultyCouncil('Birmingham');
  service = await startTestService({ databaseUrl: database.url, councils: { [BIRMINGHAM]: council.url } });
  url = `http://127.0.0.1:${service.httpPort}/fhir`;
});
afterAll(async () => {
  await service.close();
  await council.stop();
  await database.drop();
});

type Answer = { status: number; type: string | null; text: string; json: unknown };

async function ask(
  method: string,
  path: string,
  body?: object | string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const sent = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...(sent === undefined ? {} : { 'content-type': FHIR }), ...headers },
    ...(sent === undefined ? {} : { body: sent }),
  });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    text,
    json: text === '' ? null : JSON.parse(text),
  };
}

/** What is wrong, as the OperationOutcome says it; itself valid R4. */
function issuesOf({ json, type }: Answer): string[] {
  const outcome = json as OperationOutcome;
  expect(outcome.resourceType).toBe('OperationOutcome');
  expect(type).toMatch(/^application\/fhir\+json/);
  expect(faultsOf(outcome)).toEqual([]);
  return outcome.issue.map(({ severity, code, expression }) => [severity, code, ...(expression ?? [])].join(' '));
}

const newest = async (): Promise<MessageRow | undefined> => (await inboxStore(database.pool).search({ limit: 1 }))[0];
const at = (lastUpdated: string) => ({ meta: { lastUpdated } });

describe('a message', () => {
  const told = message(
    [
      patient(),
      encounter({
        ...HOME,
        subject: { reference: urn(2) },
        extension: [detention({ end: '2026-02-20', council: BIRMINGHAM, commissioner: 'QHL' })],
      }),
    ],
    { id: 'FHIR-HTTP-1' },
  );

  test('is answered by a message once it is on disk, and the council hears of it', async () => {
    const answer = await ask('POST', '/$process-message', told);
    expect(answer.status).toBe(200);
    const response = answer.json as Bundle;
    expect(faultsOf(response)).toEqual([]);
    expect(response).toMatchObject({
      type: 'message',
      entry: [
        {
          resource: {
            resourceType: 'MessageHeader',
            response: { identifier: '00000000-0000-4000-8000-000000000001', code: 'ok' },
            destination: [{ endpoint: 'urn:nhs-uk:addressing:ods:RXT' }],
          },
        },
      ],
    });
    expect(await newest()).toMatchObject({
      transport: 'http',
      sender: 'RXT',
      application: 'EPR',
      controlId: 'FHIR-HTTP-1',
      sentAt: '2026-03-01T10:05:00Z',
      messageCode: 'FHIR',
      trigger: 'A03',
    });
    await untilSettled(database.pool);
    expect(await heldBy(council.directUrl, 'Flag')).toMatchObject([{ status: 'active' }]);
  });

  test('that comes again is a repeat and is answered the same', async () => {
    const before = await newest();
    expect((await ask('POST', '', told)).status).toBe(200);
    const after = await newest();
    expect(after).toMatchObject({ id: before?.id, repeats: (before?.repeats ?? 0) + 1 });
  });

  test('whose identifier came before with other content is set aside, and its sender is told', async () => {
    const answer = await ask('POST', '/$process-message', {
      ...told,
      entry: [told.entry?.[0], { resource: patient() }],
    });
    expect(answer.status).toBe(409);
    expect(issuesOf(answer)).toEqual(['error duplicate']);
    expect(await newest()).toMatchObject({ state: 'parked', reused: true });
  });

  test.each([
    ['a Bundle that is no message', bundle('transaction', [patient()]), 400, 'error value Bundle.type'],
    [
      'no MessageHeader first',
      { ...told, entry: told.entry?.slice(1) },
      400,
      'error invariant Bundle.entry[0].resource',
    ],
    [
      'an event that is not said',
      { ...told, entry: [{ resource: { resourceType: 'MessageHeader', source: { endpoint: 'urn:x' } } }] },
      400,
      'error invariant Bundle.entry[0].resource.event',
    ],
    [
      'a sender that is not connected',
      message([patient()], { sender: 'RZZ' }),
      403,
      'error forbidden Bundle.entry[0].resource.sender',
    ],
    ['another receiver', withDestination('RXX'), 422, 'error business-rule Bundle.entry[0].resource.destination'],
  ])('%s', async (_story, body, status, issue) => {
    const answer = await ask('POST', '/$process-message', body);
    expect([answer.status, issuesOf(answer)]).toEqual([status, [issue]]);
    expect(await newest()).toMatchObject({ state: 'rejected', messageCode: 'FHIR' });
  });

  test('to us is taken', async () => {
    expect((await ask('POST', '/$process-message', withDestination('QHL'))).status).toBe(200);
  });
});

function withDestination(ods: string): Bundle<FhirResource> {
  const made = message([patient()], { id: `to-${ods}` });
  const header = made.entry?.[0]?.resource;
  if (header?.resourceType === 'MessageHeader') header.destination = [{ endpoint: `urn:nhs-uk:addressing:ods:${ods}` }];
  return made;
}

describe('a Bundle', () => {
  test('a transaction is answered entry by entry', async () => {
    const answer = await ask(
      'POST',
      '',
      bundle('transaction', [patient(), encounter({ subject: { reference: urn(2) } })]),
    );
    expect(answer.status).toBe(200);
    expect(faultsOf(answer.json as Bundle)).toEqual([]);
    expect(answer.json).toMatchObject({
      type: 'transaction-response',
      entry: [{ response: { status: '201 Created' } }, { response: { status: '201 Created' } }],
    });
  });

  test('a transaction with one bad entry is refused whole', async () => {
    const answer = await ask('POST', '', bundle('transaction', [patient(), { resourceType: 'Encounter' } as never]));
    expect(answer.status).toBe(400);
    expect(issuesOf(answer)).toEqual([
      'error required Bundle.entry[1].resource.status',
      'error required Bundle.entry[1].resource.class',
    ]);
  });

  test('a batch with one bad entry is taken but for that one', async () => {
    const answer = await ask(
      'POST',
      '',
      bundle('batch', [patient(), { resourceType: 'Encounter', status: 'over' } as never]),
    );
    expect(answer.status).toBe(200);
    expect(faultsOf(answer.json as Bundle)).toEqual([]);
    expect(answer.json).toMatchObject({
      type: 'batch-response',
      entry: [
        { response: { status: '201 Created' } },
        {
          response: {
            status: '400 Bad Request',
            outcome: { issue: [{ expression: ['Bundle.entry[1].resource.status'] }, {}] },
          },
        },
      ],
    });
    await untilSettled(database.pool);
    const states = (await inboxStore(database.pool).search({ limit: 2 })).map(({ state }) => state);
    expect(states).toEqual(['rejected', 'interpreted']);
  });

  test('a deletion is not taken: here is only told', async () => {
    const body = { ...bundle('transaction', []), entry: [{ request: { method: 'DELETE', url: 'Encounter/1' } }] };
    expect(issuesOf(await ask('POST', '', body))).toEqual(['error not-supported Bundle.entry[0].request.method']);
  });

  test('a collection is answered by an OperationOutcome', async () => {
    const answer = await ask('POST', '', bundle('collection', [patient()]));
    expect([answer.status, issuesOf(answer)]).toEqual([200, ['information informational']]);
  });
});

describe('a resource by itself', () => {
  const record = patient({ id: 'p1', ...at('2026-03-02T09:00:00Z') });

  test('a Patient that is put, an Encounter that is posted', async () => {
    const put = await ask('PUT', '/Patient/p1', record);
    expect([put.status, issuesOf(put)]).toEqual([200, ['information informational']]);
    const posted = await ask('POST', '/Encounter', encounter({ ...at('2026-03-02T09:00:00Z') }));
    expect([posted.status, issuesOf(posted)]).toEqual([201, ['information informational']]);
    expect(await newest()).toMatchObject({ trigger: 'Encounter', sentAt: '2026-03-02T09:00:00Z' });
  });

  test('a conditional update, which names the resource by its identifier', async () => {
    const { status } = await ask('PUT', `/Encounter?identifier=${VISIT}|V1`, encounter(at('2026-03-02T10:00:00Z')));
    expect(status).toBe(200);
  });

  test('Prefer: nothing, or the resource as it was sent', async () => {
    const minimal = await ask('PUT', '/Patient/p1', record, { prefer: 'return=minimal' });
    expect([minimal.status, minimal.text]).toEqual([200, '']);
    const whole = await ask('PUT', '/Patient/p1', record, { prefer: 'return=representation' });
    expect(whole.json).toEqual(record);
  });

  test.each<[string, string, string, object | string, number, string[]]>([
    ['an id that is not the one in the address', 'PUT', '/Patient/p2', record, 400, ['error value Patient.id']],
    [
      'an address that means another stay',
      'PUT',
      `/Encounter?identifier=${VISIT}|V99`,
      encounter(),
      400,
      ['error value Encounter.identifier'],
    ],
    ['an address that does not say which', 'PUT', '/Encounter', encounter(), 400, ['error value']],
    ['an NHS number in the address', 'PUT', `/Patient?identifier=${NHS}|9990000018`, record, 400, ['error value']],
    [
      'what is said twice',
      'POST',
      '/Encounter',
      '{"resourceType":"Encounter","status":"finished","status":"planned"}',
      400,
      ['error structure Encounter.status'],
    ],
    ['another type than the address says', 'POST', '/Encounter', record, 400, ['error value Patient.resourceType']],
    ['a type that is not taken', 'POST', '/Observation', { resourceType: 'Observation' }, 404, ['error not-found']],
    ['a resource where a Bundle belongs', 'POST', '', record, 400, ['error value Patient']],
    [
      'no trust that sends it',
      'POST',
      '/Patient',
      patient({ managingOrganization: undefined }),
      422,
      ['error required Patient.managingOrganization'],
    ],
    [
      'a trust that is not connected',
      'POST',
      '/Patient',
      patient({ managingOrganization: trust('RZZ') }),
      403,
      ['error forbidden Patient.managingOrganization'],
    ],
    [
      'two things wrong',
      'POST',
      '/Patient',
      patient({ birthDate: '02/01/1980', deceasedDateTime: '2026-13-01' }),
      400,
      ['error value Patient.birthDate', 'error value Patient.deceasedDateTime'],
    ],
    ['no resource', 'POST', '/Patient', '{}', 400, ['error structure']],
    ['a list', 'POST', '/Patient', '[]', 400, ['error structure']],
    ['nothing', 'POST', '/Patient', ' ', 400, ['error structure']],
    ['no JSON', 'POST', '/Patient', '{"resourceType": "Patient"', 400, ['error structure']],
    [
      'JSON nested to break a reader',
      'POST',
      '/Patient',
      `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`,
      400,
      ['error structure'],
    ],
    ['HL7 v2', 'POST', '/Patient', 'MSH|^~\\&|EPR|RXT', 400, ['error structure']],
  ])('%s is refused, and the place is named', async (_story, method, path, body, status, issues) => {
    const answer = await ask(method, path, body);
    expect([answer.status, issuesOf(answer)]).toEqual([status, issues]);
    expect(answer.text).not.toMatch(/Example|9990000018|02\/01\/1980/);
  });

  test('without any time of its own every arrival is a statement: in progress, finished, in progress again', async () => {
    const going = encounter({
      identifier: [{ system: VISIT, value: 'V77' }],
      subject: { identifier: { system: NHS, value: '9990000026' } },
      extension: [legalStatus('admission', '03')],
    });
    const over = { ...going, ...HOME };
    for (const each of [going, over, going]) expect((await ask('POST', '/Encounter', each)).status).toBe(201);
    await untilSettled(database.pool);
    const { rows } = await database.pool.query<{ status: string; asked: string[] }>(
      `select status, jsonb_path_query_array(entry::jsonb, '$.questions[*].options[*]') as asked
         from entries
        where nhs_number = '9990000026'`,
    );
    // So long after the day of leaving it is asked whether the person never left.
    expect(rows).toEqual([{ status: 'active', asked: expect.arrayContaining(['never-left', 'left-and-came-back']) }]);
  });
});

describe('a plan', () => {
  const plan = JSON.parse(
    readFileSync(new URL('../../mappings/feeds/fhir-ukcore/examples/plan-agreed.json', import.meta.url), 'utf8'),
  );
  const held = async () => {
    await untilSettled(database.pool);
    return (await heldBy(council.directUrl, 'CarePlan'))[0];
  };

  test('that is put reaches the council; what the council holds, sent back, tells nothing', async () => {
    const put = await ask('PUT', '/CarePlan/plan-1', plan);
    expect([put.status, issuesOf(put)]).toEqual([200, ['information informational']]);
    const told = await held();
    expect(told).toMatchObject({ created: '2026-03-02' });
    const back = { ...told, meta: { lastUpdated: '2026-04-01T09:00:00Z', source: 'urn:nhs-uk:addressing:ods:RXT' } };
    expect((await ask('PUT', `/CarePlan/${told?.id}`, back)).status).toBe(200);
    expect(await held()).toEqual(told);
    expect(await newest()).toMatchObject({ trigger: 'CarePlan', state: 'ignored' });
  });

  test('in a message; what cannot be understood is kept for a person', async () => {
    const { created: _, ...undated } = plan;
    const sent = message([{ ...undated, id: 'plan-2' }], { id: 'FHIR-PLAN-2' });
    expect((await ask('POST', '/$process-message', sent)).status).toBe(200);
    await untilSettled(database.pool);
    expect(await newest()).toMatchObject({ state: 'parked', fault: { code: 'field-missing' } });
  });

  test('for nobody who was sent with it is refused', async () => {
    const { status } = await ask('POST', '/CarePlan', { ...plan, subject: { reference: '#nobody' } });
    expect(status).toBe(400);
  });
});

describe('the way in', () => {
  test.each([
    ['XML', { 'content-type': 'application/fhir+xml' }, '<Patient/>', 415],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'a=b', 415],
    ['somebody who reads only XML', { accept: 'application/fhir+xml' }, '{}', 406],
    ['a page of another site', { origin: 'https://elsewhere.example' }, '{}', 403],
    ['what is too long', {}, JSON.stringify(patient({ name: [{ family: 'x'.repeat(70_000) }] })), 413],
    ['an encoding that nobody knows', { 'content-encoding': 'zip' }, '{}', 415],
  ])('%s gets an OperationOutcome', async (_story, headers, body, status) => {
    const answer = await ask('POST', '/Patient', body, headers);
    expect(answer.status).toBe(status);
    expect(issuesOf(answer)).toHaveLength(1);
  });

  test.each([
    ['GET', '/Patient/p1'],
    ['GET', ''],
    ['DELETE', '/Patient/p1'],
    ['POST', '/Patient/p1/$everything'],
  ])('%s %s: nothing is here', async (method, path) => {
    const answer = await ask(method, path);
    expect([answer.status, issuesOf(answer)]).toEqual([404, ['error not-found']]);
  });

  test('what it takes is said, and is valid', async () => {
    const { status, json } = await ask('GET', '/metadata');
    expect(status).toBe(200);
    expect(faultsOf(json as CapabilityStatement)).toEqual([]);
    expect(json).toMatchObject({
      kind: 'instance',
      implementation: { url },
      rest: [{ resource: TAKEN_AND_FETCHED.map((type) => ({ type })) }],
    });
  });

  test('FHIR that comes where HL7 v2 belongs is told where to go', async () => {
    const answer = await fetch(url.replace('/fhir', '/hl7'), {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify(patient()),
    });
    expect(await answer.text()).toMatch(/MSA\|AR\|.*POST \/fhir/);
  });

  test('nothing of a person is in the log', () => {
    expect(service.log.join('')).not.toMatch(/999000|Example|L100001|B99/);
  });
});

test('aftercare send puts each where it belongs', async () => {
  const examples = new URL('../../mappings/feeds/fhir-ukcore/examples/', import.meta.url);
  const file = (name: string) => new URL(`${name}.json`, examples).pathname;
  const files = ['patient-update', 'message-discharge', 'transaction-references', 'left-transferred'].map(file);
  const { code, out } = await run(sendCommand, [...files, '--to', url, '--json'], contextOf(null));
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject([
    { accepted: true, acknowledgements: [{ code: '200' }] },
    {
      accepted: true,
      controlId: 'FHIR-1',
      acknowledgements: [{ code: '200', controlId: expect.stringMatching(/^0{8}/) }],
    },
    { accepted: true, acknowledgements: [{ code: '200' }] },
    { accepted: true, acknowledgements: [{ code: '201' }] },
  ]);
});

test('aftercare send says of a batch which entry is not taken, and ends with 1', async () => {
  const file = new URL('../../mappings/feeds/fhir-ukcore/examples/batch-one-entry-not-taken.json', import.meta.url);
  const { code, out } = await run(sendCommand, [file.pathname, '--to', url], contextOf(null));
  expect(code).toBe(1);
  expect(out).toContain('400');
  expect(out).toContain('Bundle.entry[1].resource.status');
});

test('everything can be derived again, the same, from the bytes', async () => {
  await untilSettled(database.pool);
  const { site, mappings, directory } = service.tables;
  const log = createLog('error', { write: () => undefined });
  const now = () => new Date();
  const today = () => londonDay(now().toISOString());
  const again = await rebuild({ pool: database.pool, site, mappings, directory, now, today, log });
  expect(again).toMatchObject({ changed: [], published: 0 });
});
