import { describe, expect, test } from '@jest/globals';
import {
  coded,
  destination,
  detention,
  dischargeMethod,
  ENGLAND,
  encounter,
  HOME,
  IMP,
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
import { kindsOf, onlyRow, sent } from './tell.js';

const said = (lastUpdated: string) => ({ meta: { lastUpdated } });
const SECTION_3 = detention({ start: '2026-01-01', end: '2026-02-20', council: 'E08000025', commissioner: '15E' });
const home = encounter({ ...said('2026-03-01T10:05:00Z'), ...HOME, extension: [SECTION_3] });

describe('a stay and its detention, as FHIR tells of them', () => {
  test('section 3 with its dates, then home: owed aftercare from leaving, and the council hears of it', () => {
    const told = tellFhir([message([patient(), { ...home, subject: { reference: urn(2) } }])]);
    expect(onlyRow(told)).toMatchObject({
      nhsNumber: PERSON,
      status: 'active',
      episodes: [{ from: '2026-03-01', qualifying: [{ basis: 's3', from: '2026-01-01', to: '2026-02-20' }] }],
      council: { code: 'E08000025', standing: 'provisional' },
      icb: { code: 'QHL', asWritten: '15E' },
      questions: [],
    });
    expect(sent(told)).toEqual(['E08000025: Flag active, CarePlan draft']);
  });

  test('admitted, section 3, still on the ward: the council can plan, and nothing was cancelled', () => {
    const told = tellFhir([encounter({ ...said('2026-01-02T09:00:00Z'), extension: [SECTION_3] })], '2026-02-01');
    expect(onlyRow(told)).toMatchObject({ status: 'prospective', concurrent: ['inpatient'] });
    expect(sent(told)).toEqual(['E08000025: CarePlan draft']);
  });

  test('the same stay told by HL7 v2 and by FHIR is one stay', () => {
    const admitted = hl7({ trigger: 'A01', sentAt: '20260101090000', admitted: '20260101080000', visit: 'V1' });
    const told = tellFhir([admitted, home]);
    expect(onlyRow(told)).toMatchObject({ status: 'active', concurrent: [] });
  });

  test('a discharge that FHIR tells of, HL7 v2 may take back', () => {
    const cancelled = hl7({ trigger: 'A13', sentAt: '20260301120000', visit: 'V1' });
    const told = tellFhir([home, cancelled]);
    expect(onlyRow(told)).toMatchObject({ status: 'prospective' });
    expect(sent(told)).toEqual(['E08000025: Flag inactive, CarePlan draft']);
  });

  test('finished, and then in progress again: the discharge is taken back, in whatever order they come', () => {
    const again = encounter({ ...said('2026-03-01T15:00:00Z'), extension: [SECTION_3] });
    for (const messages of [
      [home, again],
      [again, home],
    ]) {
      const told = tellFhir(messages);
      expect(onlyRow(told)).toMatchObject({ status: 'prospective', concurrent: ['inpatient'] });
      expect(onlyRow(told).because.map(({ rule }) => rule)).toContain('discharge-cancelled');
      expect(sent(told)).toEqual(['E08000025: Flag inactive, CarePlan draft']);
    }
  });

  test('without any time of its own a discharge outweighs a stay that goes on, in whatever order the files come', () => {
    const going = encounter({ extension: [SECTION_3] });
    const gone = encounter({ ...HOME, extension: [SECTION_3] });
    expect(onlyRow(tellFhir([going, gone])).status).toBe('active');
    expect(onlyRow(tellFhir([gone, going])).status).toBe('active');
  });

  test('on leave, and back', () => {
    const onLeave = encounter({
      ...said('2026-02-10T09:05:00Z'),
      status: 'onleave',
      statusHistory: [
        { status: 'in-progress', period: { start: '2026-01-01T08:00:00Z', end: '2026-02-10T09:00:00Z' } },
      ],
      extension: [SECTION_3],
    });
    const back = encounter({ ...said('2026-02-12T19:00:00Z'), extension: [SECTION_3] });
    expect(onlyRow(tellFhir([onLeave], '2026-02-11')).concurrent).toEqual(['inpatient', 's17-leave']);
    expect(onlyRow(tellFhir([onLeave, back], '2026-02-13')).concurrent).toEqual(['inpatient']);
  });

  test('an admission that was cancelled leaves nobody in hospital', () => {
    const admitted = encounter({ ...said('2026-01-01T09:00:00Z') });
    const cancelled = encounter({ ...said('2026-01-01T11:00:00Z'), status: 'cancelled' });
    expect(onlyRow(tellFhir([admitted, cancelled])).concurrent).toEqual([]);
  });

  test('the end of a time on one ward, an outpatient visit and a visit to the emergency department end no stay', () => {
    const stay = encounter({ ...said('2026-01-02T09:00:00Z'), extension: [SECTION_3] });
    const ward = encounter({
      ...home,
      identifier: [{ system: VISIT, value: 'W1' }],
      partOf: { reference: 'Encounter/1' },
    });
    const clinic = encounter({ ...home, identifier: [{ system: VISIT, value: 'C1' }], class: coded('AMB') });
    const casualty = encounter({ ...home, identifier: [{ system: VISIT, value: 'E1' }], class: coded('EMER') });
    expect(onlyRow(tellFhir([stay, ward, clinic, casualty])).status).toBe('prospective');
  });

  test('an inpatient who became an outpatient in the same Encounter: a person says whether that was leaving', () => {
    const became = encounter({
      ...said('2026-03-02T09:00:00Z'),
      class: coded('AMB'),
      classHistory: [{ class: IMP, period: { start: '2026-01-01T08:00:00Z', end: '2026-03-01T11:00:00Z' } }],
      extension: [SECTION_3],
    });
    const row = onlyRow(tellFhir([became]));
    expect(row.status).toBe('prospective');
    expect(kindsOf(row)).toContain('leave-or-aftercare');
  });

  test.each([
    ['moved to another ward', { hospitalization: destination('53') }, 'prospective'],
    ['to prison', { hospitalization: destination('40') }, 'active'],
    ['died on the ward', { hospitalization: destination('79') }, 'died'],
    ['died, by the method', { extension: [SECTION_3, dischargeMethod('4')], hospitalization: {} }, 'died'],
  ])('%s', (_story, over, status) => {
    expect(onlyRow(tellFhir([{ ...home, ...over }])).status).toBe(status);
  });

  test('a community treatment order: owed aftercare, and the section 3 stays underneath', () => {
    const order = detention({ council: 'E08000025', community: [{ status: 'CTO', start: '2026-03-01' }] });
    expect(onlyRow(tellFhir([{ ...home, extension: [order] }]))).toMatchObject({
      status: 'active',
      concurrent: ['cto'],
    });
  });

  test('a detention that was withdrawn is asked about', () => {
    const withdrawn = { ...home, ...said('2026-03-05T09:00:00Z'), extension: [detention({ withdrawn: true })] };
    expect(kindsOf(onlyRow(tellFhir([home, withdrawn])))).toContain('detention-withdrawn');
  });

  test('section 3 in HL7 v2, corrected under the same period identifier in FHIR', () => {
    const period = { id: 'MHA-1', status: '02', from: '20260101', council: 'E08000025' };
    const first = hl7({ trigger: 'A08', sentAt: '20260102090000', visit: 'V1', periods: [period] });
    expect(onlyRow(tellFhir([home, first]))).toMatchObject({
      status: 'active',
      episodes: [{ qualifying: [{ basis: 's3' }] }],
    });
  });
});

describe("UK Core's legal status", () => {
  const leaving = (...extension: object[]) => ({ ...home, extension });

  test('section 3 on admission, informal on discharge: owed aftercare, and no end of the section is claimed', () => {
    const row = onlyRow(tellFhir([leaving(legalStatus('admission', '03'), legalStatus('discharge', '01'))]));
    expect(row).toMatchObject({
      status: 'active',
      episodes: [{ from: '2026-03-01', qualifying: [{ basis: 's3', from: '2026-01-01', to: null }] }],
    });
    expect(kindsOf(row)).toContain('which-council');
  });

  test('section 3 on the day of discharge only: owed aftercare from that day, not a new detention after it', () => {
    expect(onlyRow(tellFhir([leaving(legalStatus('discharge', '03'))]))).toMatchObject({
      status: 'active',
      episodes: [{ from: '2026-03-01', qualifying: [{ from: '2026-03-01', to: null }] }],
    });
  });

  test('section 3 on both days is one detention', () => {
    const row = onlyRow(tellFhir([leaving(legalStatus('admission', '03'), legalStatus('discharge', '03'))]));
    expect(row.episodes).toMatchObject([{ qualifying: [{ from: '2026-01-01' }] }]);
  });

  test('section 2 on admission and informal on discharge prove nothing: not known, and the history is asked about', () => {
    const told = tellFhir([leaving(legalStatus('admission', '02'), legalStatus('discharge', '01'))]);
    expect(onlyRow(told)).toMatchObject({ status: 'not-known', questions: [{ kind: 'history-unchecked' }] });
    expect(told.publications).toEqual([]);
  });

  test('no legal status at all says nothing: what is known from elsewhere stays', () => {
    const later = encounter({ ...home, ...said('2026-03-02T09:00:00Z'), extension: undefined });
    expect(onlyRow(tellFhir([leaving(legalStatus('admission', '03')), later])).status).toBe('active');
  });

  test('a correction of the legal status on admission counts instead of what was said before', () => {
    const corrected = { ...leaving(legalStatus('admission', '02')), ...said('2026-03-02T09:00:00Z') };
    expect(onlyRow(tellFhir([leaving(legalStatus('admission', '03')), corrected])).status).toBe('not-known');
  });

  test.each([
    ['England', ENGLAND, []],
    ['Wales', WALES, ['legal-status-unclear']],
    ['no list', undefined, ['legal-status-unclear']],
  ])('code 35 of %s', (_list, system, asked) => {
    const status = legalStatus('admission', '35');
    const [, classification] = status.extension ?? [];
    const coding = [{ ...(system ? { system } : {}), code: '35' }];
    const extension = [
      { ...status, extension: [status.extension?.[0], { ...classification, valueCodeableConcept: { coding } }] },
    ];
    const row = onlyRow(tellFhir([encounter({ ...said('2026-01-02T09:00:00Z'), extension: extension as never })]));
    expect(kindsOf(row).filter((kind) => kind === 'legal-status-unclear')).toEqual(asked);
  });

  test('a code that no table knows parks the message and names the place', () => {
    expect(outcomes(tellFhir([leaving(legalStatus('admission', '77'))]))).toEqual([
      'parked code-unmapped Encounter.extension[0].extension[1].value',
    ]);
  });
});

describe('who it is about', () => {
  test('a Patient who was sent before is known by its id, and the Encounter joins it', () => {
    const told = tellFhir([
      patient({ id: 'p1', ...said('2026-01-01T09:00:00Z') }),
      encounter({ ...home, subject: { reference: 'Patient/p1' } }),
    ]);
    expect(onlyRow(told)).toMatchObject({ nhsNumber: PERSON, status: 'active' });
  });

  test('an id that stands for nothing outside its Bundle joins nobody', () => {
    const bundled = (nhsNumber: string, visit: string) =>
      message(
        [
          patient({ id: '1', identifier: [{ system: NHS, value: nhsNumber }] }),
          encounter({ identifier: [{ system: VISIT, value: visit }], subject: { reference: urn(2) } }),
        ],
        { id: visit },
      );
    const { register } = tellFhir([bundled(PERSON, 'V1'), bundled(OTHER, 'V2')]);
    expect(register.map(({ nhsNumber, questions }) => [nhsNumber, questions])).toEqual([
      [PERSON, []],
      [OTHER, []],
    ]);
  });

  test.each(['replaced-by', 'replaces'] as const)('two records that become one, told by %s', (type) => {
    const gone = [{ system: NHS, value: '9990000069' }];
    const kept = { identifier: { system: NHS, value: PERSON } };
    const at = said('2026-04-01T09:00:00Z');
    const merge =
      type === 'replaced-by'
        ? patient({ ...at, identifier: gone, name: [{ family: 'Wrong' }], link: [{ type, other: kept }] })
        : patient({ ...at, link: [{ type, other: { identifier: gone[0] } }] });
    const before = encounter({ ...home, subject: { identifier: { system: NHS, value: '9990000069' } } });
    expect(onlyRow(tellFhir([before, merge]))).toMatchObject({
      nhsNumber: PERSON,
      formerNhsNumbers: ['9990000069'],
      status: 'active',
    });
  });

  test('a death that the record tells of is asked about, and a record that takes it back ends the asking', () => {
    const died = patient({ ...said('2026-05-01T09:00:00Z'), deceasedDateTime: '2026-04-30' });
    const alive = patient({ ...said('2026-05-02T09:00:00Z'), deceasedBoolean: false });
    expect(kindsOf(onlyRow(tellFhir([home, died])))).toEqual(['death-unverified']);
    expect(kindsOf(onlyRow(tellFhir([home, died, alive])))).toEqual([]);
  });

  test('an NHS number that was not traced is asked about', () => {
    const url = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus';
    const system = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland';
    const untraced = { url, valueCodeableConcept: { coding: [{ system, code: '02' }] } };
    const record = patient({
      ...said('2026-03-01T09:00:00Z'),
      identifier: [{ system: NHS, value: PERSON, extension: [untraced] }],
    });
    expect(kindsOf(onlyRow(tellFhir([home, record])))).toContain('identity-unverified');
  });

  test('without an NHS number the person is known by the local one', () => {
    const local = encounter({ ...home, subject: { identifier: { system: MRN, value: 'L7' } } });
    expect(onlyRow(tellFhir([local]))).toMatchObject({ nhsNumber: null, localId: 'L7', status: 'active' });
  });
});

describe('what is let in', () => {
  test.each([
    [
      'a trust that is not connected',
      {
        ...home,
        serviceProvider: { identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'RZZ' } },
      },
      'rejected sender-unknown Encounter.serviceProvider',
    ],
    [
      'nobody named as the sender',
      { ...home, serviceProvider: undefined },
      'rejected field-missing Encounter.serviceProvider',
    ],
    ['a status that FHIR does not have', { ...home, status: 'over' }, 'rejected fhir-invalid Encounter.status'],
    [
      'a day that does not exist',
      { ...home, period: { start: '2026-02-30' } },
      'rejected fhir-invalid Encounter.period.start',
    ],
    [
      'a stay that ends before it begins',
      { ...home, period: { start: '2026-02-03', end: '2026-02-01' } },
      'rejected fhir-invalid Encounter.period.end',
    ],
    [
      'a document',
      { resourceType: 'Bundle', type: 'document', entry: [{ resource: home }] },
      'rejected fhir-invalid Bundle.type',
    ],
    [
      'a Bundle entry that is broken',
      message([{ ...home, class: undefined } as never]),
      'rejected fhir-invalid Bundle.entry[1].resource.class',
    ],
    ['JSON that ends early', '{"resourceType":"Encounter",', 'rejected fhir-invalid '],
  ])('%s is rejected, and the place is named', (_story, given, outcome) => {
    expect(outcomes(tellFhir([given]))).toEqual([outcome]);
  });

  test('an identical repeat has the outcome of the first; the same identifier with other content is parked', () => {
    const first = message([patient()], { id: 'M1' });
    const other = message([patient({ birthDate: '1981-01-02' })], { id: 'M1' });
    expect(outcomes(tellFhir([first, first, other]))).toEqual([
      'interpreted',
      'interpreted',
      expect.stringContaining('parked control-id-reused'),
    ]);
  });
});
