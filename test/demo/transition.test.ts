import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Say } from '../../src/demo/demonstration.js';
import { type Rehearsed, rehearseTransitions } from '../../src/demo/transition.js';
import { RESIDENTS } from '../../src/demo/transition-people.js';
import { siteFromObject } from '../../src/site.js';
import { tablesFor } from '../../src/tables.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { quiet } from '../support/quiet.js';

const said: string[] = [];
const say: Say = { line: (text) => void said.push(text), title: (text) => void said.push(text) };
let database: TestDatabase;
let rehearsed: Rehearsed;

beforeAll(async () => {
  database = await testDatabase();
  const site = siteFromObject({
    name: 'Rehearsal',
    senders: [{ ods: 'RXT', name: 'A trust', feed: 'zmh' }],
    councils: [...new Set(RESIDENTS.map(({ council }) => council))].map((gss) => ({ gss })),
  });
  if (site.kind === 'problems') throw new Error(site.problems.join('\n'));
  const signal = new AbortController().signal;
  rehearsed = await rehearseTransitions({ pool: database.pool, tables: tablesFor(site.site), log: quiet, say, signal });
}, 120_000);
afterAll(() => database?.drop());

const ways = (on: string) => rehearsed.plans.find((plan) => plan.on === on)?.ways ?? [];
const way = (on: string, from: string) => ways(on).filter((each) => each.from === from);

describe('the changes of 2022, 2023 and 2026, one after the other, with a person of each CCG', () => {
  test('nobody falls out of the register, no code as written is changed, and what was planned is what came', () => {
    expect(rehearsed.differences).toEqual([]);
    expect(rehearsed.register).toHaveLength(RESIDENTS.length + 1);
  });

  test('106 CCGs lead to 42 ICBs, but for the three that were divided', () => {
    const july = ways('2022-07-01');
    expect(new Set(july.map(({ from }) => from)).size).toBe(106);
    const divided = july.filter(({ to }) => to === null);
    expect(divided.map(({ from }) => from)).toEqual(['01Y', '06H', 'D2P2L']);
    const reached = july.flatMap(({ to, candidates }) => (to === null ? candidates : [to]));
    expect(new Set(reached).size).toBe(42);
  });

  test('Cumbria is asked about; North Yorkshire and Somerset go on as the one council of their area', () => {
    expect(way('2023-04-01', 'E10000006')).toMatchObject([
      { to: null, candidates: ['E06000063', 'E06000064'], count: 2 },
    ]);
    expect(way('2023-04-01', 'E10000023')).toMatchObject([{ to: 'E06000065', steps: [{ kind: 'rename' }] }]);
    expect(way('2023-04-01', 'E10000027')).toMatchObject([{ to: 'E06000066', steps: [{ kind: 'rename' }] }]);
  });

  test('QJG and QM7 are divided by place, Frimley by nothing that the code says', () => {
    const places = (from: string) =>
      way('2026-04-01', from).map(({ to, steps }) => [steps.at(-1)?.place, to].join(' '));
    expect(places('QJG').sort()).toEqual(['06L T6Y0W', '06T D7T5G', '07K T6Y0W']);
    expect(places('QM7').sort()).toEqual(['06K S1Y5D', '06N S1Y5D', '07H D7T5G']);
    expect(way('2026-04-01', 'QNQ')).toMatchObject([{ to: null, candidates: ['QRL', 'S0E4D', 'S9B9J'] }]);
    const merged = ways('2026-04-01').filter(({ side, to }) => side === 'icb' && to !== null);
    expect(new Set(merged.map(({ to }) => to))).toEqual(
      new Set(['S1Y5D', 'D7T5G', 'T6Y0W', 'S0E4D', 'S9B9J', 'Z9B2Z']),
    );
  });

  test('a CCG code that is sent years later counts for whoever has come after', () => {
    const late = rehearsed.register.find(({ name }) => name?.given[0] === 'Latecomer');
    expect(late?.icb).toMatchObject({ code: 'D7T5G', asWritten: '06T' });
  });

  test('it is drawn: each successor with the bodies that went into it', () => {
    const at = said.findIndex((line) => line.startsWith('  T6Y0W'));
    expect(said.slice(at, at + 4)).toEqual([
      '  T6Y0W NHS Norfolk and Suffolk Integrated Care Board',
      '    ├─ QJG NHS Suffolk and North East Essex Integrated Care Board (place 06L)',
      '    ├─ QJG NHS Suffolk and North East Essex Integrated Care Board (place 07K)',
      '    └─ QMM NHS Norfolk and Waveney Integrated Care Board',
    ]);
  });
});
