import { describe, expect, test } from '@jest/globals';
import { knowing, CUMBRIA as POSTCODES, type Row } from '../support/postcodes.js';
import { type Adt, HOME, type Period, SECTION_3 } from './adt.js';
import { kindsOf, onlyRow, type Stated, sent, tables, tell } from './tell.js';
import { decisionOf } from './thirty-four/decision.js';

const TODAY = '2026-11-21';
const CUMBRIA = 'E10000006';
const CUMBERLAND = 'E06000063';
const WESTMORLAND_AND_FURNESS = 'E06000064';
const PENRITH = 'CA11 7QS';
const CARLISLE = 'CA3 8QG';

const longAgo = (over: Period): Adt => ({
  ...HOME,
  sentAt: '20210901100500',
  admitted: '20210501080000',
  left: '20210901100000',
  periods: [{ ...SECTION_3, from: '20210501', to: '20210801', council: CUMBRIA, ...over }],
});
const by = (rows: readonly Row[]) => ({ ...tables, directory: knowing(tables.directory, rows) });
const told = (messages: Adt[], { stated = [] as Stated[], rows = POSTCODES, asOf = TODAY } = {}) =>
  tell(messages, asOf, stated, by(rows));
const row = (...given: Parameters<typeof told>) => onlyRow(told(...given));
const asked = (found: ReturnType<typeof row>) => found.questions.filter(({ kind }) => kind === 'body-split');

describe('a council that was divided', () => {
  test('the address before the detention decides, and not the one where the person lives now', () => {
    const moved: Adt = { trigger: 'A31', sentAt: '20240101090000', postcode: CARLISLE };
    const found = told([longAgo({ postcode: PENRITH }), moved]);
    expect(onlyRow(found)).toMatchObject({
      council: { code: WESTMORLAND_AND_FURNESS, asWritten: CUMBRIA, standing: 'provisional' },
      because: expect.arrayContaining([expect.objectContaining({ rule: 'successor-by-residence' })]),
    });
    expect(kindsOf(onlyRow(found))).toEqual([]);
    expect(sent(found)).toEqual([
      `${WESTMORLAND_AND_FURNESS}: Flag active, CarePlan draft`,
      `${CUMBRIA}: Flag inactive, CarePlan revoked`,
    ]);
  });

  test('until the day on which it is divided it answers itself', () => {
    expect(row([longAgo({ postcode: PENRITH })], { asOf: '2023-03-31' }).council).toMatchObject({ code: CUMBRIA });
  });

  test('what is recorded of the postcode stays where it is: no reason and no question repeats it', () => {
    const { because, questions } = row([longAgo({ postcode: PENRITH })]);
    expect(JSON.stringify([because, questions])).not.toMatch(/CA11/);
  });

  test('a postcode is found however it is written', () => {
    expect(row([longAgo({ postcode: ' ca117qs' })]).council).toMatchObject({ code: WESTMORLAND_AND_FURNESS });
  });

  test('without the file, or of a postcode that is not in it, it is asked', () => {
    expect(asked(row([longAgo({ postcode: PENRITH })], { rows: [] }))).toHaveLength(1);
    expect(asked(row([longAgo({ postcode: 'LA1 1AA' })]))).toHaveLength(1);
    expect(asked(row([longAgo({})]))).toHaveLength(1);
  });

  test('a file from before the division decides nothing', () => {
    const old = [{ postcode: PENRITH, district: 'E07000030', county: CUMBRIA }];
    expect(asked(row([longAgo({ postcode: PENRITH })], { rows: old }))).toMatchObject([
      { options: [CUMBERLAND, WESTMORLAND_AND_FURNESS] },
    ]);
  });

  test('a postcode that was given again elsewhere since decides nothing', () => {
    const again = [{ postcode: PENRITH, district: WESTMORLAND_AND_FURNESS, introduced: '202202' }];
    expect(asked(row([longAgo({ postcode: PENRITH })], { rows: again }))).toHaveLength(1);
  });

  test('an address outside the divided council contradicts what was stated: it is asked', () => {
    const elsewhere = [{ postcode: PENRITH, district: 'E08000025' }];
    expect(asked(row([longAgo({ postcode: PENRITH })], { rows: elsewhere }))).toHaveLength(1);
  });

  test('a corrected address counts in place of the first, and one taken back no longer', () => {
    const first = longAgo({ postcode: CARLISLE });
    const corrected = { ...longAgo({ postcode: PENRITH }), sentAt: '20210905100000', trigger: 'A08' };
    for (const messages of [
      [first, corrected],
      [corrected, first],
    ])
      expect(row(messages).council).toMatchObject({ code: WESTMORLAND_AND_FURNESS });
  });

  test('what a person answered counts, whatever the file says', () => {
    const [question] = asked(row([longAgo({ postcode: PENRITH })], { rows: [] }));
    const answer = { kind: 'answer', question: question?.id, option: CUMBERLAND, because: 'the papers were seen' };
    expect(row([longAgo({ postcode: PENRITH })], { stated: [answer] }).council).toMatchObject({
      code: CUMBERLAND,
      standing: 'agreed',
    });
  });

  test('what people determined of the whole council is provisional of the part that the address gives', () => {
    const determined = { kind: 'council-determined', effectiveOn: '2021-09-01', council: CUMBRIA, standing: 'agreed' };
    const found = row([longAgo({ postcode: PENRITH })], { stated: [determined] });
    expect(found.council).toMatchObject({ code: WESTMORLAND_AND_FURNESS, standing: 'provisional' });
    const part = { ...determined, effectiveOn: '2023-04-01', council: CUMBERLAND };
    expect(row([longAgo({ postcode: PENRITH })], { stated: [determined, part] }).council).toMatchObject({
      code: CUMBERLAND,
      standing: 'agreed',
    });
  });

  test('statements that name the divided council and another: each part may be it, and stays among the answers', () => {
    const another = { ...longAgo({ council: 'E08000025' }), sender: 'RXX' };
    const found = row([longAgo({}), another], { rows: [] });
    expect(found.questions.filter(({ kind }) => kind === 'which-council')).toMatchObject([
      { options: [CUMBERLAND, WESTMORLAND_AND_FURNESS, 'E08000025'] },
    ]);
  });

  describe('beside a code that nobody knows', () => {
    const parts = [CUMBERLAND, WESTMORLAND_AND_FURNESS];
    const unknown = longAgo({ council: 'E99999999' });
    const cumbria = { ...longAgo({}), sender: 'RXX' };
    const optionsOf = (found: ReturnType<typeof row>) =>
      found.questions.flatMap(({ kind, options }) => (options.length > 0 ? [{ kind, options }] : []));

    test('its parts are who may have the duty, and are asked about and told', () => {
      const found = told([unknown, cumbria], { rows: [] });
      expect(onlyRow(found).council).toMatchObject({ code: null, asWritten: CUMBRIA, candidates: parts });
      expect(kindsOf(onlyRow(found))).toEqual(['body-split', 'unmapped-code']);
      expect(optionsOf(onlyRow(found))).toEqual([{ kind: 'body-split', options: parts }]);
    });

    test('the address before the detention decides between them', () => {
      const there = { ...longAgo({ postcode: PENRITH }), sender: 'RXX' };
      expect(row([unknown, there]).council).toMatchObject({ code: WESTMORLAND_AND_FURNESS, standing: 'provisional' });
    });

    test('and a third that is known: each may have it, and the known one has it meanwhile', () => {
      const birmingham = longAgo({ id: 'P2', council: 'E08000025' });
      const periods = [...(unknown.periods ?? []), ...(birmingham.periods ?? [])];
      const found = row([{ ...unknown, periods }, cumbria], { rows: [] });
      expect(found.council).toMatchObject({ code: 'E08000025', candidates: [...parts, 'E08000025'] });
      const [which] = found.questions.filter(({ kind }) => kind === 'which-council');
      expect(which).toMatchObject({ options: [...parts, 'E08000025'] });
      expect(which?.text).toContain('Until then E08000025 is provisional');
    });

    test('determined by people: the parts of what messages stated', () => {
      const determined = {
        kind: 'council-determined',
        effectiveOn: '2021-09-01',
        council: 'E99999999',
        standing: 'agreed',
      };
      expect(row([cumbria], { stated: [determined], rows: [] }).council).toMatchObject({ candidates: parts });
    });
  });

  test('two addresses of one duty in two parts: the determination is not decided by either', () => {
    const both = longAgo({ postcode: PENRITH });
    const second = { ...SECTION_3, id: 'P2', from: '20210601', to: '20210801', council: CUMBRIA, postcode: CARLISLE };
    const determined = { kind: 'council-determined', effectiveOn: '2021-09-01', council: CUMBRIA, standing: 'agreed' };
    const found = row([{ ...both, periods: [...(both.periods ?? []), second] }], { stated: [determined] });
    expect(asked(found)).toHaveLength(1);
  });

  test('each of its parts decides of aftercare for which the whole was named, and no other council does', () => {
    const ended = (organisation: string) => {
      const statedBy = { organisation, name: 'A Team Manager', role: 'team manager, adult social care' };
      const stated = [decisionOf('council', '2024-05-01', { statedBy }), decisionOf('icb', '2024-05-02')];
      return row([longAgo({})], { rows: [], stated }).status;
    };
    expect([CUMBERLAND, WESTMORLAND_AND_FURNESS, CUMBRIA, 'E08000029'].map(ended)).toEqual([
      'ended',
      'ended',
      'ended',
      'active',
    ]);
  });
});
