import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Encounter, Extension, Patient } from 'fhir/r4.js';
import type { Adt } from '../scenarios/adt.js';
import {
  bundle,
  coded,
  destination,
  detention,
  encounter,
  IMP,
  legalStatus,
  message,
  NHS,
  patient,
  VISIT,
} from './samples.js';
import { hl7, tellFhir } from './tell.js';

const RUNS = Number(process.env.PROPERTY_RUNS ?? 200);
const oneOf = <T>(...values: readonly T[]) => fc.constantFrom(...values);

const PEOPLE = ['9990000018', '9990000026'];
const SAID = [
  '2026-02-01T09:00:00Z',
  '2026-03-01T10:05:00Z',
  '2026-03-01T10:05:00Z',
  '2026-04-01T09:00:00+01:00',
  undefined,
];
const DAYS = ['2026-01-01', '2026-01-15T08:00:00Z', '2026-02-20T12:00:00Z', '2026-03-01T10:00:00Z'];

const subject = (nhsNumber: string) => ({ identifier: { system: NHS, value: nhsNumber } });
const meta = (lastUpdated: string | undefined) => (lastUpdated === undefined ? {} : { meta: { lastUpdated } });

const told: fc.Arbitrary<Extension> = fc.oneof(
  fc.tuple(oneOf('admission', 'discharge'), oneOf('01', '02', '03', '35')).map(([on, code]) => legalStatus(on, code)),
  fc
    .record({
      id: oneOf('P1', 'P2'),
      code: oneOf('03', '03', '02', '10'),
      withdrawn: oneOf(false, false, true),
      cto: fc.boolean(),
    })
    .map(({ cto, ...rest }) =>
      detention({
        ...rest,
        council: 'E08000025',
        ...(cto ? { community: [{ status: 'CTO', start: '2026-03-01' }] } : {}),
      }),
    ),
);

const stay: fc.Arbitrary<Encounter> = fc
  .record({
    who: oneOf(...PEOPLE),
    visit: oneOf('V1', 'V2', undefined),
    said: oneOf(...SAID),
    status: oneOf<Encounter['status']>(
      'in-progress',
      'in-progress',
      'finished',
      'finished',
      'onleave',
      'cancelled',
      'entered-in-error',
      'unknown',
      'planned',
    ),
    start: oneOf(...DAYS.slice(0, 2), undefined),
    end: oneOf(...DAYS.slice(2), undefined),
    was: oneOf<Encounter['status'] | undefined>(undefined, 'onleave', 'finished'),
    kind: oneOf('IMP', 'IMP', 'IMP', 'AMB'),
    wasInpatient: fc.boolean(),
    where: oneOf('19', '53', '79', '51'),
    extension: fc.array(told, { maxLength: 3 }),
  })
  .map((of) =>
    encounter({
      ...meta(of.said),
      identifier: of.visit === undefined ? undefined : [{ system: VISIT, value: of.visit }],
      status: of.status,
      subject: subject(of.who),
      class: coded(of.kind),
      classHistory: of.wasInpatient
        ? [{ class: IMP, period: { start: '2026-01-01T08:00:00Z', end: '2026-02-20T12:00:00Z' } }]
        : undefined,
      statusHistory:
        of.was === undefined
          ? undefined
          : [{ status: of.was, period: { start: '2026-02-01T08:00:00Z', end: '2026-02-03T08:00:00Z' } }],
      period:
        of.start === undefined && of.end === undefined
          ? undefined
          : { ...(of.start ? { start: of.start } : {}), ...(of.end ? { end: of.end } : {}) },
      hospitalization: destination(of.where),
      extension: of.extension.length > 0 ? of.extension : undefined,
    } as Partial<Encounter>),
  );

const record: fc.Arbitrary<Patient> = fc
  .record({
    who: oneOf(...PEOPLE),
    other: oneOf(...PEOPLE),
    said: oneOf(...SAID),
    id: oneOf<string | undefined>('p1', 'p2', undefined),
    link: oneOf<'replaced-by' | 'replaces' | 'seealso' | undefined>(
      undefined,
      undefined,
      'replaced-by',
      'replaces',
      'seealso',
    ),
    dead: oneOf<boolean | undefined>(undefined, undefined, true, false),
    family: oneOf('Example', 'Other'),
  })
  .map((of) =>
    patient({
      ...meta(of.said),
      ...(of.id === undefined ? {} : { id: of.id }),
      identifier: [{ system: NHS, value: of.who }],
      name: [{ family: of.family }],
      ...(of.dead === undefined ? {} : { deceasedBoolean: of.dead }),
      ...(of.link === undefined ? {} : { link: [{ type: of.link, other: subject(of.other) }] }),
    }),
  );

const adt: fc.Arbitrary<Adt> = fc.record({
  trigger: oneOf('A01', 'A03', 'A13', 'A22'),
  sentAt: oneOf('20260301100500+0000', '20260201090000+0000'),
  nhsNumber: oneOf(...PEOPLE),
  visit: oneOf('V1', 'V2'),
});

/** Every content has an identifier of its own: a reused one is another matter. */
const digestOf = (content: object): string => createHash('sha256').update(JSON.stringify(content)).digest('hex');

const anything = fc.oneof(
  { weight: 4, arbitrary: stay },
  { weight: 2, arbitrary: record },
  {
    weight: 1,
    arbitrary: fc.tuple(record, stay).map((both) => message(both, { id: digestOf(both) })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        oneOf<'batch' | 'collection'>('batch', 'collection'),
        fc.array(fc.oneof(record, stay), { minLength: 1, maxLength: 3 }),
      )
      .map(([type, told]) => bundle(type, told, { identifier: { value: digestOf([type, told]) } })),
  },
  { weight: 1, arbitrary: adt.map(hl7) },
);

test('whatever FHIR and HL7 v2 tell, in whatever order and however often, the register and every publication are the same', () => {
  const twice = fc.array(anything, { minLength: 1, maxLength: 7 }).chain((messages) =>
    fc.tuple(
      fc.constant(messages),
      fc
        .shuffledSubarray([...messages, ...messages], { minLength: messages.length })
        .map((some) => [...some, ...messages]),
      fc.shuffledSubarray(messages, { minLength: messages.length }),
    ),
  );
  const conclusions = (messages: readonly (object | string)[]) => {
    const { register, publications } = tellFhir(messages);
    return JSON.stringify({ register, publications });
  };
  fc.assert(
    fc.property(twice, ([messages, repeated, shuffled]) => {
      expect(conclusions(repeated)).toBe(conclusions(messages));
      expect(conclusions(shuffled)).toBe(conclusions(messages));
    }),
    { numRuns: RUNS },
  );
}, 600_000);
