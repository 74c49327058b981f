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

  describe('the result status (OBX-11)', () => {
    const final = () => String(of('oru-status-by-itself')[0]);
    const marked = (row: string, status: string) =>
      final()
        .replace('OBX00021', `OBX9${status}${row}`)
        .replace(new RegExp(`(OBX\\|\\d+\\|[A-Z]+\\|${row}\\^[^\\r]*)\\|F`), `$1|${status}`);

    test.each(['P', 'I', 'X', 'R', 'S', 'N', 'O', 'B'])('a status with %s proves nothing: parked', (status) => {
      const story = told([marked('MHASTAT', status)]);
      expect(story.messages[0]).toMatchObject({
        outcome: 'parked',
        fault: { code: 'field-invalid', where: 'OBX(line 4)-11' },
      });
      expect(story.register).toEqual([]);
    });

    test.each(['F', 'U', ''])('a status with "%s" counts', (status) => {
      expect(outcomes(told([marked('MHASTAT', status)]))).toEqual(['interpreted']);
    });

    test('a status corrected (C) to another section at the same start: parked, for both may not stand', () => {
      const first = String(of('oru-status-by-itself')[0]);
      const second = marked('MHASTAT', 'C')
        .replace('03^Section 3', '02^Section 2')
        .replace('20260106090000', '20260107090000');
      const story = told([first, second]);
      expect(outcomes(story)).toEqual(['interpreted', 'parked']);
      expect(story.messages[1]?.fault).toMatchObject({
        code: 'field-invalid',
        where: 'OBX(line 4)-11',
        next: expect.stringMatching(/withdraws the row as it was/),
      });
    });

    test('the wrong status withdrawn and the right one sent as final is the correction', () => {
      const wrong = marked('MHASTAT', 'W').replace('20260106090000', '20260107090000');
      const right = final()
        .replace('OBX00021', 'OBX99')
        .replace('03^Section 3', '02^Section 2')
        .replace('20260106090000', '20260107090001');
      const row = onlyRow(told([final(), wrong, right]));
      expect(kindsOf(row)).toContain('detention-withdrawn');
    });

    test('a council that is not certain parks, a corrected one (C) is the same period told anew', () => {
      expect(told([marked('MHALA', 'P')]).messages[0]?.fault).toMatchObject({ where: 'OBX(line 5)-11' });
      const corrected = marked('MHALA', 'C')
        .replace('E08000025', 'E08000029')
        .replace('20260106090000', '20260107090000');
      expect(onlyRow(told([final(), corrected])).council).toMatchObject({ code: 'E08000029' });
    });

    test('an end that is deleted parks: the period is told anew without it', () => {
      const ended = `${final()}OBX|5|TS|MHAEND^^L|1|20260220||||||D\r`;
      expect(told([ended]).messages[0]?.fault).toMatchObject({ where: 'OBX(line 8)-11' });
    });

    test('other observations may be as uncertain as they like', () => {
      expect(outcomes(told([`${final()}OBX|5|NM|WEIGHT^^L|1|80||||||P\r`]))).toEqual(['interpreted']);
    });
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
