import { describe, expect, test } from '@jest/globals';
import type { StatedFact } from '../../src/register/fact.js';
import { fold } from '../../src/register/fold.js';
import { personsOf } from '../../src/register/identity.js';
import { type Adt, HOME } from '../scenarios/adt.js';
import { type Stated, tables, told } from '../scenarios/tell.js';
import { decisionOf } from '../scenarios/thirty-four/decision.js';
import { AGAIN, row, TODAY } from './story.js';

const service = (fundedBy?: string) => ({ text: 'Supported living', ...(fundedBy === undefined ? {} : { fundedBy }) });
const COMPLETE: Stated = {
  kind: 'plan',
  agreedOn: '2026-03-02',
  lead: { name: 'Sam Example', role: 'care coordinator' },
  needs: [{ text: 'A home', services: [service('s117')] }],
  reviewDue: '2026-04-01',
  crisisPlan: 'Whom to ring, and when',
  participants: ['the person'],
  copyGivenOn: '2026-03-03',
};
const agreed = (agreedOn: string): Stated => ({ ...COMPLETE, agreedOn });
const planDays = (stated: Stated[], messages: Adt[] = [HOME], asOf = TODAY) =>
  row(messages, stated, asOf).episodes.map(({ plan }) => plan?.agreedOn ?? null);

describe('which plan is in force', () => {
  test('the last that was agreed, also before the detention was known', () => {
    expect(planDays([agreed('2026-05-01'), agreed('2026-04-01')])).toEqual(['2026-05-01']);
    expect(planDays([agreed('2025-12-01')])).toEqual(['2025-12-01']);
  });

  test('not one that is to be agreed', () => {
    expect(planDays([agreed('2026-05-01')], [HOME], '2026-04-30')).toEqual([null]);
    expect(planDays([agreed('2026-05-01')], [HOME], '2026-05-01')).toEqual(['2026-05-01']);
  });

  test.each([
    ['2026-06-30', ['2026-06-30', null]],
    ['2026-07-01', ['2026-07-01', '2026-07-01']],
    ['2026-07-02', [null, '2026-07-02']],
  ])('agreed on %s, with a new detention on 1 July', (agreedOn, plans) => {
    expect(planDays([agreed(agreedOn)], [HOME, AGAIN])).toEqual(plans);
  });

  test('none that was agreed after the ending', () => {
    const ended = [decisionOf('council', '2026-05-01'), decisionOf('icb', '2026-05-20')];
    expect(planDays([agreed('2026-05-20'), ...ended])).toEqual(['2026-05-20']);
    expect(planDays([agreed('2026-04-01'), agreed('2026-05-21'), ...ended])).toEqual(['2026-04-01']);
  });

  test('of two agreed on one day, the one that was recorded later', () => {
    const plans = ['First', 'Second'].map((name): Stated => ({ ...COMPLETE, lead: { name, role: 'lead' } }));
    const leadWhen = (...statedAt: string[]) => {
      const { messages, facts } = told([HOME], plans);
      const recorded = facts.map((fact, index): StatedFact => {
        const at = `${statedAt[index]}T12:00:00Z`;
        return { ...fact, source: { by: 'person', statedBy: fact.source.statedBy, statedAt: at } };
      });
      const [person] = personsOf([...messages, ...recorded]);
      if (!person) throw new Error('the story has a person');
      return fold(person, tables.directory, tables.site, TODAY).episodes[0]?.plan?.lead?.name;
    };
    expect(leadWhen('2026-03-02', '2026-03-03')).toBe('Second');
    expect(leadWhen('2026-03-03', '2026-03-02')).toBe('First');
  });
});

test.each<[string[], object]>([
  [[], {}],
  [['lead'], { lead: undefined }],
  [['needs'], { needs: [] }],
  [
    ['services'],
    {
      needs: [
        { text: 'A home', services: [service('s117')] },
        { text: 'Company', services: [] },
      ],
    },
  ],
  [['who-pays'], { needs: [{ text: 'A home', services: [service('s117'), service()] }] }],
  [['review-date'], { reviewDue: undefined }],
  [['crisis-plan'], { crisisPlan: undefined }],
  [['participants'], { participants: undefined }],
  [['participants'], { participants: [] }],
  [['copy-given'], { copyGivenOn: undefined }],
])('a plan lacks %j', (lacks, over) => {
  expect(row([HOME], [{ ...COMPLETE, ...over }]).episodes[0]?.plan?.lacks).toEqual(lacks);
});
