import { describe, expect, test } from '@jest/globals';
import type { Bundle, BundleEntry, Encounter, FhirResource, OperationOutcome } from 'fhir/r4.js';
import type { Asked } from '../../src/flow/fhir-answer.js';
import { fhirReceiver } from '../../src/flow/receive-fhir.js';
import { type Site, siteFromObject } from '../../src/site.js';
import { faultsOf } from '../profiles/validator.js';
import { tables } from '../scenarios/tell.js';
import { quiet } from '../support/quiet.js';
import {
  bundle,
  destination,
  encounter,
  HOME,
  message,
  NHS,
  OTHER,
  PERSON,
  patient,
  trust,
  urn,
  VISIT,
} from './samples.js';

const PRIVATE = /999\d{7}|Example|L100001|B99/;

type Said = { status: number; issues: string[]; text: string };

/** What the sender is told: the status, each issue with its place, and the words of the first. */
async function ask(body: object | string, asks: Asked = { kind: 'bundle' }, site: Site = tables.site): Promise<Said> {
  const receive = fhirReceiver({
    site,
    keep: async ({ state, ack, fault }) => ({ id: '1', outcome: 'stored', state, ack, fault }),
    log: quiet,
  });
  const written = typeof body === 'string' ? body : JSON.stringify(body);
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(written);
  const request = { asks, url: 'http://x/fhir', prefer: 'OperationOutcome' } as const;
  const answer = await receive(bytes, request, { transport: 'http', peer: '' });
  const json = JSON.parse(answer.body ?? 'null') as OperationOutcome | Bundle;
  expect(faultsOf(json)).toEqual([]);
  if (json.resourceType !== 'OperationOutcome') return { status: answer.status, issues: [], text: '' };
  expect(answer.body).not.toMatch(PRIVATE);
  const issues = json.issue.map(({ code, expression }) => [code, ...(expression ?? [])].join(' '));
  return { status: answer.status, issues, text: json.issue[0]?.diagnostics ?? '' };
}

/** What each entry of a batch is told: its status, and each issue with its place. */
async function askBatch(entry: (BundleEntry | undefined)[], over: Partial<Bundle> = {}): Promise<string[]> {
  const receive = fhirReceiver({
    site: tables.site,
    keep: async ({ state, ack, fault }) => ({ id: '1', outcome: 'stored', state, ack, fault }),
    log: quiet,
  });
  const sent = { ...bundle('batch', []), ...over, entry };
  const request = { asks: { kind: 'bundle' }, url: 'http://x/fhir', prefer: 'OperationOutcome' } as const;
  const { status, body } = await receive(Buffer.from(JSON.stringify(sent)), request, { transport: 'http', peer: '' });
  expect([status, body?.match(PRIVATE) ?? null]).toEqual([200, null]);
  const answer = JSON.parse(body ?? 'null') as Bundle;
  expect(faultsOf(answer)).toEqual([]);
  return (answer.entry ?? []).map(({ response }) => {
    const { issue = [] } = (response?.outcome ?? {}) as Partial<OperationOutcome>;
    return [
      response?.status.slice(0, 3),
      ...issue.map(({ code, expression = [] }) => [code, ...expression].join(' ')),
    ].join(' ');
  });
}

const create = (type: string): Asked => ({ kind: 'create', type });
const update = (type: string, id: string | null, query = ''): Asked => ({ kind: 'update', type, id, query });

const one = (number: string) => patient({ identifier: [{ system: NHS, value: number }] });
const gone = (over: Partial<Encounter> = {}): Encounter => encounter({ ...HOME, ...over });

const put = (url: string, resource: FhirResource): BundleEntry => ({ resource, request: { method: 'PUT', url } });
const post = (url: string, resource: FhirResource): BundleEntry => ({ resource, request: { method: 'POST', url } });
const transaction = (...entry: BundleEntry[]): Bundle => ({ ...bundle('transaction', []), entry });

describe('two things under one name', () => {
  const X = urn(9);
  test.each<[string, Bundle, string]>([
    [
      'two people with one fullUrl, either of whom could be the one who was detained',
      {
        ...bundle('collection', []),
        entry: [
          { fullUrl: X, resource: one(PERSON) },
          { fullUrl: X, resource: one(OTHER) },
          { fullUrl: urn(3), resource: gone({ subject: { reference: X } }) },
        ],
      },
      'invariant Bundle.entry[1].fullUrl',
    ],
    [
      'one fullUrl that differs only in its version',
      {
        ...bundle('collection', []),
        entry: [
          { fullUrl: 'https://epr.example/fhir/Patient/1', resource: one(PERSON) },
          { fullUrl: 'https://epr.example/fhir/Patient/1/_history/2', resource: one(OTHER) },
        ],
      },
      'invariant Bundle.entry[1].fullUrl',
    ],
    [
      'one record that a transaction puts twice',
      transaction(put('Patient/1', one(PERSON)), put('/Patient/1', one(OTHER))),
      'invariant Bundle.entry[1].request.url',
    ],
    [
      'two contained resources with one id',
      bundle('collection', [
        gone({
          contained: [
            { ...one(PERSON), id: 'p' },
            { ...one(OTHER), id: 'p' },
          ],
          subject: { reference: '#p' },
        }),
      ]),
      'invariant Bundle.entry[0].resource.contained[1].id',
    ],
  ])('%s', async (_story, body, issue) => {
    expect(await ask(body)).toMatchObject({ status: 400, issues: [issue] });
  });

  test('of a batch neither is taken, nor what refers to them: it could mean either', async () => {
    const [first, second, third] =
      bundle('batch', [one(PERSON), one(OTHER), gone({ subject: { reference: X } })]).entry ?? [];
    const entry = [
      { ...first, fullUrl: X },
      { ...second, fullUrl: X },
      third,
      put('Patient/7', { ...one(OTHER), id: '7' }),
    ];
    expect(await askBatch(entry)).toEqual([
      '400 invariant Bundle.entry[0].fullUrl',
      '400 invariant Bundle.entry[1].fullUrl',
      '400 invariant Bundle.entry[2].resource invariant Bundle.entry[2].resource',
      '200',
    ]);
  });

  test('a fullUrl that names another record than the resource in it', async () => {
    const entry = [{ fullUrl: 'https://epr.example/fhir/Patient/1', resource: { ...one(PERSON), id: '2' } }];
    const { status, issues } = await ask({ ...bundle('collection', []), entry });
    expect([status, issues]).toEqual([400, ['invariant Bundle.entry[0].fullUrl']]);
  });
});

describe('the address of an entry and what is in it', () => {
  test.each<[string, BundleEntry]>([
    ['another id', put('Patient/2', { ...one(PERSON), id: '1' })],
    ['another type', put('Patient/5', gone())],
    ['another type to be created', post('Patient', gone())],
    ['an id for what is yet to be created', post('Encounter/5', gone())],
    ['an operation', post('Encounter/$validate', gone())],
    ['no type', put('?identifier=x|1', gone())],
    ['neither an id nor a condition', put('Encounter', gone())],
    ['a condition that the resource does not meet', put(`Encounter?identifier=${VISIT}|V99`, gone())],
    [
      'a condition on a resource without identifiers',
      put(`Encounter?identifier=${VISIT}|V1`, gone({ identifier: undefined })),
    ],
    ['a condition with more than one criterion', put(`Encounter?identifier=${VISIT}|V1&status=finished`, gone())],
    ['a condition on something else', put('Encounter?patient=1', gone())],
  ])('%s', async (_story, entry) => {
    expect(await ask(transaction(entry))).toMatchObject({ status: 400, issues: ['value Bundle.entry[0].request.url'] });
  });

  test.each<[string, BundleEntry]>([
    ['an id', put('Patient/1', { ...one(PERSON), id: '1' })],
    ['an address with its server', put('https://epr.example/fhir/Patient/1', { ...one(PERSON), id: '1' })],
    ['a condition that is met', put(`Encounter?identifier=${encodeURIComponent(VISIT)}%7CV1`, gone())],
    ['the NHS number, which stands in the body', put(`Patient?identifier=${NHS}|${PERSON}`, one(PERSON))],
    ['a type of which nothing is read', put('Observation/1', { resourceType: 'Observation', id: '1' } as FhirResource)],
  ])('%s is taken', async (_story, entry) => {
    expect(await ask(transaction(entry, post('Encounter', gone())))).toMatchObject({ status: 200 });
  });
});

describe('an update by address', () => {
  const V1 = `identifier=${VISIT}|V1`;
  test.each<[string, Asked, Encounter, string]>([
    [
      'another visit than the one meant',
      update('Encounter', null, `identifier=${VISIT}|V99`),
      gone(),
      'value Encounter.identifier',
    ],
    [
      'a visit without a number',
      update('Encounter', null, V1),
      gone({ identifier: undefined }),
      'value Encounter.identifier',
    ],
    [
      'the number in another system',
      update('Encounter', null, 'identifier=s:x|V1'),
      gone(),
      'value Encounter.identifier',
    ],
    ['a number without a system', update('Encounter', null, 'identifier=V1'), gone(), 'value'],
    ['nothing that says which', update('Encounter', null), gone(), 'value'],
    ['a person instead of the visit', update('Encounter', null, `patient=${PERSON}`), gone(), 'value'],
    ['one criterion too many', update('Encounter', null, `${V1}&status=finished`), gone(), 'value'],
    ['the same criterion twice', update('Encounter', null, `${V1}&${V1}`), gone(), 'value'],
    ['an id and a condition', update('Encounter', 'e1', V1), gone({ id: 'e1' }), 'value'],
  ])('%s is refused', async (_story, asks, body, issue) => {
    expect(await ask(body, asks)).toMatchObject({ status: 400, issues: [issue] });
  });

  test('an NHS number is never taken from an address', async () => {
    const said = await ask(patient(), update('Patient', null, `identifier=${encodeURIComponent(NHS)}%7C${PERSON}`));
    expect(said).toMatchObject({ status: 400, issues: ['value'] });
    expect(said.text).toMatch(/NHS number.*body/);
  });

  test.each<[string, string]>([
    ['as it is', V1],
    ['encoded', `identifier=${encodeURIComponent(`${VISIT}|V1`)}`],
    ['beside what asks only for a form of the answer', `${V1}&_format=json`],
  ])('the number of the visit, %s, is taken', async (_story, query) => {
    expect((await ask(gone(), update('Encounter', null, query))).status).toBe(200);
  });

  test('a number with a bar in it is escaped, as FHIR has it', async () => {
    const barred = gone({ identifier: [{ system: VISIT, value: 'V|1' }] });
    const { status } = await ask(barred, update('Encounter', null, `identifier=${VISIT}|V\\|1`));
    expect(status).toBe(200);
  });
});

describe('what changes the meaning of all the rest', () => {
  const modified = { modifierExtension: [{ url: 'https://epr.example/not', valueBoolean: true }] };
  const rules = { implicitRules: 'https://epr.example/rules' };
  test.each<[string, object, string]>([
    ['of a stay', bundle('collection', [gone(modified)]), 'extension Bundle.entry[0].resource.modifierExtension'],
    [
      'of a person',
      bundle('collection', [patient(modified), gone()]),
      'extension Bundle.entry[0].resource.modifierExtension',
    ],
    [
      'of the way of leaving',
      bundle('collection', [gone({ hospitalization: { ...destination('19'), ...modified } })]),
      'extension Bundle.entry[0].resource.hospitalization.modifierExtension',
    ],
    [
      'of a time on the way',
      bundle('collection', [
        gone({ statusHistory: [{ status: 'onleave', period: { start: '2026-02-01' }, ...modified }] }),
      ]),
      'extension Bundle.entry[0].resource.statusHistory[0].modifierExtension',
    ],
    [
      'of a contained person',
      bundle('collection', [
        gone({ contained: [{ ...one(PERSON), id: 'p', ...modified }], subject: { reference: '#p' } }),
      ]),
      'extension Bundle.entry[0].resource.contained[0].modifierExtension',
    ],
    [
      'of an entry',
      { ...bundle('collection', []), entry: [{ resource: gone(), ...modified }] },
      'extension Bundle.entry[0].modifierExtension',
    ],
    [
      'by rules, of a resource',
      bundle('collection', [gone(rules)]),
      'not-supported Bundle.entry[0].resource.implicitRules',
    ],
    ['by rules, of the Bundle', bundle('collection', [gone()], rules), 'not-supported Bundle.implicitRules'],
  ])('%s is refused, with its place', async (_story, body, issue) => {
    expect(await ask(body)).toMatchObject({ status: 422, issues: [issue] });
  });

  test('in a part of which nothing is read it changes nothing here', async () => {
    const { status } = await ask(bundle('collection', [gone({ participant: [modified] })]));
    expect(status).toBe(200);
  });
});

describe('JSON that can be read in two ways, or in none', () => {
  const at = (text: string) => `line ${text}`;
  test.each<[string, string, string, string]>([
    [
      'a status that is said twice',
      '{"resourceType": "Encounter",\n "status": "finished",\n "class": {},\n  "status": "in-progress"}',
      'structure Encounter.status',
      at('4, column 3'),
    ],
    [
      'a part said twice, once in other letters of JSON',
      '{"resourceType":"Bundle","entry":[{},\n{"resource":{"id":"1","\\u0069d":"2"}}]}',
      'structure Bundle.entry[1].resource.id',
      at('2, column 23'),
    ],
    [
      'a type said twice',
      '{"resourceType":"Patient","resourceType":"Encounter"}',
      'structure Encounter.resourceType',
      at('1, column 27'),
    ],
    [
      'a name that is none of FHIR, which is not repeated',
      `{"resourceType":"Patient","${PERSON}":1,"${PERSON}":2}`,
      'structure',
      at('1, column 42'),
    ],
    ['a comma too many', '{"resourceType":"Patient",\n"id":"1",\n}', 'structure', at('3, column 1')],
    ['an early end', '{"resourceType":"Patient",\n"id":"1"', 'structure', at('2, column 9')],
    ['a line end inside a text', '{"resourceType":"Pat\nient"}', 'structure', at('1, column 21')],
    [
      'two resources, one after the other',
      '{"resourceType":"Patient"}\n{"resourceType":"Patient"}',
      'structure',
      at('2, column 1'),
    ],
    ['a nest without end', `{"resourceType":"Patient","a":\n${'['.repeat(60)}`, 'structure', at('2, column 50')],
  ])('%s', async (_story, body, issue, place) => {
    const said = await ask(body, create('Patient'));
    expect([said.status, said.issues]).toEqual([400, [issue]]);
    expect(said.text).toContain(place);
  });

  test('bytes that are not UTF-8, after others that are unusual and are', async () => {
    const before = Buffer.from('\uFEFF{"resourceType":"Patient",\r\n"name":[{"family":"\u00e9\uFFFD');
    const bytes = Buffer.concat([before, Buffer.from([0xe9]), Buffer.from('"}]}')]);
    const said = await ask(bytes, create('Patient'));
    expect([said.status, said.issues]).toEqual([400, ['structure']]);
    expect(said.text).toContain('line 2, column 22');
  });
});

describe('a subject that is nowhere', () => {
  const absent = { reference: urn(99) };
  test.each<[string, object, Asked, string]>([
    [
      'in a transaction',
      bundle('transaction', [patient(), gone({ subject: absent })]),
      { kind: 'bundle' },
      'invariant Bundle.entry[1].resource.subject.reference',
    ],
    [
      'in a message',
      message([patient(), gone({ subject: absent })]),
      { kind: 'process-message' },
      'invariant Bundle.entry[2].resource.subject.reference',
    ],
    ['by itself', gone({ subject: absent }), create('Encounter'), 'invariant Encounter.subject.reference'],
    [
      'that should be contained',
      gone({ subject: { reference: '#p' } }),
      create('Encounter'),
      'invariant Encounter.subject.reference',
    ],
  ])('%s is refused', async (_story, body, asks, issue) => {
    expect(await ask(body, asks)).toMatchObject({ status: 400, issues: [issue] });
  });

  test('is taken where an identifier names it as well', async () => {
    const subject = { ...absent, identifier: { system: NHS, value: PERSON } };
    expect((await ask(gone({ subject }), create('Encounter'))).status).toBe(201);
  });
});

describe('who sends it', () => {
  const site = (senders: object[]): Site => {
    const read = siteFromObject({ name: 'Test', senders, councils: [], icbs: [], partnerships: [] });
    if (read.kind !== 'site') throw new Error(read.problems.join('\n'));
    return read.site;
  };
  const row = (ods: string, application?: string) => ({
    ods,
    name: ods,
    feed: 'zmh',
    ...(application ? { application } : {}),
  });

  const theirs = gone({ identifier: [{ system: VISIT, value: 'V2' }], serviceProvider: trust('RXN') });
  const theirRecord = patient({ managingOrganization: trust('RXN') });

  test.each(['transaction', 'collection'] as const)('two trusts in one %s are never taken for one', async (type) => {
    expect(await ask(bundle(type, [gone(), theirs]))).toMatchObject({
      status: 422,
      issues: ['business-rule Bundle.entry[1].resource.serviceProvider'],
    });
    expect(await ask(bundle(type, [patient(), theirRecord]))).toMatchObject({
      status: 422,
      issues: ['business-rule Bundle.entry[1].resource.managingOrganization'],
    });
  });

  test('in a batch each entry is of its own trust, and what names none has nobody who could be meant', async () => {
    const nobody = patient({ managingOrganization: undefined });
    const posts = (...resources: FhirResource[]) => resources.map((each) => post(each.resourceType, each));
    const others = gone({ serviceProvider: trust('RXX') });
    expect(await askBatch(posts(gone(), others, gone({ serviceProvider: trust('RZZ') }), nobody))).toEqual([
      '201',
      '201',
      '403 forbidden Bundle.entry[2].resource.serviceProvider',
      '422 required Bundle.entry[3].resource.managingOrganization',
    ]);
    expect(await askBatch(posts(gone(), nobody))).toEqual(['201', '201']);
    const source = { meta: { source: 'urn:nhs-uk:addressing:ods:RXT' } };
    expect(await askBatch(posts(gone(), theirs, nobody), source)).toEqual(['201', '201', '201']);
  });

  test('who manages the record of a person is not who sends it, where the stay beside it says who does', async () => {
    const ofPractice = patient({ managingOrganization: trust('M85001') });
    expect(await askBatch([post('Patient', ofPractice), post('Encounter', gone())])).toEqual(['201', '201']);
  });

  test('a message says itself who sends it, also of stays elsewhere', async () => {
    const elsewhere = gone({ serviceProvider: trust('RXN') });
    expect((await ask(message([gone(), elsewhere]), { kind: 'process-message' })).status).toBe(200);
  });

  test('a trust that has only rows with an application is told what is missing', async () => {
    const two = site([row('RXT', 'MHA'), row('RXT', 'PAS')]);
    const said = await ask(gone(), create('Encounter'), two);
    expect(said).toMatchObject({ status: 403, issues: ['forbidden Encounter.serviceProvider'] });
    expect(said.text).toMatch(/only with an application.*without application/);
    const named = await ask(message([gone()]), { kind: 'process-message' }, two);
    expect(named).toMatchObject({ status: 403, issues: ['forbidden Bundle.entry[0].resource.source.name'] });
    expect((await ask(gone(), create('Encounter'), site([row('RXT', 'MHA'), row('RXT')]))).status).toBe(201);
    expect((await ask(message([gone()]), { kind: 'process-message' }, site([row('RXT', 'EPR')]))).status).toBe(200);
  });
});
