import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CarePlan } from 'fhir/r4.js';
import type { Explanation } from '../../src/flow/explain.js';
import { loadMappings } from '../../src/interpret/mappings.js';
import { NHS, PERSON } from '../fhir/samples.js';
import { hl7, outcomes, tellFhir } from '../fhir/tell.js';
import { HOME, OTHER, SECTION_3 } from './adt.js';
import { onlyRow, type Stated, sent, tablesWith } from './tell.js';

const OURS = 'https://aftercare-bridge.example/fhir';
const MAPPINGS = fileURLToPath(new URL('../../mappings/', import.meta.url));
const COUNCIL = { ods: '406', name: 'A council', feed: 'fhir-council' };
const by = {
  ...tablesWith({ senders: [{ ods: 'RXT', name: 'A trust', feed: 'zmh' }, COUNCIL] }),
  mappings: loadMappings(MAPPINGS, ['zmh', 'fhir-council']),
};
const tell = (messages: readonly (object | string)[], stated: readonly Stated[] = [], asOf = '2026-11-21') =>
  tellFhir(messages, asOf, stated, by);

const home = hl7({ ...HOME, periods: [SECTION_3] });

const activity = (need: string, service?: string, paidUnder?: string) => ({
  detail: {
    ...(paidUnder ? { extension: [{ url: `${OURS}/StructureDefinition/s117-funding`, valueCode: paidUnder }] } : {}),
    status: 'in-progress' as const,
    ...(service ? { code: { text: service } } : {}),
    reasonCode: [{ text: need }],
  },
});

/** As the trust has agreed it; `said`: by whom, and when. */
const carePlan = (over: Partial<CarePlan> = {}, [ods, at]: [string, string] = ['RXT', '2026-03-02T15:00:00Z']) => ({
  resourceType: 'CarePlan' as const,
  meta: { source: `urn:nhs-uk:addressing:ods:${ods}`, lastUpdated: at },
  contained: [
    {
      resourceType: 'PractitionerRole' as const,
      id: 'lead',
      practitioner: { display: 'Sam Example' },
      code: [{ text: 'care coordinator' }],
    },
  ],
  identifier: [{ system: `https://fhir.${ods.toLowerCase()}.example/Id/care-plan`, value: 'CP1' }],
  status: 'active' as const,
  intent: 'plan' as const,
  category: [{ coding: [{ system: `${OURS}/CodeSystem/s117-flag`, code: 'section-117-aftercare' }] }],
  subject: { identifier: { system: NHS, value: PERSON } },
  created: '2026-03-02',
  author: { reference: '#lead' },
  activity: [activity('Somewhere to live', 'Supported living', 's117')],
  ...over,
});

const planOf = (told: Explanation) => onlyRow(told).episodes[0]?.plan ?? null;
const STATED: Stated = {
  kind: 'plan',
  agreedOn: '2026-03-02',
  lead: { name: 'Sam Example', role: 'care coordinator' },
  needs: [{ text: 'Somewhere to live', services: [{ text: 'Supported living', provider: null, fundedBy: 's117' }] }],
  reviewDue: '2026-09-02',
  crisisPlan: 'Ring the crisis line',
  participants: ['the person'],
  copyGivenOn: '2026-03-03',
};

describe('a plan that a hospital or a council sends', () => {
  test('the hospital agrees one: the register has it, says what it lacks, and the council hears of it', () => {
    const told = tell([home, carePlan()]);
    expect(planOf(told)).toMatchObject({
      agreedOn: '2026-03-02',
      lead: { name: 'Sam Example', role: 'care coordinator' },
      needs: [{ text: 'Somewhere to live', services: [{ text: 'Supported living', fundedBy: 's117' }] }],
      lacks: ['review-date', 'crisis-plan', 'participants', 'copy-given'],
    });
    expect(sent(told)).toEqual(['E08000025: Flag active, CarePlan active']);
  });

  test('of two people whom the council files under one id of its own: each is whom the NHS number says, and nobody is held', () => {
    const of = (value: string, at: string) =>
      carePlan(
        {
          identifier: [{ system: 'https://fhir.406.example/Id/care-plan', value }],
          subject: { reference: 'https://c.example/fhir/Patient/5', identifier: { system: NHS, value } },
        },
        ['406', at],
      );
    const alone = { ...of('CP9', '2026-03-04T15:00:00Z'), subject: { reference: 'https://c.example/fhir/Patient/5' } };
    const both = [home, of(PERSON, '2026-03-02T15:00:00Z'), of(OTHER, '2026-03-03T15:00:00Z')];
    const asked = ({ register }: Explanation) =>
      register.map(({ nhsNumber, questions }) => [nhsNumber, ...questions.map(({ kind }) => kind)]);
    expect(asked(tell(both))).toEqual([[PERSON], [OTHER]]);
    expect(sent(tell(both))).toEqual(['E08000025: Flag active, CarePlan active']);
    expect(asked(tell([...both, alone]))).toEqual([[PERSON], [OTHER], [null, 'identity-unverified']]);
    expect(asked(tell([home, of(PERSON, '2026-03-02T15:00:00Z'), alone]))).toEqual([[PERSON]]);
  });

  test('nobody says who pays: nothing is concluded, and it is lacking', () => {
    const told = tell([home, carePlan({ activity: [activity('Somewhere to live', 'Supported living')] })]);
    expect(planOf(told)?.lacks).toContain('who-pays');
  });

  test('the one agreed last counts, of whichever side and whenever it comes', () => {
    const newer = carePlan({ created: '2026-06-01', activity: [activity('Company')] }, ['406', '2026-06-02T09:00:00Z']);
    for (const messages of [
      [home, carePlan(), newer],
      [newer, home, carePlan()],
    ]) {
      expect(planOf(tell(messages, [STATED]))).toMatchObject({ agreedOn: '2026-06-01', needs: [{ text: 'Company' }] });
    }
    expect(planOf(tell([home, newer], [{ ...STATED, agreedOn: '2026-07-01' }]))?.agreedOn).toBe('2026-07-01');
  });

  test('the same plan said again with corrections is that plan, in any order of arrival', () => {
    const corrected = carePlan({ activity: [activity('Company', 'A visitor', 's117')] }, [
      'RXT',
      '2026-03-04T09:00:00Z',
    ]);
    expect(planOf(tell([corrected, carePlan(), home]))?.needs).toMatchObject([{ text: 'Company' }]);
    expect(planOf(tell([home, carePlan(), corrected]))?.needs).toMatchObject([{ text: 'Company' }]);
  });

  test('the same day as people stated: what the message leaves out stays as it was said', () => {
    const later = carePlan({ activity: [activity('Company')] }, ['406', '2026-03-05T09:00:00Z']);
    const both = tell([home, carePlan(), later]);
    expect(planOf(both)?.needs).toMatchObject([{ text: 'Company' }]);
    const crisis = { url: `${OURS}/StructureDefinition/s117-crisis-plan`, valueString: 'Ring the crisis line' };
    expect(planOf(tell([home, carePlan({ extension: [crisis] }), later]))?.crisisPlan).toBe('Ring the crisis line');
  });

  test.each(['revoked', 'entered-in-error'] as const)(
    'taken back (%s): the plan is gone, the duty is not',
    (status) => {
      const back = carePlan({ status }, ['RXT', '2026-04-01T09:00:00Z']);
      const told = tell([back, home, carePlan()]);
      expect(planOf(told)).toBeNull();
      expect(sent(told)).toEqual(['E08000025: Flag active, CarePlan draft']);
      expect(planOf(tell([home, carePlan(), back], [STATED]))).toMatchObject({ crisisPlan: 'Ring the crisis line' });
      expect(planOf(tell([home, back, carePlan({}, ['RXT', '2026-04-02T09:00:00Z'])]))).not.toBeNull();
    },
  );

  test('a council takes back a plan of its own, and only that', () => {
    const back = carePlan({ status: 'revoked' }, ['406', '2026-04-01T09:00:00Z']);
    expect(planOf(tell([home, carePlan(), back]))).not.toBeNull();
  });

  test.each(['completed', 'on-hold'] as const)('%s: it stays the plan last agreed, and nothing ends', (status) => {
    const told = tell([home, carePlan({ status })]);
    expect(onlyRow(told).status).toBe('active');
    expect(planOf(told)).not.toBeNull();
  });

  test('a draft, a proposal and a plan of another kind tell nothing', () => {
    const another = carePlan({ category: [{ text: 'Nursing' }] });
    const told = tell([home, carePlan({ status: 'draft' }), carePlan({ intent: 'proposal' }), another]);
    expect(outcomes(told)).toEqual(['interpreted', 'ignored', 'ignored', 'ignored']);
    expect(planOf(told)).toBeNull();
  });

  test('of a person of whom nothing qualifying is known: no entitlement, and nobody hears of it', () => {
    const told = tell([carePlan()]);
    expect(onlyRow(told)).toMatchObject({ status: 'not-known', episodes: [] });
    expect(told.publications).toEqual([]);
  });

  test('only what is sent with it tells of a person: a council tells of plans alone', () => {
    const bundle = {
      resourceType: 'Bundle',
      type: 'transaction',
      timestamp: '2026-04-01T09:00:00Z',
      meta: { source: 'urn:nhs-uk:addressing:ods:406' },
      entry: [
        {
          fullUrl: 'urn:uuid:00000000-0000-4000-8000-000000000001',
          resource: {
            resourceType: 'Patient',
            identifier: [{ system: NHS, value: PERSON }],
            name: [{ family: 'Other' }],
            deceasedBoolean: true,
          },
          request: { method: 'POST', url: 'Patient' },
        },
        { resource: carePlan(), request: { method: 'POST', url: 'CarePlan' } },
      ],
    };
    const told = tell([home, bundle]);
    expect(told.messages[1]?.facts.map(({ kind }) => kind)).toEqual(['care-plan']);
    expect(onlyRow(told)).toMatchObject({ status: 'active', questions: [] });
  });

  test('a sender that the site file does not know is refused', () => {
    expect(outcomes(tell([carePlan({}, ['999', '2026-03-02T15:00:00Z'])]))).toEqual([
      'rejected sender-unknown CarePlan.meta.source',
    ]);
  });
});

describe('what we sent and what comes back', () => {
  const words = fc
    .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
    .filter((text) => /^\S(.*\S)?$/u.test(text));
  const service = fc.record({
    text: words,
    provider: fc.option(words),
    fundedBy: fc.constantFrom('s117', 'care-act', 'nhs', null),
  });
  const aPlan: fc.Arbitrary<Stated> = fc.record({
    kind: fc.constant('plan'),
    agreedOn: fc.constantFrom('2026-03-02', '2026-05-01', '2026-06-30'),
    lead: fc.option(fc.record({ name: words, role: words })),
    needs: fc.array(fc.record({ text: words, services: fc.array(service, { maxLength: 3 }) }), { maxLength: 3 }),
    reviewDue: fc.constantFrom('2026-09-02', null),
    crisisPlan: words,
  });

  /** As a council's server gives it out: with an id, a version and a reference of its own. */
  const givenBack = (told: Explanation, at: string): object[] =>
    told.publications.flatMap(({ resources }) =>
      resources.flatMap((resource) =>
        resource.resourceType === 'CarePlan'
          ? [
              {
                ...resource,
                id: 'server-1',
                meta: { ...resource.meta, versionId: '7', lastUpdated: at, source: 'urn:nhs-uk:addressing:ods:406' },
                subject: { ...resource.subject, reference: 'Patient/55' },
                text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">A plan</div>' },
              },
            ]
          : [],
      ),
    );

  test('sent back as it was, now or long after, it changes nothing', () => {
    fc.assert(
      fc.property(fc.array(aPlan, { minLength: 1, maxLength: 3 }), fc.nat(), (plans, stale) => {
        const told = tell([home], plans);
        const before = tell([home], plans.slice(0, stale % (plans.length + 1)));
        const echoes = [...givenBack(before, '2026-11-01T00:00:00Z'), ...givenBack(told, '2026-11-02T00:00:00Z')];
        const after = tell([home, ...echoes], plans);
        expect(outcomes(after)).toEqual(['interpreted', 'ignored', 'ignored']);
        expect(after.publications).toEqual(told.publications);
        expect(onlyRow(after)).toMatchObject({ episodes: onlyRow(told).episodes, status: onlyRow(told).status });
      }),
      { numRuns: 60 },
    );
  });

  test('changed by the council it is the council’s statement; what it was never sent stays', () => {
    const told = tell([home], [STATED]);
    const [echo] = givenBack(told, '2026-11-01T00:00:00Z');
    const changed = { ...echo, activity: [activity('Company', 'A visitor', 'care-act')] };
    const after = tell([home, changed], [STATED]);
    // Without a time of its recording what a person states is the later.
    expect(planOf(after)?.needs).toMatchObject([{ text: 'Somewhere to live' }]);
    const renewed = tell([home, { ...changed, created: '2026-05-01' }], [STATED]);
    expect(planOf(renewed)).toMatchObject({ agreedOn: '2026-05-01', needs: [{ text: 'Company' }], crisisPlan: null });
    const [again] = givenBack(renewed, '2026-11-03T00:00:00Z');
    expect(tell([home, { ...changed, created: '2026-05-01' }, again ?? {}], [STATED]).publications).toEqual(
      renewed.publications,
    );
  });
});
