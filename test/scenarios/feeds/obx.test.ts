import { describe, expect, test } from '@jest/globals';
import { kindsOf, onlyRow, sent } from '../tell.js';
import { example, outcomes, told } from './told.js';

const of = (...names: string[]) => names.map((name) => example(`obx/${name}`));

describe('the legal status in OBX rows', () => {
  test('section 3, then home: active, and the council of the rows is told', () => {
    const story = told(of('a01-admitted-on-section-3', 'a03-home'));
    expect(onlyRow(story)).toMatchObject({
      status: 'active',
      episodes: [{ from: '2026-03-01', qualifying: [{ basis: 's3', from: '2026-01-05', to: '2026-02-20' }] }],
      council: { code: 'E08000025' },
      icb: { code: 'QHL' },
    });
    expect(sent(story)).toEqual(['E08000025: Flag active, CarePlan draft']);
  });

  test('informal at discharge, with the section 3 before it in the same message: active by history', () => {
    expect(onlyRow(told(of('a03-informal-at-discharge'))).status).toBe('active');
  });

  test('only the status at discharge, informal: it proves nothing, and nobody is told anything', () => {
    const story = told(of('a03-only-informal'));
    expect(onlyRow(story).status).toBe('not-known');
    expect(story.publications).toEqual([]);
  });

  test('a message without a status row says nothing of the status: what was said before stands', () => {
    const row = onlyRow(told(of('a01-admitted-on-section-3', 'a31-demographics')));
    expect(row.status).toBe('prospective');
  });

  test('the status as a result, without a visit, is the same period as in the admission', () => {
    const story = told(of('a01-admitted-on-section-3', 'oru-status-by-itself', 'a08-in-words'));
    expect(outcomes(story)).toEqual(['interpreted', 'interpreted', 'interpreted']);
    expect(onlyRow(story).episodes).toMatchObject([{ qualifying: [{ basis: 's3', from: '2026-01-05' }] }]);
  });

  test('a row that is deleted withdraws its period: asked, and the duty stands until it is answered', () => {
    const row = onlyRow(told(of('a01-admitted-on-section-3', 'a08-withdrawn')));
    expect(row.status).toBe('prospective');
    expect(kindsOf(row)).toContain('detention-withdrawn');
  });

  test('a corrected start: the wrong row is deleted and sent anew', () => {
    const corrected = of('a08-start-in-a-row-of-its-own')[0]
      ?.toString()
      .replace('|1|20260105143000|', '|1|20260104090000|');
    const row = onlyRow(told([...of('a01-admitted-on-section-3', 'a08-withdrawn'), corrected ?? '']));
    expect(row.episodes.flatMap(({ qualifying }) => qualifying.map(({ from }) => from))).toContain('2026-01-04');
  });

  test('a status that nothing maps parks, and nobody is taken for informal', () => {
    const story = told(of('parked-unmapped-status'));
    expect(outcomes(story)).toEqual(['parked']);
    expect(story.register).toEqual([]);
  });

  test.each(['MHASTAT', 'MHAEND', 'MHACOMM'])(
    'a row %s of another order (OBR) with the same number stays out',
    (name) => {
      const [message = ''] = of('oru-status-by-itself').map(String);
      const other = `OBR|2||MHA2^CARENOTES|OTHER^Other^L\rOBX|9|TS|${name}^^L|1|20260107||||||F|||20260107\r`;
      const [fact] = told([message + other]).messages.flatMap(({ facts }) =>
        facts.filter(({ kind }) => kind === 'detention'),
      );
      if (name === 'MHASTAT') expect(told([message + other]).messages[0]?.fault?.code).toBe('code-unmapped');
      else expect(fact).toMatchObject({ from: '2026-01-05', to: null });
    },
  );
});
