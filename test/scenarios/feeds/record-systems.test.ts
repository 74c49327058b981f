import { describe, expect, test } from '@jest/globals';
import { kindsOf, onlyRow, sent } from '../tell.js';
import { example, outcomes, told } from './told.js';

const SECTION_3 = { system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland', code: '03' };

/** A section 3 that somebody read in the papers, for feeds that tell no legal status. */
const paper = (nhsNumber: string) => ({
  kind: 'detention',
  nhsNumber,
  section: SECTION_3,
  from: '2026-01-05',
  to: '2026-02-20',
  certainty: 'papers-seen',
});

const PEOPLE = { 'itk-hl7uk': '9990003009', 'millennium-2.3': '9990003017', simhospital: '9990003068' } as const;
const DISCHARGE = { 'itk-hl7uk': 'a03-home', 'millennium-2.3': 'a03-home', simhospital: 'a03-discharge' } as const;
const SYSTEMS = ['itk-hl7uk', 'millennium-2.3', 'simhospital'] as const;

describe.each(SYSTEMS)('%s: stays without a legal status', (feed) => {
  const of = (...names: string[]) => names.map((name) => example(`${feed}/${name}`));
  const stay = of('a01-admission', DISCHARGE[feed]);

  test('alone they prove nothing, and nobody is told "not entitled"', () => {
    const story = told(stay);
    expect(onlyRow(story).status).toBe('not-known');
    expect(story.publications).toEqual([]);
  });

  test('a section 3 that a person has read in the papers, then home: active', () => {
    const row = onlyRow(told(stay, '2026-11-21', [paper(PEOPLE[feed])]));
    expect(row).toMatchObject({ status: 'active', episodes: [{ from: '2026-03-01' }] });
  });

  test('the discharge is cancelled: still in hospital, and who was told hears of it', () => {
    const row = onlyRow(told([...stay, ...of('a13-discharge-cancelled')], '2026-11-21', [paper(PEOPLE[feed])]));
    expect(row).toMatchObject({ status: 'prospective', episodes: [{ status: 'prospective', from: null }] });
  });

  test('the admission is cancelled: no stay is known', () => {
    const row = onlyRow(told([...of('a01-admission', 'a11-admission-cancelled')]));
    expect(row.concurrent).toEqual([]);
  });

  test('a deleted visit is parked for a person, and what was told stands', () => {
    const story = told([...stay, ...of('a23-visit-deleted')], '2026-11-21', [paper(PEOPLE[feed])]);
    expect(outcomes(story)).toEqual(['interpreted', 'interpreted', 'parked']);
    expect(onlyRow(story).status).toBe('active');
  });

  test('a discharge that was missed arrives with an update', () => {
    const row = onlyRow(told(of('a01-admission', 'a08-left-told-late'), '2026-11-21', [paper(PEOPLE[feed])]));
    expect(row).toMatchObject({ status: 'active', episodes: [{ from: '2026-03-01' }] });
  });
});

describe('the Millennium shape', () => {
  const of = (...names: string[]) => names.map((name) => example(`millennium-2.3/${name}`));
  const paperOf = [paper(PEOPLE['millennium-2.3'])];

  test('the number is one, in PID-3 or in PID-19, in groups or not', () => {
    const row = onlyRow(told(of('a01-admission', 'a01-number-in-pid-19', 'a01-number-with-spaces')));
    expect(row).toMatchObject({ nhsNumber: '9990003017', questions: [] });
  });

  test('"" in nearly every field takes nothing back: address, practice, a notice of death', () => {
    const death = of('a31-death');
    const row = onlyRow(
      told([
        ...death,
        ...of('a08-quoted-emptiness').map((m) => m.toString().replaceAll('20260110080000', '20260602080000')),
      ]),
    );
    expect(kindsOf(row)).toContain('death-unverified');
  });

  test.each([
    { name: 'a03-prison', status: 'active', concurrent: ['custody'] },
    { name: 'a03-mental-health-ward', status: 'prospective', concurrent: ['inpatient'] },
    { name: 'a03-died', status: 'died', concurrent: [] },
    { name: 'a03-tribunal', status: 'active', concurrent: [] },
  ])('$name, in words: $status', ({ name, status, concurrent }) => {
    expect(onlyRow(told(of('a01-admission', name), '2026-11-21', paperOf))).toMatchObject({ status, concurrent });
  });

  test('to a general ward: asked', () => {
    const row = onlyRow(told(of('a01-admission', 'a03-general-ward'), '2026-11-21', paperOf));
    expect(kindsOf(row)).toContain('leave-or-aftercare');
  });

  test('a day case is no stay', () => {
    expect(onlyRow(told(of('a01-day-case'))).concurrent).toEqual([]);
  });

  test('two different NHS numbers in one message: a person is asked who it is', () => {
    expect(kindsOf(onlyRow(told(of('a01-admission', 'a31-two-numbers'))))).toContain('identity-unverified');
  });

  test('a word that nobody has translated parks the discharge', () => {
    const story = told(of('parked-unknown-word'));
    expect(story.messages[0]).toMatchObject({ outcome: 'parked', fault: { code: 'code-unmapped', where: 'PV1-37' } });
  });
});

describe('the Interoperability Toolkit shape', () => {
  const of = (...names: string[]) => names.map((name) => example(`itk-hl7uk/${name}`));
  const paperOf = [paper(PEOPLE['itk-hl7uk'])];

  test('a value that is no destination parks: what PV1-36 means at this trust must be asked', () => {
    expect(told(of('parked-method-in-pv1-36')).messages[0]).toMatchObject({
      outcome: 'parked',
      fault: { code: 'code-unmapped', where: 'PV1-36' },
    });
  });

  test('to a medium secure unit: still in hospital', () => {
    expect(onlyRow(told(of('a01-admission', 'a03-other-hospital'), '2026-11-21', paperOf)).status).toBe('prospective');
  });

  test('leave, and back', () => {
    const out = onlyRow(told(of('a01-admission', 'a21-leave'), '2026-02-11', [{ ...paper('9990003009'), to: null }]));
    expect(out.concurrent).toContain('s17-leave');
    const back = onlyRow(told(of('a01-admission', 'a21-leave', 'a22-back-from-leave'), '2026-02-13', paperOf));
    expect(back.concurrent).not.toContain('s17-leave');
  });

  test('two records with an NHS number each become one person, who keeps both', () => {
    const row = onlyRow(told(of('a01-admission', 'a40-merge')));
    expect(row).toMatchObject({ nhsNumber: '9990003009', formerNhsNumbers: ['9990003033'] });
  });

  test('an order of a court, told by a person, and home: the council is told', () => {
    const council = {
      kind: 'council-determined',
      nhsNumber: '9990003009',
      effectiveOn: '2026-03-01',
      council: 'E08000029',
      standing: 'agreed',
      basis: 'ordinarily-resident-before-detention',
    };
    const story = told(of('a01-admission', 'a03-home'), '2026-11-21', [...paperOf, council]);
    expect(sent(story)).toEqual(['E08000029: Flag active, CarePlan draft']);
  });
});
