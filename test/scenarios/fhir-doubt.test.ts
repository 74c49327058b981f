import { describe, expect, test } from '@jest/globals';
import type { Bundle, BundleEntry, Encounter, Extension, Patient } from 'fhir/r4.js';
import {
  bundle,
  destination,
  detention,
  ENGLAND,
  encounter,
  HOME,
  legalStatus,
  MRN,
  message,
  NHS,
  OTHER,
  PERSON,
  patient,
  urn,
  VISIT,
  WALES,
} from '../fhir/samples.js';
import { hl7, outcomes, tellFhir } from '../fhir/tell.js';
import { onlyRow, sent } from './tell.js';

const said = (lastUpdated: string) => ({ meta: { lastUpdated } });
const SECTION_3_WITHOUT_NUMBER = {
  start: '2026-01-05T14:00:00Z',
  end: '2026-02-20',
  council: 'E08000025',
  commissioner: '15E',
};
const SECTION_3 = detention(SECTION_3_WITHOUT_NUMBER);
const finished = encounter({ ...HOME, extension: [SECTION_3] });
const home = { ...finished, ...said('2026-03-01T10:05:00Z') };
const numbered = (nhsNumber: string) => [{ system: NHS, value: nhsNumber }];
const visit = (value: string, system: string = VISIT) => [{ system, value }];

describe('one person is never made of two', () => {
  const POST = (type: string) => ({ method: 'POST' as const, url: type });
  const told = (
    who: string,
    of: { patient?: string; encounter?: string; reference?: string; visit: string },
  ): Bundle => {
    const record: Patient = patient({ id: '1', identifier: numbered(who) });
    const stay = {
      ...finished,
      identifier: visit(of.visit),
      subject: { reference: of.reference ?? 'Patient/1' },
      extension: [detention({ ...SECTION_3_WITHOUT_NUMBER, id: `MHA-${of.visit}` })],
    };
    const entry: BundleEntry[] = [
      { ...(of.patient ? { fullUrl: of.patient } : {}), resource: record, request: POST('Patient') },
      { ...(of.encounter ? { fullUrl: of.encounter } : {}), resource: stay, request: POST('Encounter') },
    ];
    return { resourceType: 'Bundle', type: 'transaction', timestamp: '2026-03-01T10:05:00Z', entry };
  };

  test.each([
    ['no fullUrl', {}],
    ['fullUrls of another kind', { patient: urn(1), encounter: urn(2) }],
    ['a fullUrl beside which the Encounter has none', { patient: 'https://epr.example/fhir/Patient/1' }],
    [
      'fullUrls of a server',
      { patient: 'https://epr.example/fhir/Patient/1', encounter: 'https://epr.example/fhir/Encounter/1' },
    ],
    ['a fullUrl that is written as a reference', { patient: 'Patient/1' }],
  ])('two Bundles that call their own person Patient/1, with %s', (_story, urls) => {
    const { register } = tellFhir([told(PERSON, { ...urls, visit: 'V1' }), told(OTHER, { ...urls, visit: 'V2' })]);
    expect(register.map(({ nhsNumber, status, questions }) => [nhsNumber, status, questions])).toEqual([
      [PERSON, 'active', []],
      [OTHER, 'active', []],
    ]);
  });

  test('a number that stands for nobody in its Bundle names nobody', () => {
    const { messages, register } = tellFhir([told(PERSON, { reference: 'Patient/7', visit: 'V1' })]);
    expect(messages[0]?.fault).toMatchObject({ code: 'field-missing', where: 'Bundle.entry[1].resource.subject' });
    expect(register).toEqual([]);
  });

  test.each<[string, Encounter]>([
    [
      'an identifier that is not that of the Patient referred to',
      {
        ...home,
        subject: { reference: '#p', identifier: { system: NHS, value: OTHER } },
        contained: [patient({ id: 'p', identifier: numbered(PERSON) })],
      },
    ],
    [
      'a local number that is not that of the Patient referred to',
      {
        ...home,
        subject: { reference: '#p', identifier: { system: MRN, value: 'L2' } },
        contained: [patient({ id: 'p' })],
      },
    ],
  ])('%s is set aside', (_story, stay) => {
    expect(outcomes(tellFhir([stay]))).toEqual(['parked field-invalid Encounter.subject']);
  });

  test('two contained Patients of one id: neither gets what is told', () => {
    const contained = [PERSON, OTHER].map((who) => patient({ id: 'p', identifier: numbered(who) }));
    const told = tellFhir([{ ...home, subject: { reference: '#p' }, contained }]);
    expect(told).toMatchObject({ messages: [{ fault: expect.anything() }], register: [] });
  });

  test('two Patients of one id in a Bundle: nobody can say which is meant', () => {
    const records = [PERSON, OTHER].map((who) => patient({ id: '1', identifier: numbered(who) }));
    const both = bundle('collection', [...records, { ...finished, subject: { reference: 'Patient/1' } }]);
    expect(outcomes(tellFhir([both]))).toEqual([
      'interpreted',
      'interpreted',
      'parked field-invalid Bundle.entry[0].resource.subject',
    ]);
  });

  test('a reference and an identifier that agree are one person, by all their numbers', () => {
    const stay = {
      ...home,
      subject: { reference: '#p', identifier: { system: NHS, value: PERSON } },
      contained: [patient({ id: 'p', identifier: [{ system: MRN, value: 'L100001' }] })],
    };
    expect(onlyRow(tellFhir([stay]))).toMatchObject({ nhsNumber: PERSON, status: 'active' });
  });
});

describe('a number means something within its system only', () => {
  const period = (system: string, code: string): Extension => {
    const whole = detention({ id: '1', code });
    const [, ...rest] = whole.extension ?? [];
    return { ...whole, extension: [{ url: 'identifier', valueIdentifier: { system, value: '1' } }, ...rest] };
  };

  test('two periods with one number of two systems are two detentions', () => {
    const stay = { ...home, extension: [period('urn:s:a', '03'), period('urn:s:b', '02')] };
    expect(onlyRow(tellFhir([stay]))).toMatchObject({
      status: 'active',
      episodes: [{ qualifying: [{ basis: 's3' }] }],
    });
  });

  test('a cancelled day case takes back no discharge from a ward with the same number', () => {
    const ward = { ...home, identifier: visit('7', 'urn:s:wardstay') };
    const dayCase = encounter({
      ...said('2026-03-02T09:00:00Z'),
      identifier: visit('7', 'urn:s:daycase'),
      status: 'cancelled',
    });
    expect(onlyRow(tellFhir([ward, dayCase])).status).toBe('active');
  });

  test('the order in which the numbers of a stay stand is of no account', () => {
    const numbers = [...visit('7', 'urn:s:wardstay'), ...visit('9', 'urn:s:spell')];
    const admitted = encounter({ ...said('2026-01-01T09:00:00Z'), identifier: numbers });
    const left = { ...home, identifier: [...numbers].reverse() };
    expect(onlyRow(tellFhir([admitted, left])).concurrent).toEqual([]);
  });
});

describe('an old copy is no news', () => {
  const going = encounter({ ...said('2026-01-05T15:00:00Z'), extension: [SECTION_3] });
  const { timestamp: _said, ...untimed } = bundle('collection', [home, going]);

  test('a stay in one Bundle with a version of it from before', () => {
    expect(onlyRow(tellFhir([untimed])).status).toBe('active');
    expect(onlyRow(tellFhir([{ ...untimed, entry: untimed.entry?.toReversed() }])).status).toBe('active');
  });

  test('a newer record of the person beside an old version of the stay', () => {
    const later = bundle('collection', [patient(said('2026-04-01T09:00:00Z')), going]);
    const { timestamp: _at, ...without } = later;
    expect(onlyRow(tellFhir([home, without])).status).toBe('active');
    expect(onlyRow(tellFhir([home, { ...later, timestamp: '2026-04-01T09:00:00Z' }])).status).toBe('active');
  });
});

describe('what takes back or contradicts a discharge is asked about, and the council keeps what it has', () => {
  test.each<[string, Partial<Encounter>, string]>([
    ['entered in error', { status: 'entered-in-error' }, 'deletion-told Encounter.status'],
    [
      'cancelled, with where the person went',
      { status: 'cancelled', hospitalization: destination('19') },
      'deletion-told Encounter.status',
    ],
    [
      'cancelled, though it was under way',
      { status: 'cancelled', statusHistory: [{ status: 'in-progress', period: { start: '2026-01-01T08:00:00Z' } }] },
      'deletion-told Encounter.status',
    ],
    [
      'in progress, with an end that has come',
      { period: { start: '2026-01-01T08:00:00Z', end: '2026-03-01T10:00:00Z' } },
      'field-invalid Encounter.period.end',
    ],
    [
      'on leave, with a last day that is over',
      { status: 'onleave', period: { start: '2026-01-01T08:00:00Z', end: '2026-03-01' } },
      'field-invalid Encounter.period.end',
    ],
  ])('%s', (_story, over, fault) => {
    const told = tellFhir([home, encounter({ ...said('2026-03-02T09:00:00Z'), ...over })]);
    expect(outcomes(told)).toEqual(['interpreted', `parked ${fault}`]);
    expect(onlyRow(told).status).toBe('active');
    expect(sent(told)).toEqual(['E08000025: Flag active, CarePlan draft']);
  });

  test('a cancellation alone says nothing of a discharge, as A11 does not', () => {
    const cancelled = encounter({ ...said('2026-03-02T09:00:00Z'), status: 'cancelled' });
    expect(onlyRow(tellFhir([home, cancelled])).status).toBe('active');
  });

  test('an end that is still to come is a plan: the stay goes on', () => {
    const period = { start: '2026-01-01T08:00:00Z', end: '2026-03-01' };
    const planned = encounter({ ...said('2026-03-01T09:00:00Z'), period, extension: [SECTION_3] });
    expect(onlyRow(tellFhir([planned], '2026-02-01')).status).toBe('prospective');
  });

  test('a cancelled admission with planned days was not under way', () => {
    const period = { start: '2026-06-01', end: '2026-06-30' };
    const cancelled = encounter({ ...said('2026-03-01T09:00:00Z'), status: 'cancelled', period });
    expect(outcomes(tellFhir([cancelled]))).toEqual(['interpreted']);
  });

  test('a clinic that was entered in error says nothing', () => {
    const clinic = encounter({ ...said('2026-03-02T09:00:00Z'), status: 'entered-in-error', class: { code: 'O' } });
    expect(outcomes(tellFhir([clinic]))).toEqual(['ignored']);
  });

  test('left hospital in a hundred years', () => {
    const typo = { ...home, period: { start: '2026-01-01T08:00:00Z', end: '2126-03-01T10:00:00Z' } };
    expect(outcomes(tellFhir([typo]))).toEqual(['parked field-invalid Encounter.period.end']);
  });

  test('a message whose reason is that it deletes', () => {
    const told = message([{ ...finished, subject: { identifier: { system: NHS, value: PERSON } } }], { id: 'D1' });
    const header = { ...told.entry?.[0]?.resource, reason: { coding: [{ system: 'urn:reasons', code: 'delete' }] } };
    const [first, ...others] = told.entry ?? [];
    const deletes = { ...told, entry: [{ ...first, resource: header }, ...others] };
    expect(outcomes(tellFhir([hl7({ trigger: 'A08', sentAt: '20260301090000' }), deletes]))).toEqual([
      'interpreted',
      'parked deletion-told Bundle.entry[0].resource.reason',
    ]);
  });
});

describe('what is taken for proof of a detention', () => {
  const coded = (...coding: { system?: string; code: string }[]): Extension => {
    const status = legalStatus('admission', '03');
    const [context] = status.extension ?? [];
    const classification = { url: 'legalStatusClassification', valueCodeableConcept: { coding } };
    return { ...status, extension: context ? [context, classification] : [] };
  };
  const leaving = (...extension: Extension[]) => ({ ...home, extension });
  const PLACE = 'Encounter.extension[0].extension[1].value';

  test('a legal status without any day is not dated by when it was said, which would make a new detention of a repeat', () => {
    const { identifier: _none, period: _never, ...undated } = leaving(legalStatus('admission', '03'));
    const again = { ...undated, ...said('2026-04-15T10:05:00Z') };
    const told = tellFhir([undated, again]);
    expect(outcomes(told)).toEqual(Array(2).fill('parked field-missing Encounter.period.start'));
  });

  test('a legal status on discharge needs the day of it', () => {
    const stay = { ...leaving(legalStatus('discharge', '03')), period: { start: '2026-01-01T08:00:00Z' } };
    expect(outcomes(tellFhir([stay]))).toEqual(['parked field-missing Encounter.period.end']);
  });

  test('a code that names no list proves nothing, and takes nothing away that was proven', () => {
    const unnamed = { ...leaving(coded({ code: '02' })), ...said('2026-03-02T09:00:00Z') };
    const told = tellFhir([leaving(legalStatus('admission', '03')), unnamed]);
    expect(outcomes(told)).toEqual(['interpreted', `parked code-unmapped ${PLACE}`]);
    expect(onlyRow(told).status).toBe('active');
    expect(outcomes(tellFhir([leaving(coded({ code: '03' }))]))).toEqual([`parked code-unmapped ${PLACE}`]);
  });

  test.each([
    [
      'two sections',
      [
        { system: ENGLAND, code: '02' },
        { system: ENGLAND, code: '03' },
      ],
    ],
    ['one of them without its list', [{ code: '03' }, { system: ENGLAND, code: '02' }]],
    [
      '35 of both lists',
      [
        { system: ENGLAND, code: '35' },
        { system: WALES, code: '35' },
      ],
    ],
  ])('codings that contradict each other are set aside: %s', (_story, codings) => {
    expect(outcomes(tellFhir([leaving(coded(...codings))]))).toEqual([`parked field-invalid ${PLACE}`]);
  });

  test.each([
    [
      'a code of the trust beside that of the list',
      [
        { system: 'urn:trust', code: 'S3' },
        { system: ENGLAND, code: '03' },
      ],
    ],
    ['the same code again without its list', [{ code: '03' }, { system: ENGLAND, code: '03' }]],
    [
      'section 3 of both lists',
      [
        { system: WALES, code: '03' },
        { system: ENGLAND, code: '03' },
      ],
    ],
  ])('codings that agree are one: %s', (_story, codings) => {
    expect(onlyRow(tellFhir([leaving(coded(...codings))])).status).toBe('active');
  });

  test('an Encounter entered in error takes none of its legal statuses back unasked', () => {
    const both = leaving(legalStatus('admission', '02'), legalStatus('admission', '03'));
    const wrong = { ...both, ...said('2026-03-05T09:00:00Z'), status: 'entered-in-error' as const };
    const told = tellFhir([both, wrong]);
    expect(outcomes(told)).toEqual(['interpreted', 'parked deletion-told Encounter.status']);
    expect(onlyRow(told).status).toBe('active');
  });
});
