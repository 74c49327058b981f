import { describe, expect, test } from '@jest/globals';
import type { Resolution } from '../../src/organisations/directory.js';
import { answer, directory, TODAY } from './tables.js';

const trail = (resolution: Resolution): string[] =>
  resolution.kind === 'unknown' ? [] : resolution.steps.map(({ on, from, to, kind }) => `${on} ${from} ${to} ${kind}`);

describe('on 1 July 2022 the CCGs became 42 ICBs', () => {
  test.each([
    { story: 'the only CCG of its ICB', code: '15E', expected: 'QHL' },
    { story: 'one of several CCGs of its ICB', code: '00L', expected: 'QHM' },
    { story: 'Bassetlaw, which changed to Nottinghamshire that day', code: '02Q', expected: 'QT1' },
    { story: 'a CCG that had merged in 2020', code: '00C', expected: 'QHM' },
    {
      story: 'Glossop went to Derbyshire, Tameside to Greater Manchester',
      code: '01Y',
      expected: 'QJ2 or QOP by address',
    },
    { story: 'west Birmingham left the Black Country', code: 'D2P2L', expected: 'QHL or QUA by address' },
    { story: 'a few villages went to Northamptonshire', code: '06H', expected: 'QPM or QUE by address' },
  ])('$story: $code', ({ code, expected }) => {
    expect(answer(directory.commissioner(code, '2019-05-01', '2022-07-01'))).toBe(expected);
  });

  test('until the last day the CCG answered for itself', () => {
    const resolution = directory.commissioner('06T', '2021-03-01', '2022-06-30');
    expect(resolution).toMatchObject({
      kind: 'found',
      steps: [],
      body: { kind: 'ccg', name: 'NHS North East Essex CCG' },
    });
  });

  test('a CCG code that a trust goes on sending is a place inside its ICB', () => {
    expect(directory.commissioner('06T', '2023-03-01', '2024-01-01')).toMatchObject({
      kind: 'found',
      steps: [],
      body: { code: 'QJG', kind: 'icb' },
    });
  });

  test('the code of a CCG that was split is, once it is a place, no longer split', () => {
    expect(answer(directory.commissioner('01Y', '2022-06-30', '2023-01-01'))).toBe('QJ2 or QOP by address');
    expect(answer(directory.commissioner('01Y', '2022-07-01', '2023-01-01'))).toBe('QOP');
  });
});

describe('on 1 April 2026 twelve ICBs gave way to six', () => {
  test('a CCG code of 2021 is followed through its ICB, which was split by place, to Essex', () => {
    const resolution = directory.commissioner('06T', '2021-03-01', TODAY);
    expect(answer(resolution)).toBe('D7T5G');
    expect(trail(resolution)).toEqual(['2022-07-01 06T QJG merge', '2026-04-01 QJG D7T5G split']);
  });

  test.each([
    { place: '06T', icb: 'QJG', expected: 'D7T5G' },
    { place: '06L', icb: 'QJG', expected: 'T6Y0W' },
    { place: '07K', icb: 'QJG', expected: 'T6Y0W' },
    { place: '06K', icb: 'QM7', expected: 'S1Y5D' },
    { place: '06N', icb: 'QM7', expected: 'S1Y5D' },
    { place: '07H', icb: 'QM7', expected: 'D7T5G' },
    { place: '93C', icb: 'QMJ', expected: 'Z9B2Z' },
    { place: '70F', icb: 'QNX', expected: 'S9B9J' },
    { place: '92A', icb: 'QXU', expected: 'S9B9J' },
    { place: 'D9Y0V', icb: 'QRL', expected: 'QRL' },
  ])('$place, in $icb until then, is in $expected', ({ place, icb, expected }) => {
    expect(answer(directory.commissioner(place, '2023-05-01', '2026-03-31'))).toBe(icb);
    expect(answer(directory.commissioner(place, '2023-05-01', '2026-04-01'))).toBe(expected);
    expect(answer(directory.commissioner(place, '2026-10-01', TODAY))).toBe(expected);
  });

  test.each([
    { code: 'QJG', expected: 'D7T5G or T6Y0W by sub-ICB location' },
    { code: 'QM7', expected: 'D7T5G or S1Y5D by sub-ICB location' },
    { code: 'QNQ', expected: 'QRL or S0E4D or S9B9J by address or GP practice' },
    { code: 'D4U1Y', expected: 'QRL or S0E4D or S9B9J by address or GP practice' },
  ])('$code alone does not say which, and nobody guesses', ({ code, expected }) => {
    expect(answer(directory.commissioner(code, '2024-01-01', TODAY))).toBe(expected);
  });

  test('an old Berkshire CCG leads to Frimley, and there the trail divides', () => {
    const resolution = directory.commissioner('15D', '2019-01-01', TODAY);
    expect(answer(resolution)).toBe('QRL or S0E4D or S9B9J by address or GP practice');
    expect(trail(resolution)).toEqual([
      '2021-04-01 15D D4U1Y merge',
      '2022-07-01 D4U1Y QNQ rename',
      '2026-04-01 QNQ QRL split',
      '2026-04-01 QNQ S0E4D split',
      '2026-04-01 QNQ S9B9J split',
    ]);
  });

  test('branches of one split go on each for itself', () => {
    expect(answer(directory.commissioner('06H', '2021-01-01', TODAY))).toBe('QPM or S1Y5D by address');
  });

  test('a retired ICB code that arrives after its end counts for the successor', () => {
    expect(answer(directory.commissioner('QHG', '2026-10-01', TODAY))).toBe('S1Y5D');
  });
});

describe('days that do not fit', () => {
  test('a place that is no more, written after its end, means the ICB it was in', () => {
    expect(answer(directory.commissioner('D4U1Y', '2026-10-01', TODAY))).toBe(
      'QRL or S0E4D or S9B9J by address or GP practice',
    );
  });

  test('the way back passes through the days on which a body only took another GSS code', () => {
    const resolution = directory.commissioner('S9B9J', '2026-10-01', '2022-09-01');
    expect(answer(resolution)).toBe('QNQ or QNX or QXU by address');
    expect(resolution.kind === 'split' && resolution.candidates.find(({ code }) => code === 'QXU')?.gss).toBe(
      'E54000052',
    );
  });

  test('an ICB code on a message dated before there were ICBs means that ICB', () => {
    expect(answer(directory.commissioner('QHL', '2021-01-01', TODAY))).toBe('QHL');
    expect(answer(directory.commissioner('D7T5G', '2024-01-01', TODAY))).toBe('D7T5G');
  });

  test('asked about the past, the directory says who answered then', () => {
    expect(answer(directory.commissioner('06T', '2026-10-01', '2023-01-01'))).toBe('QJG');
    expect(answer(directory.commissioner('06T', '2026-10-01', '2021-01-01'))).toBe('06T');
    expect(answer(directory.commissioner('QSL', '2024-01-01', '2021-01-01'))).toBe('11X');
    expect(answer(directory.commissioner('D7T5G', '2026-10-01', '2025-01-01'))).toBe('QH8 or QJG or QM7 by address');
  });

  test('a new place code leads back to the ICBs its ICB was made of', () => {
    expect(answer(directory.commissioner('U2G6B', '2026-10-01', '2025-01-01'))).toBe('QNQ or QU9 by address');
  });
});

test('codes are read in any case and without stray spaces', () => {
  expect(answer(directory.commissioner(' qhl ', '2024-01-01', TODAY))).toBe('QHL');
  expect(answer(directory.commissioner('d7t5g', '2026-10-01', TODAY))).toBe('D7T5G');
});

test.each(['', 'XXX', 'E08000025', 'RXT', '5MD'])('%j is no commissioner', (code) => {
  expect(directory.commissioner(code, '2024-01-01', TODAY)).toEqual({ kind: 'unknown' });
});

test.each(['7A1', '7A2', '7A3', '7A4', '7A5', '7A6', '7A7'])('the Welsh local health board %s stays itself', (code) => {
  expect(answer(directory.commissioner(code, '2012-01-01', TODAY))).toBe(code);
});

test('a body keeps the name it had on the day', () => {
  const nameOn = (day: string) => {
    const resolution = directory.commissioner('7A3', '2012-01-01', day);
    return resolution.kind === 'found' ? resolution.body.name : resolution.kind;
  };
  expect(nameOn('2019-03-31')).toBe('Abertawe Bro Morgannwg University Local Health Board');
  expect(nameOn('2019-04-01')).toBe('Swansea Bay University Local Health Board');
});

test.each([
  { code: '06T', asOf: '2021-01-01', expected: '2022-07-01' },
  { code: '06T', asOf: '2022-07-01', expected: '2026-04-01' },
  { code: '06T', asOf: TODAY, expected: null },
  { code: '00C', asOf: '2019-01-01', expected: '2020-04-01' },
  { code: 'qng', asOf: TODAY, expected: null },
  { code: 'qnq', asOf: '2025-01-01', expected: '2026-04-01' },
])('after $asOf $code next means another body on $expected', ({ code, asOf, expected }) => {
  expect(directory.nextChange(code, asOf)).toBe(expected);
});
