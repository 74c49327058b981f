import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Bundle, BundleEntry, FhirResource, OperationOutcome } from 'fhir/r4.js';
import { itemsOf } from '../../src/fhir/json-items.js';
import { readFhir } from '../../src/fhir/read.js';
import { admitFhir } from '../../src/flow/admit-fhir.js';
import type { FhirAnswer, FhirRequest } from '../../src/flow/fhir-answer.js';
import { fhirReceiver } from '../../src/flow/receive-fhir.js';
import { fhirAcknowledgement } from '../../src/flow/send-fhir.js';
import type { IncomingMessage } from '../../src/store/message.js';
import { faultsOf } from '../profiles/validator.js';
import { onlyRow, tables } from '../scenarios/tell.js';
import { quiet } from '../support/quiet.js';
import {
  bundle,
  detention,
  encounter,
  HOME,
  legalStatus,
  MRN,
  NHS,
  OTHER,
  PERSON,
  patient,
  trust,
  urn,
  VISIT,
} from './samples.js';
import { outcomes, tellFhir } from './tell.js';

const RUNS = Number(process.env.PROPERTY_RUNS ?? 200);

type Asking = Partial<FhirRequest> & { failing?: (row: IncomingMessage) => boolean; at?: Date };

/** What is answered, and every row that the inbox is given, in order. */
async function ask(sent: unknown, { failing = () => false, at = new Date(), ...over }: Asking = {}) {
  const rows: IncomingMessage[] = [];
  const receive = fhirReceiver({
    site: tables.site,
    keep: async (row) => {
      rows.push(row);
      if (failing(row)) throw new Error('the disk is full');
      const { state, ack, fault } = row;
      return { id: '1', outcome: 'stored', state, ack, fault };
    },
    log: quiet,
    now: () => at,
  });
  const request: FhirRequest = { asks: { kind: 'bundle' }, url: 'http://x/fhir', prefer: 'OperationOutcome', ...over };
  const bytes = Buffer.from(typeof sent === 'string' ? sent : JSON.stringify(sent));
  return { answer: await receive(bytes, request, { transport: 'http', peer: '' }), rows };
}

const told = ({ body }: FhirAnswer): string[] =>
  ((JSON.parse(body ?? 'null') as Bundle).entry ?? []).map(({ response }) => response?.status.slice(0, 3) ?? '');
const issuesIn = ({ body }: FhirAnswer): string[] => {
  const { issue = [] } = JSON.parse(body ?? 'null') as Partial<OperationOutcome>;
  return issue.map(({ code, expression = [] }) => [code, ...expression].join(' '));
};
const keptOf = (rows: readonly IncomingMessage[]): string[] =>
  rows.flatMap(({ content }) => (content === null ? [] : [content.toString('utf8')]));

const post = (resource: object, fullUrl?: string): BundleEntry => ({
  ...(fullUrl === undefined ? {} : { fullUrl }),
  resource: resource as FhirResource,
  request: { method: 'POST', url: (resource as FhirResource).resourceType },
});
const batch = (entry: unknown, over: Partial<Bundle> = {}): object => ({ ...bundle('batch', []), ...over, entry });
const stayOf = (who: string, visit: string, over: object = {}) =>
  encounter({
    ...HOME,
    identifier: [{ system: VISIT, value: visit }],
    subject: { identifier: { system: NHS, value: who } },
    ...over,
  });
const SECTION_3 = { extension: [detention({ end: '2026-02-20', council: 'E08000025' })] };
const UNMAPPED = { extension: [legalStatus('admission', 'X9')] };

describe('each entry of a batch is a message of its own', () => {
  const entries = [
    post(patient(), urn(2)),
    post(stayOf(PERSON, 'V1', { ...SECTION_3, subject: { reference: urn(2) } }), urn(3)),
    post(stayOf(OTHER, 'V2', UNMAPPED), urn(4)),
  ];

  test.each(['batch', 'collection'] as const)(
    'a code that no table knows sets aside that entry of a %s only',
    (type) => {
      const sent =
        type === 'batch'
          ? batch(entries)
          : { ...bundle(type, []), entry: entries.map(({ request: _, ...rest }) => rest) };
      const said = tellFhir([sent]);
      expect(outcomes(said)).toEqual([
        'interpreted',
        'interpreted',
        expect.stringMatching(/^parked code-unmapped Bundle\.entry\[0\]\.resource\.extension/),
      ]);
      expect(said.messages.map(({ trigger }) => trigger)).toEqual(['Patient', 'Encounter', 'Encounter']);
      expect(onlyRow(said)).toMatchObject({ nhsNumber: PERSON, status: 'active', council: { code: 'E08000025' } });
    },
  );

  test('of a transaction it sets aside all, for that means all or nothing', () => {
    const said = tellFhir([{ ...bundle('transaction', []), entry: entries }]);
    expect(outcomes(said)).toEqual([expect.stringMatching(/^parked code-unmapped Bundle\.entry\[2\]/)]);
    expect(said.register).toEqual([]);
  });

  test('what is set aside in the record of a person holds up nobody who refers to it', () => {
    const record = patient({ deceasedDateTime: '2026', generalPractitioner: [] as never, birthDate: '1980' });
    const odd = {
      ...record,
      generalPractitioner: undefined,
      identifier: [{ system: NHS, value: PERSON, extension: [status('99')] }],
    };
    const stay = stayOf(PERSON, 'V1', { ...SECTION_3, subject: { reference: urn(2) } });
    const said = tellFhir([batch([post(odd, urn(2)), post(stay)])]);
    expect(outcomes(said)).toEqual([expect.stringContaining('parked code-unmapped'), 'interpreted']);
    expect(onlyRow(said)).toMatchObject({ nhsNumber: PERSON, status: 'active' });
  });

  test('together they say what a transaction of the same entries says', () => {
    const both = entries.slice(0, 2);
    const [apart, whole] = [tellFhir([batch(both)]), tellFhir([{ ...bundle('transaction', []), entry: both }])];
    expect([apart.register, apart.publications]).toEqual([whole.register, whole.publications]);
    const factsOf = ({ messages }: typeof apart) => messages.flatMap(({ facts }) => facts.map(({ id }) => id)).sort();
    expect(factsOf(apart)).toEqual(factsOf(whole));
  });

  test('of either each local number that is given for a person is heard, also where the rest is said twice', () => {
    const named = (who: string, mrn: string) =>
      post(patient({ identifier: [who, mrn].map((value) => ({ system: value === who ? NHS : MRN, value })) }));
    const sent = { entry: [named(PERSON, 'L1'), named(OTHER, 'L1'), named(PERSON, 'L2')] };
    for (const type of ['batch', 'transaction'] as const) {
      const { register } = tellFhir([{ ...bundle(type, []), ...sent }]);
      expect(register.map(({ questions }) => questions.map(({ kind }) => kind))).toEqual([
        ['identity-conflict'],
        ['identity-conflict'],
      ]);
    }
  });

  test('it is kept with what it refers to, each exactly as written', async () => {
    const odd = '{ "resourceType":"Patient","identifier":[{"system":"urn:x","value":"\\u0031"}],\n"x": 1.00 }';
    const stay = JSON.stringify(stayOf(PERSON, 'V1', { subject: { reference: urn(2) } }));
    const sent = `{"resourceType":"Bundle","type":"batch","timestamp":"2026-03-01T10:05:00Z","entry":[
      {"fullUrl":"${urn(2)}","resource":${odd},"request":{"method":"POST","url":"Patient"}} ,
      {"resource":${stay},"request":{"method":"POST","url":"Encounter"}}]}`;
    const { rows } = await ask(sent);
    const [record = '', visit = ''] = keptOf(rows);
    expect(record).toContain(odd);
    expect(record).not.toContain(stay);
    expect(visit).toContain(stay);
    expect(visit).toContain(odd);
  });

  test('its identity is that of the Bundle and its place, or its own bytes, and its time that of the Bundle', async () => {
    const identified = await ask(batch(entries, { identifier: { system: 'urn:b', value: 'B-7' } }));
    expect(identified.rows.map(({ controlId, sentAt }) => `${controlId} ${sentAt}`)).toEqual(
      ['B-7#0', 'B-7#1', 'B-7#2'].map((id) => `${id} 2026-03-01T10:05:00Z`),
    );
    const [first, again] = [await ask(batch(entries)), await ask(batch(entries))];
    const keyOf = ({ rows }: typeof first) =>
      rows.map(({ controlId, sentAt, digest }) => [controlId, sentAt, digest.toString('hex')]);
    expect(keyOf(again)).toEqual(keyOf(first));
    expect(new Set(first.rows.map(({ controlId }) => controlId)).size).toBe(3);
  });

  test('the time of a neighbour is not its own: what has none was said when it came', async () => {
    const [record, untimed] = [patient({ meta: { lastUpdated: '2026-03-02T09:00:00Z' } }), stayOf(OTHER, 'V1')];
    const sent = (...entry: BundleEntry[]) => {
      const { timestamp: _, ...rest } = batch(entry) as Bundle;
      return { ...rest, entry };
    };
    const at = new Date('2026-03-03T08:00:00Z');
    const timesOf = async (...entry: BundleEntry[]) =>
      (await ask(sent(...entry), { at })).rows.map(({ sentAt, content }) => [
        sentAt,
        'timestamp' in (JSON.parse(content?.toString('utf8') ?? '{}') as object),
      ]);
    const NOW = '2026-03-03T08:00:00.000Z';
    expect(await timesOf(post(record), post(untimed))).toEqual([
      ['2026-03-02T09:00:00Z', false],
      [NOW, false],
    ]);
    // Nor that of the person it refers to, whose record stays as it is while the stay goes on.
    const about = { ...untimed, subject: { reference: urn(2) } };
    expect((await timesOf(post(record, urn(2)), post(about)))[1]).toEqual([NOW, false]);
  });

  test('what refers to an entry that is not taken waits for it', async () => {
    const { answer, rows } = await ask(
      batch([post({ ...patient(), birthDate: '02/01/1980' }, urn(2)), ...entries.slice(1)]),
    );
    expect(told(answer)).toEqual(['400', '400', '201']);
    expect(rows.map(({ state }) => state)).toEqual(['rejected', 'rejected', 'received']);
    expect(rows[1]?.fault).toMatchObject({
      where: 'Bundle.entry[1].resource',
      text: expect.stringContaining('Bundle.entry[0]'),
    });
  });

  test('when one cannot be stored none is said to be: all is to be sent again', async () => {
    const { answer } = await ask(batch(entries), { failing: ({ content }) => content?.includes('V2') ?? false });
    expect([answer.status, issuesIn(answer)]).toEqual([503, ['transient']]);
  });

  test('a Bundle whose entries would fill the disk with what they share is refused', async () => {
    const heavy = patient({ name: [{ family: 'x'.repeat(200_000) }] });
    const stays = Array.from({ length: 400 }, (_, n) =>
      post(stayOf(PERSON, `V${n}`, { subject: { reference: urn(2) } })),
    );
    const { answer, rows } = await ask(batch([post(heavy, urn(2)), ...stays]));
    expect([answer.status, issuesIn(answer)]).toEqual([413, ['too-long Bundle.entry']]);
    expect(rows).toHaveLength(1);
  });

  test('where nobody can say which of many is meant, two of them show it', async () => {
    const part = { resourceType: 'Organization', id: 'o', partOf: { reference: 'Organization/o' } };
    const meta = { source: 'urn:nhs-uk:addressing:ods:RXT' };
    const { answer, rows } = await ask(batch(Array(1_000).fill(post(part)), { meta }));
    expect([answer.status, rows.length]).toEqual([200, 1_000]);
    const kept = keptOf(rows).at(-1) ?? '';
    expect((JSON.parse(kept) as Bundle).entry).toHaveLength(3);

    const twins = Array.from({ length: 9 }, (_, n) =>
      post({ ...patient({ identifier: [{ system: 'urn:mrn', value: `${n}` }] }), id: 'p' }),
    );
    const said = tellFhir([batch([...twins, post(stayOf(PERSON, 'V1', { subject: { reference: 'Patient/p' } }))])]);
    expect(outcomes(said).at(-1)).toBe('parked field-invalid Bundle.entry[0].resource.subject');
  });

  test('a record that says it is managed by a stay, which cannot be, is read all the same', () => {
    const stay = stayOf(OTHER, 'V1', { subject: { reference: urn(3) } });
    const record = patient({ managingOrganization: { reference: urn(1) } });
    const said = tellFhir([batch([post(stay, urn(1)), post(record, urn(2)), post(patient(), urn(3))])]);
    expect(outcomes(said)).toEqual(['interpreted', 'interpreted', 'interpreted']);
  });

  test('aftercare send counts an entry that is not taken as a negative answer', async () => {
    const { answer } = await ask(batch([post(patient()), post({ resourceType: 'Encounter' }), { request: {} }]));
    expect(fhirAcknowledgement(answer.status, Buffer.from(answer.body ?? ''))).toEqual({
      code: '400',
      controlId: null,
      text: 'Bundle.entry[1].resource.status: is missing; and 1 more entries are not taken',
    });
    const good = await ask(batch(entries));
    expect(fhirAcknowledgement(200, Buffer.from(good.answer.body ?? '')).code).toBe('200');
  });
});

function status(code: string) {
  return {
    url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus',
    valueCodeableConcept: {
      coding: [{ system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland', code }],
    },
  };
}

describe('what is asked before a create or an update', () => {
  const V1 = `identifier=${VISIT}|V1`;
  const stay = stayOf(PERSON, 'V1');
  const asking = (over: object, method: 'POST' | 'PUT' = 'POST') => ({
    resource: stay,
    request: { method, url: method === 'POST' ? 'Encounter' : `Encounter?${V1}`, ...over },
  });

  test.each<[string, object, string, string[]]>([
    ['ifNoneExist on what the resource holds', asking({ ifNoneExist: V1 }), '201', []],
    ['ifNoneMatch, for nothing is held that could match', asking({ ifNoneMatch: '*' }, 'PUT'), '200', []],
    ['ifModifiedSince, which is of reading', asking({ ifModifiedSince: '2026-03-01T10:05:00Z' }, 'PUT'), '200', []],
    ['ifNoneExist on an update, where it means nothing', asking({ ifNoneExist: 'name=x' }, 'PUT'), '200', []],
    ['ifMatch', asking({ ifMatch: 'W/"3"' }, 'PUT'), '412', ['conflict Bundle.entry[0].request.ifMatch']],
    ['ifMatch on a create', asking({ ifMatch: '*' }), '412', ['conflict Bundle.entry[0].request.ifMatch']],
    [
      'ifNoneExist on another than the resource',
      asking({ ifNoneExist: `identifier=${VISIT}|V9` }),
      '400',
      ['value Bundle.entry[0].request.ifNoneExist'],
    ],
    [
      'ifNoneExist on what cannot be judged',
      asking({ ifNoneExist: 'status=finished' }),
      '400',
      ['value Bundle.entry[0].request.ifNoneExist'],
    ],
  ])('%s', async (_story, entry, status, issues) => {
    const { answer, rows } = await ask(batch([entry, post(patient())]));
    expect(faultsOf(JSON.parse(answer.body ?? 'null'))).toEqual([]);
    expect(told(answer)).toEqual([status, '201']);
    expect(rows[0]?.state).toBe(status.startsWith('2') ? 'received' : 'rejected');
    const whole = await ask({ ...bundle('transaction', []), entry: [entry, post(patient())] });
    expect([whole.answer.status, issuesIn(whole.answer)]).toEqual([issues.length > 0 ? Number(status) : 200, issues]);
  });

  test.each<[string, Partial<FhirRequest>, number]>([
    [
      'If-Match on an update',
      { asks: { kind: 'update', type: 'Encounter', id: null, query: V1 }, conditions: { ifMatch: 'W/"1"' } },
      412,
    ],
    [
      'If-None-Exist on a create, of the resource',
      { asks: { kind: 'create', type: 'Encounter' }, conditions: { ifNoneExist: V1 } },
      201,
    ],
    [
      'If-None-Exist on a create, of another',
      { asks: { kind: 'create', type: 'Encounter' }, conditions: { ifNoneExist: 'identifier=urn:x|1' } },
      400,
    ],
  ])('%s', async (_story, request, status) => {
    const { answer, rows } = await ask(stay, request);
    expect(answer.status).toBe(status);
    expect(rows.map(({ state }) => state)).toEqual([status < 300 ? 'received' : 'rejected']);
  });

  test('If-Match on a Bundle holds of none of it', async () => {
    const { answer, rows } = await ask(batch([post(patient())]), { conditions: { ifMatch: '*' } });
    expect([answer.status, issuesIn(answer), rows.length]).toEqual([412, ['conflict'], 1]);
  });
});

describe('whatever is in a batch', () => {
  const kinds: Record<string, { made: (n: number) => unknown; status: string }> = {
    person: {
      made: (n) => post(patient({ identifier: [{ system: 'urn:mrn', value: `${n}` }] }), urn(100 + n)),
      status: '201',
    },
    stay: { made: (n) => post(stayOf(PERSON, `V${n}`)), status: '201' },
    put: {
      made: (n) => ({ resource: { ...patient(), id: `p${n}` }, request: { method: 'PUT', url: `Patient/p${n}` } }),
      status: '200',
    },
    unmapped: { made: (n) => post(stayOf(OTHER, `V${n}`, UNMAPPED)), status: '201' },
    other: {
      made: () => post({ resourceType: 'Observation', status: 'final', code: { text: 'weight' } }),
      status: '201',
    },
    nothing: { made: () => null, status: '400' },
    number: { made: () => 5, status: '400' },
    empty: { made: () => ({}), status: '400' },
    unasked: { made: () => ({ resource: patient() }), status: '400' },
    read: { made: () => ({ request: { method: 'GET', url: 'Patient/1' } }), status: '422' },
    shape: { made: () => post({ resourceType: 'Encounter', status: 'over' }), status: '400' },
    modified: { made: () => ({ ...post(patient()), modifierExtension: [{ url: 'urn:not' }] }), status: '422' },
    name: { made: () => ({ ...post(patient()), fullUrl: 7 }), status: '400' },
    address: { made: () => ({ resource: patient(), request: { method: 'POST', url: 'Encounter' } }), status: '400' },
    stranger: { made: (n) => post(stayOf(PERSON, `V${n}`, { serviceProvider: trust('RZZ') })), status: '403' },
    version: {
      made: (n) => ({
        resource: { ...patient(), id: `m${n}` },
        request: { method: 'PUT', url: `Patient/m${n}`, ifMatch: '1' },
      }),
      status: '412',
    },
    inside: { made: () => post({ resourceType: 'Bundle', type: 'batch' }), status: '422' },
    nowhere: { made: (n) => post(stayOf(PERSON, `V${n}`, { subject: { reference: urn(999) } })), status: '400' },
  };
  // So that what names no organisation is of one.
  const named = { meta: { source: 'urn:nhs-uk:addressing:ods:RXT' } };
  const some = fc.array(fc.constantFrom(...Object.keys(kinds)), { maxLength: 50 });
  const isGood = (kind: string) => kinds[kind]?.status.startsWith('2');
  const made = (chosen: readonly string[]) => chosen.map((kind, n) => kinds[kind]?.made(n));

  test('each entry has its answer in its place, whatever stands beside it', async () => {
    await fc.assert(
      fc.asyncProperty(some, async (chosen) => {
        const { answer, rows } = await ask(batch(made(chosen), named));
        if (chosen.length === 0)
          return expect([answer.status, issuesIn(answer)]).toEqual([400, ['required Bundle.entry']]);
        expect(faultsOf(JSON.parse(answer.body ?? 'null'))).toEqual([]);
        // The Bundle itself says who sends it, also of the stay elsewhere.
        const expected = chosen.map((kind) => (kind === 'stranger' ? '201' : kinds[kind]?.status));
        expect([answer.status, told(answer)]).toEqual([200, expected]);
        expect(rows).toHaveLength(chosen.length);
      }),
      { numRuns: RUNS },
    );
  }, 600_000);

  test('what is kept of a neighbour is the same whether a bad entry stands beside it or not', async () => {
    await fc.assert(
      fc.asyncProperty(some, async (chosen) => {
        const all = made(chosen);
        const good = all.filter((_, n) => isGood(chosen[n] ?? ''));
        const bad = all.filter((_, n) => !isGood(chosen[n] ?? ''));
        const { rows } = await ask(batch([...good, ...bad.filter((_, n) => n % 2 === 0)], named));
        const alone = await ask(batch(good, named));
        expect(keptOf(rows.slice(0, good.length))).toEqual(keptOf(alone.rows));
      }),
      { numRuns: RUNS },
    );
  }, 600_000);

  test('what is kept is read as it was, is one message, and sent again is the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        some,
        fc.constantFrom<Partial<Bundle>>({}, named, { identifier: { value: 'B' } }),
        async (chosen, over) => {
          const sent = Buffer.from(JSON.stringify(batch(made(chosen), over)));
          for (const { admission, bytes } of admitFhir(sent, tables.site).parts) {
            if (admission.kind === 'refused') continue;
            expect(readFhir(bytes)).toEqual({ kind: 'read', resource: admission.message });
            const { envelope, parts } = admitFhir(bytes, tables.site);
            expect([envelope, parts.length]).toEqual([admission.envelope, 1]);
            expect(faultsOf(JSON.parse(Buffer.from(bytes).toString('utf8')))).toEqual([]);
          }
        },
      ),
      { numRuns: RUNS },
    );
  }, 600_000);

  test('any JSON at all as an entry is answered, and nothing is thrown', async () => {
    const anything = fc.array(fc.oneof(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(...made(Object.keys(kinds)))), {
      minLength: 1,
      maxLength: 50,
    });
    await fc.assert(
      fc.asyncProperty(anything, async (entry) => {
        const { answer } = await ask(batch(entry, named));
        if (answer.status === 400) return expect(answer.body).toContain('OperationOutcome');
        expect([answer.status, told(answer).length]).toEqual([200, entry.length]);
      }),
      { numRuns: RUNS },
    );
  }, 600_000);
});

describe('the items of a list, as they are written', () => {
  test('whatever is in them and around them', () => {
    const value = fc.jsonValue({ maxDepth: 3 }).map((each): unknown => JSON.parse(JSON.stringify(each)));
    const around = fc.dictionary(fc.string(), value);
    fc.assert(
      fc.property(
        fc.array(value),
        around,
        around,
        fc.constantFrom(undefined, 1, '\t'),
        (items, before, after, indent) => {
          const { entry: _b, ...first } = before;
          const { entry: _a, ...last } = after;
          const text = JSON.stringify(
            { ...first, nested: { entry: [1], '"entry"': [2] }, entry: items, ...last },
            null,
            indent,
          );
          const found = itemsOf(text, 'entry');
          expect(found.map((item) => JSON.parse(item) as unknown)).toEqual(items);
          for (const item of found) expect(text).toContain(item);
        },
      ),
      { numRuns: RUNS },
    );
  });

  test('a name may be written in other letters of JSON, and there may be none', () => {
    expect(itemsOf('{"x":"entry","\\u0065ntry" : [ {"a":"]\\\\"} , 2.50 ] }', 'entry')).toEqual([
      '{"a":"]\\\\"}',
      '2.50',
    ]);
    expect(itemsOf('{"entry":{"entry":[1]}}', 'entry')).toEqual([]);
  });
});
