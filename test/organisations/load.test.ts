import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Fault } from '../../src/fault.js';
import { loadDirectory } from '../../src/organisations/load.js';
import { answer, directory, FOLDER } from './tables.js';

const BODIES = 'code,kind,name,ods,gss,from,to,answers_to,source';
const SUCCESSIONS = 'date,from,to,kind,resolve_by,source';
const council = (code: string, from: string, to = '', ods = '') =>
  `${code},council,Council ${code},${ods},${code},${from},${to},,s`;
const ccg = (code: string, from: string, to: string) => `${code},ccg,CCG ${code},${code},,${from},${to},,s`;
const icb = (code: string, from: string, to = '') => `${code},icb,ICB ${code},${code},,${from},${to},,s`;
const place = (code: string, from: string, to: string, icbCode: string) =>
  `${code},sub-icb,Place ${code},${code},,${from},${to},${icbCode},s`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'organisations-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function load(bodies: string[], successions: string[] = [], headers = { BODIES, SUCCESSIONS }) {
  writeFileSync(join(folder, 'bodies.csv'), `${[headers.BODIES, ...bodies].join('\n')}\n`);
  writeFileSync(join(folder, 'successions.csv'), `${[headers.SUCCESSIONS, ...successions].join('\n')}\n`);
  return loadDirectory(folder);
}

function refusal(load: () => unknown): string {
  try {
    load();
  } catch (error) {
    if (error instanceof Fault && error.code === 'config-invalid') return error.detail.text;
    throw error;
  }
  return 'loaded';
}

const ENDED = council('E10000001', '1974-04-01', '2009-03-31');
const HEIR = council('E06000055', '2009-04-01');

describe('a mistake in the tables is named by file and line, and nothing is loaded', () => {
  test.each([
    {
      story: 'a day that does not exist',
      bodies: [council('E06000001', '2009-02-30')],
      says: 'bodies.csv:2: from: not a day',
    },
    {
      story: 'a council without its GSS code',
      bodies: ['406,council,C,406,406,,,,s'],
      says: "bodies.csv:2: code: a council's code",
    },
    {
      story: 'an end before the beginning',
      bodies: [council('E06000001', '2010-01-01', '2009-01-01')],
      says: 'bodies.csv:2: to:',
    },
    { story: 'a row without a source', bodies: ['E06000001,council,C,,E06000001,,,,'], says: 'bodies.csv:2: source:' },
    { story: 'a kind of body nobody knows', bodies: ['QHL,pct,C,QHL,,,,,s'], says: 'bodies.csv:2: kind:' },
    {
      story: 'an end that leads nowhere',
      bodies: [ENDED, HEIR],
      says: 'bodies.csv:2: E10000001 ended on 2009-03-31, and neither',
    },
    {
      story: 'one code for two bodies at once',
      bodies: [council('E06000001', '2000-01-01', '', '101'), council('E06000002', '2001-01-01', '', '101')],
      says: 'bodies.csv:3: 101 means two bodies at once',
    },
    {
      story: 'a place without an ICB',
      bodies: ['06T,sub-icb,P,06T,,2022-07-01,,,s'],
      says: 'bodies.csv:2: answers_to:',
    },
    {
      story: 'a place that outlives its ICB',
      bodies: [
        icb('QJG', '2022-07-01', '2026-03-31'),
        icb('D7T5G', '2026-04-01'),
        place('06T', '2022-07-01', '', 'QJG'),
      ],
      successions: ['2026-04-01,QJG,D7T5G,merge,,s'],
      says: 'bodies.csv:4: answers_to: QJG is not an ICB on every day',
    },
    {
      story: 'a place whose ICB was followed by others than the one it is said to answer to',
      bodies: [
        icb('QJG', '2022-07-01', '2026-03-31'),
        icb('D7T5G', '2026-04-01'),
        icb('S9B9J', '2026-04-01'),
        place('06T', '2022-07-01', '2026-03-31', 'QJG'),
        place('06T', '2026-04-01', '', 'S9B9J'),
      ],
      successions: ['2026-04-01,QJG,D7T5G,merge,,s'],
      says: 'bodies.csv:6: answers_to: QJG was not followed by S9B9J on 2026-04-01',
    },
    {
      story: 'a CCG whose code became a place of an ICB that did not follow it',
      bodies: [
        ccg('06T', '2013-04-01', '2022-06-30'),
        icb('QJG', '2022-07-01'),
        icb('QH8', '2022-07-01'),
        place('06T', '2022-07-01', '', 'QH8'),
      ],
      successions: ['2022-07-01,06T,QJG,merge,,s'],
      says: 'bodies.csv:5: answers_to: 06T was not followed by QH8 on 2022-07-01',
    },
    {
      story: 'a successor that was not there yet',
      bodies: [ENDED, council('E06000055', '2010-04-01')],
      successions: ['2009-04-01,E10000001,E06000055,rename,,s'],
      says: 'successions.csv:2: to: E06000055 is no body on 2009-04-01',
    },
    {
      story: 'a predecessor that went on',
      bodies: [council('E10000001', '1974-04-01'), HEIR],
      successions: ['2009-04-01,E10000001,E06000055,rename,,s'],
      says: 'successions.csv:2: from: no row of E10000001 ends on 2009-03-31',
    },
    {
      story: 'a split with one successor',
      bodies: [ENDED, HEIR],
      successions: ['2009-04-01,E10000001,E06000055,split,address,s'],
      says: 'successions.csv:2: kind: E10000001 has 1 successor(s) on 2009-04-01, so it cannot be a split',
    },
    {
      story: 'two successors and no word of a split',
      bodies: [ENDED, HEIR, council('E06000056', '2009-04-01')],
      successions: ['2009-04-01,E10000001,E06000055,merge,,s', '2009-04-01,E10000001,E06000056,merge,,s'],
      says: 'successions.csv:3: kind: E10000001 has 2 successor(s)',
    },
    {
      story: 'a body that ended, and a part of it that went elsewhere: that is a split',
      bodies: [ENDED, HEIR, council('E06000056', '2009-04-01')],
      successions: ['2009-04-01,E10000001,E06000055,rename,,s', '2009-04-01,E10000001,E06000056,boundary,address,s'],
      says: 'successions.csv:2: kind: E10000001 has 2 successor(s)',
    },
    {
      story: 'the same link twice',
      bodies: [ENDED, HEIR],
      successions: ['2009-04-01,E10000001,E06000055,split,address,s', '2009-04-01,E10000001,E06000055,split,address,s'],
      says: 'successions.csv:3: is there twice',
    },
    {
      story: 'a predecessor that never was',
      bodies: [HEIR],
      successions: ['2009-04-01,E10000001,E06000055,rename,,s'],
      says: 'successions.csv:2: from: E10000001 is no body on 2009-03-31',
    },
    {
      story: 'a split that does not say what decides it',
      bodies: [ENDED, HEIR],
      successions: ['2009-04-01,E10000001,E06000055,split,,s'],
      says: 'successions.csv:2: resolve_by: a split says what tells',
    },
  ])('$story', ({ bodies, successions, says }) => {
    expect(refusal(() => load(bodies, successions))).toContain(says);
  });

  test('every mistake is named, not only the first', () => {
    const text = refusal(() => load([council('E1', '1974-04-01'), council('E06000001', 'soon')]));
    expect(text).toMatch(/bodies\.csv:2: .*\nbodies\.csv:3: /);
  });

  test('a column too many, a row too short, a file that is not there', () => {
    const headers = { BODIES: `${BODIES},colour`, SUCCESSIONS };
    expect(refusal(() => load([`${HEIR},red`], [], headers))).toContain('colour');
    expect(refusal(() => load(['E06000055,council']))).toContain('bodies.csv: Invalid Record Length');
    rmSync(join(folder, 'successions.csv'));
    expect(refusal(() => loadDirectory(folder))).toContain('successions.csv: is missing');
  });
});

describe('changes that the national files do not hold yet', () => {
  test('branches of a split that come together again are one body', () => {
    const tables = load(
      [
        ENDED,
        council('E06000055', '2009-04-01', '2027-03-31'),
        council('E06000056', '2009-04-01', '2027-03-31'),
        council('E06000099', '2027-04-01'),
      ],
      [
        '2009-04-01,E10000001,E06000055,split,address,s',
        '2009-04-01,E10000001,E06000056,split,address,s',
        '2027-04-01,E06000055,E06000099,merge,,s',
        '2027-04-01,E06000056,E06000099,merge,,s',
      ],
    );
    expect(answer(tables.council('E10000001', '2000-01-01', '2027-03-31'))).toBe('E06000055 or E06000056 by address');
    expect(answer(tables.council('E10000001', '2000-01-01', '2027-04-01'))).toBe('E06000099');
  });

  test('a place that moves to another ICB takes its people with it, before either ICB ends', () => {
    const tables = load(
      [
        icb('QAA', '2022-07-01', '2029-03-31'),
        icb('QBB', '2022-07-01'),
        ccg('02Q', '2013-04-01', '2022-06-30'),
        place('02Q', '2022-07-01', '2027-03-31', 'QAA'),
        place('02Q', '2027-04-01', '', 'QBB'),
      ],
      ['2022-07-01,02Q,QAA,rename,,s', '2029-04-01,QAA,QBB,merge,,s'],
    );
    expect(answer(tables.commissioner('02Q', '2020-01-01', '2027-03-31'))).toBe('QAA');
    expect(tables.commissioner('02Q', '2020-01-01', '2027-04-01')).toMatchObject({
      kind: 'found',
      body: { code: 'QBB' },
      steps: [{ to: 'QAA' }, { on: '2027-04-01', from: 'QAA', to: 'QBB', kind: 'boundary' }],
    });
    expect(tables.nextChange('02Q', '2023-01-01')).toBe('2027-04-01');
  });

  test('a code given again to another body means each in its own time', () => {
    const tables = load(
      [
        council('E06000001', '1996-04-01', '2001-03-31', '101'),
        council('E06000002', '2001-04-01', '', '102'),
        council('E06000003', '2010-04-01', '', '101'),
      ],
      ['2001-04-01,E06000001,E06000002,rename,,s'],
    );
    expect(answer(tables.council('101', '2000-01-01', '2020-01-01'))).toBe('E06000002');
    expect(answer(tables.council('101', '2005-01-01', '2020-01-01'))).toBe('E06000002');
    expect(answer(tables.council('101', '2011-01-01', '2020-01-01'))).toBe('E06000003');
  });
});

test('the version is that of the contents', () => {
  const version = load([HEIR]).version;
  expect(load([HEIR]).version).toBe(version);
  expect(load([HEIR, council('E06000056', '2009-04-01')]).version).not.toBe(version);
  expect(loadDirectory(FOLDER).version).toBe(directory.version);
});
