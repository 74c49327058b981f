import { describe, expect, test } from '@jest/globals';
import type { Body, BodyKind } from '../../src/organisations/directory.js';
import { addDays } from '../../src/register/day.js';
import { directory, spans, TODAY } from './tables.js';

/** Every change of these bodies that makes a code mean another body, or the body take another name, on the day it counts. */
function changesOf(kinds: readonly BodyKind[], from: string): Map<string, string[]> {
  const bodies = spans.map(({ body }) => body).filter(({ kind }) => kinds.includes(kind));
  const turns = bodies.flatMap(({ from: first, to }) => [first ?? [], to === null ? [] : addDays(to, 1)].flat());
  const days = [...new Set(turns)].sort().filter((day) => from <= day && day <= TODAY);
  return new Map(
    days.flatMap((day) => {
      const eve = addDays(day, -1);
      const lines = bodies.filter(livesOn(eve)).flatMap((was) => lineOf(was, eve, day) ?? []);
      return lines.length === 0 ? [] : [[day, lines.sort()] as const];
    }),
  );
}

const livesOn =
  (day: string) =>
  ({ from, to }: Body): boolean =>
    (from ?? '') <= day && (to === null || day <= to);

function lineOf({ kind, code, name }: Body, eve: string, day: string): string | null {
  const found = kind === 'council' ? directory.council(code, eve, day) : directory.commissioner(code, eve, day);
  if (found.kind === 'unknown') return `${name} (${code}): nobody`;
  if (found.kind === 'found' && found.body.code === code && found.body.name === name) return null;
  const [ends, by] = found.kind === 'found' ? [[found.body], ''] : [found.candidates, ` by ${found.resolveBy}`];
  return kind === 'council'
    ? `${name} (${code}): ${ends.map((end) => `${end.name} (${end.code})`).join(' or ')}${by}`
    : `${code}: ${ends.map((end) => end.code).join(' or ')}${by}`;
}

describe('every change of a council with adult social care, 2009 to 2026', () => {
  const changes = changesOf(['council'], '2009-01-01');

  test('on ten days, twenty-two councils', () => {
    expect(changes.size).toBe(10);
    expect([...changes.values()].flat()).toHaveLength(22);
  });

  test.each([
    {
      day: '2009-04-01',
      councils: [
        'Bedfordshire County Council (E10000001): Bedford Borough Council (E06000055) or Central Bedfordshire Council (E06000056) by address',
        'Cheshire County Council (E10000004): Cheshire East Council (E06000049) or Cheshire West and Chester Council (E06000050) by address',
        'Cornwall County Council (E10000005): Cornwall Council (E06000052)',
        'Durham County Council (E10000010): Durham County Council (E06000047)',
        'Northumberland County Council (E10000022): Northumberland County Council (E06000048)',
        'Shropshire County Council (E10000026): Shropshire Council (E06000051)',
        'Wiltshire County Council (E10000033): Wiltshire Council (E06000054)',
      ],
    },
    {
      day: '2013-04-01',
      councils: [
        'Gateshead Metropolitan Borough Council (E08000020): Gateshead Metropolitan Borough Council (E08000037)',
        'Northumberland County Council (E06000048): Northumberland County Council (E06000057)',
      ],
    },
    {
      day: '2019-04-01',
      councils: [
        'Borough of Poole (E06000029): Bournemouth, Christchurch and Poole Council (E06000058)',
        'Bournemouth Borough Council (E06000028): Bournemouth, Christchurch and Poole Council (E06000058)',
        'Dorset County Council (E10000009): Bournemouth, Christchurch and Poole Council (E06000058) or Dorset Council (E06000059) by address',
      ],
    },
    {
      day: '2020-04-01',
      councils: ['Buckinghamshire County Council (E10000002): Buckinghamshire Council (E06000060)'],
    },
    {
      day: '2021-04-01',
      councils: [
        'Northamptonshire County Council (E10000021): North Northamptonshire Council (E06000061) or West Northamptonshire Council (E06000062) by address',
      ],
    },
    {
      day: '2022-03-01',
      councils: ['Southend-on-Sea Borough Council (E06000033): Southend-on-Sea City Council (E06000033)'],
    },
    {
      day: '2022-08-15',
      councils: ['Milton Keynes Council (E06000042): Milton Keynes City Council (E06000042)'],
    },
    {
      day: '2022-11-01',
      councils: ['Doncaster Metropolitan Borough Council (E08000017): City of Doncaster Council (E08000017)'],
    },
    {
      day: '2023-04-01',
      councils: [
        'Cumbria County Council (E10000006): Cumberland Council (E06000063) or Westmorland and Furness Council (E06000064) by address',
        'North Yorkshire County Council (E10000023): North Yorkshire Council (E06000065)',
        'Somerset County Council (E10000027): Somerset Council (E06000066)',
      ],
    },
    {
      day: '2025-04-01',
      councils: [
        'Barnsley Metropolitan Borough Council (E08000016): Barnsley Metropolitan Borough Council (E08000038)',
        'Sheffield City Council (E08000019): Sheffield City Council (E08000039)',
      ],
    },
  ])('$day', ({ day, councils }) => {
    expect(changes.get(day)).toEqual(councils);
  });
});

test('2015 to 2021: CCGs that went into another, 142 in all', () => {
  const merged = [...changesOf(['ccg'], '2013-04-02')].filter(([day]) => day < '2022-07-01');
  expect(merged.map(([day, lines]) => `${day} ${lines.length}`)).toEqual([
    '2015-04-01 3',
    '2017-04-01 3',
    '2018-04-01 18',
    '2019-04-01 6',
    '2020-04-01 74',
    '2021-04-01 38',
  ]);
});

describe('1 July 2022: the 106 CCGs became 42 ICBs', () => {
  const became = changesOf(['ccg'], '2022-07-01').get('2022-07-01') ?? [];

  test('106 CCGs, and all at once', () => {
    expect(became).toHaveLength(106);
  });

  test.each([
    { icb: 'QE1', name: 'Lancashire and South Cumbria', ccgs: '00Q 00R 00X 01A 01E 01K 02G 02M' },
    { icb: 'QF7', name: 'South Yorkshire', ccgs: '02P 02X 03L 03N' },
    { icb: 'QGH', name: 'Herefordshire and Worcestershire', ccgs: '18C' },
    { icb: 'QH8', name: 'Mid and South Essex', ccgs: '06Q 07G 99E 99F 99G' },
    { icb: 'QHG', name: 'Bedfordshire, Luton and Milton Keynes', ccgs: 'M1J4Y' },
    { icb: 'QHL', name: 'Birmingham and Solihull', ccgs: '15E' },
    { icb: 'QHM', name: 'North East and North Cumbria', ccgs: '00L 00N 00P 01H 13T 16C 84H 99C' },
    { icb: 'QJ2', name: 'Derby and Derbyshire', ccgs: '15M' },
    { icb: 'QJG', name: 'Suffolk and North East Essex', ccgs: '06L 06T 07K' },
    { icb: 'QJK', name: 'Devon', ccgs: '15N' },
    { icb: 'QJM', name: 'Lincolnshire', ccgs: '71E' },
    { icb: 'QK1', name: 'Leicester, Leicestershire and Rutland', ccgs: '03W 04C 04V' },
    { icb: 'QKK', name: 'South East London', ccgs: '72Q' },
    { icb: 'QKS', name: 'Kent and Medway', ccgs: '91Q' },
    { icb: 'QM7', name: 'Hertfordshire and West Essex', ccgs: '06K 06N 07H' },
    { icb: 'QMF', name: 'North East London', ccgs: 'A3A8R' },
    { icb: 'QMJ', name: 'North Central London', ccgs: '93C' },
    { icb: 'QMM', name: 'Norfolk and Waveney', ccgs: '26A' },
    { icb: 'QNC', name: 'Staffordshire and Stoke-on-Trent', ccgs: '04Y 05D 05G 05Q 05V 05W' },
    { icb: 'QNQ', name: 'Frimley', ccgs: 'D4U1Y' },
    { icb: 'QNX', name: 'Sussex', ccgs: '09D 70F 97R' },
    { icb: 'QOC', name: 'Shropshire, Telford and Wrekin', ccgs: 'M2L0M' },
    { icb: 'QOP', name: 'Greater Manchester', ccgs: '00T 00V 00Y 01D 01G 01W 02A 02H 14L' },
    { icb: 'QOQ', name: 'Humber and North Yorkshire', ccgs: '02Y 03F 03H 03K 03Q 42D' },
    { icb: 'QOX', name: 'Bath and North East Somerset, Swindon and Wiltshire', ccgs: '92G' },
    { icb: 'QPM', name: 'Northamptonshire', ccgs: '78H' },
    { icb: 'QR1', name: 'Gloucestershire', ccgs: '11M' },
    { icb: 'QRL', name: 'Hampshire and Isle of Wight', ccgs: '10R D9Y0V' },
    { icb: 'QRV', name: 'North West London', ccgs: 'W2U3Z' },
    { icb: 'QSL', name: 'Somerset', ccgs: '11X' },
    { icb: 'QT1', name: 'Nottingham and Nottinghamshire', ccgs: '02Q 52R' },
    { icb: 'QT6', name: 'Cornwall and the Isles of Scilly', ccgs: '11N' },
    { icb: 'QU9', name: 'Buckinghamshire, Oxfordshire and Berkshire West', ccgs: '10Q 14Y 15A' },
    { icb: 'QUY', name: 'Bristol, North Somerset and South Gloucestershire', ccgs: '15C' },
    { icb: 'QVV', name: 'Dorset', ccgs: '11J' },
    { icb: 'QWE', name: 'South West London', ccgs: '36L' },
    { icb: 'QWO', name: 'West Yorkshire', ccgs: '02T 03R 15F 36J X2C4Y' },
    { icb: 'QWU', name: 'Coventry and Warwickshire', ccgs: 'B2M3M' },
    { icb: 'QXU', name: 'Surrey Heartlands', ccgs: '92A' },
    { icb: 'QYG', name: 'Cheshire and Merseyside', ccgs: '01F 01J 01T 01V 01X 02E 12F 27D 99A' },
  ])('$icb $name', ({ icb, ccgs }) => {
    const whole = became.filter((line) => line.endsWith(`: ${icb}`)).map((line) => line.split(':')[0]);
    expect(whole.join(' ')).toBe(ccgs);
  });

  test('forty ICBs have whole CCGs, and two more only a part of one', () => {
    const icbs = new Set(became.flatMap((line) => line.split(/: | or | by address/).slice(1)).filter(Boolean));
    expect(icbs.size).toBe(42);
  });

  test('three CCGs were divided, and the address decides', () => {
    expect(became.filter((line) => line.includes(' or '))).toEqual([
      '01Y: QJ2 or QOP by address',
      '06H: QPM or QUE by address',
      'D2P2L: QHL or QUA by address',
    ]);
  });
});

test('1 April 2026: twelve ICBs gave way to six, three of them divided', () => {
  expect(changesOf(['icb'], '2022-07-02')).toEqual(
    new Map([
      [
        '2026-04-01',
        [
          'QH8: D7T5G',
          'QHG: S1Y5D',
          'QJG: D7T5G or T6Y0W by sub-ICB location',
          'QM7: D7T5G or S1Y5D by sub-ICB location',
          'QMJ: Z9B2Z',
          'QMM: T6Y0W',
          'QNQ: QRL or S0E4D or S9B9J by address or GP practice',
          'QNX: S9B9J',
          'QRV: Z9B2Z',
          'QU9: S0E4D',
          'QUE: S1Y5D',
          'QXU: S9B9J',
        ],
      ],
    ]),
  );
});
