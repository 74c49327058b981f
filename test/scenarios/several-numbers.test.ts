import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { messagesCommand } from '../../src/commands/messages.js';
import { registerCommand } from '../../src/commands/register.js';
import { loadMappings } from '../../src/interpret/mappings.js';
import { hear } from '../commands/service.js';
import { contextOf, run } from '../commands/terminal.js';
import { NHS } from '../fhir/samples.js';
import { hl7, outcomes, tellFhir } from '../fhir/tell.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { type Adt, HOME, OTHER, PERSON, SECTION_3 } from './adt.js';
import { tablesWith } from './tell.js';

const THIRD = '9990000034';
const MAPPINGS = fileURLToPath(new URL('../../mappings/', import.meta.url));
const senders = [
  { ods: 'RXT', name: 'A trust', feed: 'zmh' },
  { ods: 'RXX', name: 'Another trust', feed: 'fhir-ukcore' },
  { ods: '406', name: 'A council', feed: 'fhir-council' },
];
const by = { ...tablesWith({ senders }), mappings: loadMappings(MAPPINGS, ['zmh', 'fhir-ukcore', 'fhir-council']) };
const tell = (...messages: (object | string)[]) => tellFhir(messages, '2026-11-21', [], by);

/** As the segment has them: the second repetition of an identifier. */
const both = (one: string, other: string): string => `${one}^^^NHS^NH~${other}`;
const home = hl7(HOME);
const another = hl7({ ...HOME, nhsNumber: OTHER, mrn: 'L2', visit: 'V2', periods: [{ ...SECTION_3, id: 'P2' }] });

const patient = (...numbers: string[]) => ({
  resourceType: 'Patient' as const,
  id: 'p',
  identifier: [
    ...numbers.map((value) => ({ system: NHS, value })),
    { system: 'https://council.example/Id/case', value: '82' },
  ],
});
const plan = (subject: object, contained: object[] = []) => ({
  resourceType: 'CarePlan',
  id: 'cp82',
  meta: { lastUpdated: '2026-03-09T15:00:00Z', source: 'urn:nhs-uk:addressing:ods:406' },
  contained,
  identifier: [{ system: 'https://council.example/Id/care-plan', value: '82' }],
  status: 'active',
  intent: 'plan',
  category: [
    {
      coding: [
        {
          system: 'https://aftercare-bridge.example/fhir/CodeSystem/s117-flag',
          code: 'section-117-aftercare',
        },
      ],
    },
  ],
  subject,
  created: '2026-03-09',
  activity: [{ detail: { status: 'in-progress', reasonCode: [{ text: 'Housing' }] } }],
});

describe('a plan of a council whose Patient is told of nowhere else', () => {
  test('two NHS numbers: set aside, and in nobody’s history', () => {
    const told = tell(home, plan({ reference: '#p' }, [patient(PERSON, OTHER)]));
    expect(outcomes(told)).toEqual(['interpreted', 'parked field-invalid CarePlan.subject']);
    expect(told.messages[1]?.fault?.text).toContain('several NHS numbers');
    expect(told.register.map(({ episodes }) => episodes[0]?.plan ?? null)).toEqual([null]);
  });

  test('a number that fails its check, beside a number of its own: set aside', () => {
    expect(outcomes(tell(plan({ reference: '#p' }, [patient('9990000019')])))).toEqual([
      'parked field-invalid CarePlan.subject',
    ]);
  });

  test('one number, said twice: it counts', () => {
    expect(outcomes(tell(home, plan({ reference: '#p' }, [patient(PERSON, PERSON)])))[1]).toBe('interpreted');
  });
});

describe('a merge, or a stay that is moved', () => {
  const merge: Adt = { trigger: 'A40', sentAt: '20260702090000', mergedAway: { nhsNumber: both(OTHER, THIRD) } };

  test.each([
    ['MRG-1 of a merge', 'MRG-1', merge],
    ['MRG-1 of a stay that is moved', 'MRG-1', { ...merge, trigger: 'A45' }],
    [
      'PID-3 of a merge',
      'PID-3',
      { ...merge, nhsNumber: both(PERSON, THIRD), mergedAway: { nhsNumber: OTHER, mrn: 'L2' } },
    ],
    [
      'PID-3 of a stay that is moved',
      'PID-3',
      { ...merge, trigger: 'A45', nhsNumber: both(PERSON, THIRD), mergedAway: { nhsNumber: OTHER, mrn: 'L2' } },
    ],
  ])('%s with two NHS numbers: set aside, and nobody is joined', (_, where, message) => {
    const told = tell(home, another, hl7(message));
    expect(outcomes(told)).toEqual(['interpreted', 'interpreted', `parked field-invalid ${where}`]);
    expect(told.register.map(({ nhsNumber, status }) => [nhsNumber, status])).toEqual([
      [PERSON, 'active'],
      [OTHER, 'active'],
    ]);
  });

  test('one that is merged away under one number, said twice: joined', () => {
    const told = tell(home, another, hl7({ ...merge, mergedAway: { nhsNumber: both(OTHER, OTHER), mrn: 'L2' } }));
    expect(told.register.map(({ formerNhsNumbers }) => formerNhsNumbers)).toEqual([[OTHER]]);
  });

  test('a record that FHIR says replaces one with two NHS numbers: set aside', () => {
    const kept = {
      ...patient(PERSON),
      id: 'kept',
      meta: { lastUpdated: '2026-03-09T15:00:00Z', source: 'urn:nhs-uk:addressing:ods:RXX' },
      managingOrganization: { identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'RXX' } },
      contained: [patient(OTHER, THIRD)],
      link: [{ type: 'replaces', other: { reference: '#p' } }],
    };
    expect(outcomes(tell(kept))).toEqual(['parked field-invalid Patient.link[0].other']);
  });
});

describe('in the register', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  test('each of them is told that the message waits', async () => {
    const merge: Adt = { trigger: 'A40', sentAt: '20260702090000', mergedAway: { nhsNumber: both(OTHER, THIRD) } };
    await hear([HOME, merge], database);
    for (const nhsNumber of [PERSON, OTHER, THIRD]) {
      const { out, err } = await run(registerCommand, [nhsNumber], contextOf(database));
      expect(out + err).toContain('1 message about this person waits');
      const found = await run(messagesCommand, ['--nhs-number', nhsNumber, '--json'], contextOf(database));
      expect(JSON.parse(found.out)[0]).toMatchObject({ trigger: 'A40', state: 'parked' });
    }
  });
});
