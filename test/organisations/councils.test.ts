import { describe, expect, test } from '@jest/globals';
import { answer, directory, spans, TODAY } from './tables.js';

test.each([
  { council: 'Birmingham', gss: 'E08000025', ods: '406' },
  { council: 'Solihull', gss: 'E08000029', ods: '410' },
  { council: 'Lincolnshire', gss: 'E10000019', ods: '503' },
  { council: 'Cumberland', gss: 'E06000063', ods: 'H6X4G' },
])('$council is known by its GSS and by its ODS code', ({ gss, ods }) => {
  expect(answer(directory.council(gss, '2024-01-01', TODAY))).toBe(gss);
  expect(answer(directory.council(ods.toLowerCase(), '2024-01-01', TODAY))).toBe(gss);
});

describe('counties that became the one council of their area', () => {
  test.each([
    { county: 'Cornwall', old: 'E10000005', on: '2009-04-01', now: 'E06000052' },
    { county: 'Buckinghamshire', old: 'E10000002', on: '2020-04-01', now: 'E06000060' },
    { county: 'North Yorkshire', old: 'E10000023', on: '2023-04-01', now: 'E06000065' },
    { county: 'Somerset', old: 'E10000027', on: '2023-04-01', now: 'E06000066' },
  ])('$county is followed to its new code', ({ old, on, now }) => {
    const resolution = directory.council(old, '2008-01-01', TODAY);
    expect(resolution).toMatchObject({
      kind: 'found',
      body: { code: now },
      steps: [{ on, from: old, to: now, kind: 'rename' }],
    });
  });

  test('Somerset kept its ODS code, which so means two councils in turn', () => {
    expect(answer(directory.council('905', '2020-01-01', '2023-03-31'))).toBe('E10000027');
    expect(answer(directory.council('905', '2020-01-01', '2023-04-01'))).toBe('E06000066');
    expect(answer(directory.council('905', '2024-01-01', '2022-01-01'))).toBe('E10000027');
  });

  test('Northumberland has had three codes', () => {
    const resolution = directory.council('E10000022', '2005-01-01', TODAY);
    expect(answer(resolution)).toBe('E06000057');
    expect(resolution.kind === 'found' && resolution.steps.map((step) => step.to)).toEqual(['E06000048', 'E06000057']);
  });
});

describe('counties that were divided', () => {
  test.each([
    { county: 'Cumbria', old: 'E10000006', expected: 'E06000063 or E06000064 by address' },
    { county: 'Northamptonshire', old: '504', expected: 'E06000061 or E06000062 by address' },
    { county: 'Cheshire', old: 'E10000004', expected: 'E06000049 or E06000050 by address' },
    { county: 'Bedfordshire, never Luton', old: '610', expected: 'E06000055 or E06000056 by address' },
    { county: 'Dorset, which lost Christchurch', old: 'E10000009', expected: 'E06000058 or E06000059 by address' },
    {
      county: 'Dorset by its ODS code, which Dorset Council kept',
      old: '809',
      expected: 'E06000058 or E06000059 by address',
    },
  ])('$county: the address decides, never the code', ({ old, expected }) => {
    expect(answer(directory.council(old, '2008-01-01', TODAY))).toBe(expected);
  });

  test("809 written after 2019 is Dorset Council's own", () => {
    expect(answer(directory.council('809', '2020-01-01', TODAY))).toBe('E06000059');
  });

  test('a successor asked about before the division leads back to the county', () => {
    expect(answer(directory.council('H6X4G', '2024-01-01', '2022-01-01'))).toBe('E10000006');
  });
});

test('councils that merged are followed to the merged one, and back only as far as is certain', () => {
  expect(answer(directory.council('810', '2015-01-01', TODAY))).toBe('E06000058');
  expect(answer(directory.council('738', '2024-01-01', '2015-01-01'))).toBe(
    'E06000028 or E06000029 or E10000009 by address',
  );
});

test('a GSS code that the statisticians replaced goes on meaning the same council', () => {
  expect(answer(directory.council('E08000016', '2026-10-01', TODAY))).toBe('E08000038');
  expect(answer(directory.council('204', '2020-01-01', '2025-03-31'))).toBe('E08000016');
});

test('a city keeps its code and takes its new name on the day', () => {
  const nameOn = (day: string) => {
    const resolution = directory.council('E08000017', '2010-01-01', day);
    return resolution.kind === 'found' ? resolution.body.name : resolution.kind;
  };
  expect(nameOn('2022-10-31')).toBe('Doncaster Metropolitan Borough Council');
  expect(nameOn('2022-11-01')).toBe('City of Doncaster Council');
});

test('every one of the 22 Welsh councils is itself', () => {
  const welsh = spans.filter(({ body }) => body.code.startsWith('W06'));
  expect(welsh).toHaveLength(22);
  for (const { body } of welsh) expect(answer(directory.council(body.code, '2010-01-01', TODAY))).toBe(body.code);
});

test.each(['', '999', 'E07000028', 'QHL', 'E99999999'])('%j is no council with adult social care', (code) => {
  expect(directory.council(code, '2020-01-01', TODAY)).toEqual({ kind: 'unknown' });
});

test.each([
  { code: 'E10000006', asOf: '2020-01-01', expected: '2023-04-01' },
  { code: '809', asOf: '2018-01-01', expected: '2019-04-01' },
  { code: 'E08000025', asOf: '2020-01-01', expected: null },
])('after $asOf $code next means another body on $expected', ({ code, asOf, expected }) => {
  expect(directory.nextChange(code, asOf)).toBe(expected);
});
