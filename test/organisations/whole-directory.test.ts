import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { PRACTICE_FILE } from '../../src/flow/practice-meanings.js';
import type { Body, BodyKind, Resolution } from '../../src/organisations/directory.js';
import { RECORD, SUCCESSIONS } from '../../src/organisations/found-change.js';
import { loadSources } from '../../src/organisations/sources.js';
import { readTable } from '../../src/organisations/table.js';
import { addDays } from '../../src/register/day.js';
import { answer, directory, FOLDER, spans, successions, TODAY } from './tables.js';

const livingOn = (kind: BodyKind, day: string): Body[] =>
  spans
    .map(({ body }) => body)
    .filter((body) => body.kind === kind && (body.from ?? '') <= day && (body.to === null || day <= body.to));

function resolve(body: Body, code: string, writtenOn: string, asOf: string): Resolution {
  if (body.kind === 'council') return directory.council(code, writtenOn, asOf);
  if (body.kind !== 'trust') return directory.commissioner(code, writtenOn, asOf);
  const trust = directory.meanings(code, writtenOn, asOf).find(({ meant }) => meant.kind === 'trust');
  return trust?.resolution ?? { kind: 'unknown' };
}

const bodiesOf = (resolution: Resolution): Body[] => {
  if (resolution.kind === 'unknown') return [];
  return resolution.kind === 'found' ? [resolution.body] : resolution.candidates;
};

const ends = (resolution: Resolution): string[] => bodiesOf(resolution).map(({ code }) => code);

describe('the counts of public record', () => {
  test.each([
    { day: '2013-04-01', ccgs: 211 },
    { day: '2015-04-01', ccgs: 209 },
    { day: '2019-04-01', ccgs: 191 },
    { day: '2020-04-01', ccgs: 135 },
    { day: '2021-04-01', ccgs: 106 },
    { day: '2022-06-30', ccgs: 106 },
    { day: '2022-07-01', ccgs: 0 },
  ])('$ccgs CCGs on $day', ({ day, ccgs }) => {
    expect(livingOn('ccg', day)).toHaveLength(ccgs);
  });

  test('the 106 CCGs of 30 June 2022 lead to exactly 42 ICBs', () => {
    const icbs = livingOn('ccg', '2022-06-30').flatMap((ccg) =>
      ends(directory.commissioner(ccg.code, '2022-06-30', '2022-07-01')),
    );
    expect(new Set(icbs).size).toBe(42);
    expect(livingOn('icb', '2022-07-01')).toHaveLength(42);
  });

  test('36 ICBs and 106 places today, 153 councils in England and 22 in Wales', () => {
    expect(livingOn('icb', TODAY)).toHaveLength(36);
    expect(livingOn('sub-icb', TODAY)).toHaveLength(106);
    expect(livingOn('local-health-board', TODAY)).toHaveLength(7);
    const councils = livingOn('council', TODAY);
    expect(councils.filter(({ code }) => code.startsWith('E'))).toHaveLength(153);
    expect(councils.filter(({ code }) => code.startsWith('W'))).toHaveLength(22);
  });

  test('of the CCGs of 2022 only those of Frimley and the three divided by address do not lead to one ICB today', () => {
    const open = livingOn('ccg', '2022-06-30').filter(
      (ccg) => directory.commissioner(ccg.code, '2022-06-30', TODAY).kind === 'split',
    );
    expect(open.map(({ code }) => code).sort()).toEqual(['01Y', '06H', 'D2P2L', 'D4U1Y']);
  });
});

describe('for all codes and days', () => {
  const first = '2009-04-01';
  const days = (Date.parse(TODAY) - Date.parse(first)) / 86_400_000;
  const day = fc.integer({ min: 0, max: days }).map((n) => addDays(first, n));
  const body = fc.constantFrom(...spans.map((span) => span.body));
  /** No conclusion of the register rests on who a trust is now. */
  const responsible = spans.filter((span) => span.body.kind !== 'trust');

  /** The days before and on which anything at all changes: between them nothing can differ. */
  const turns = [
    ...new Set([...spans.flatMap(({ body }) => body.from ?? []), ...successions.map(({ on }) => on), TODAY]),
  ]
    .flatMap((on) => [addDays(on, -1), on])
    .filter((on) => on >= first && on <= TODAY);

  test('every code, written on any day, is known on every other, and whoever answers was there then', () => {
    const began = new Set(successions.map(({ on, to }) => `${to}@${on}`));
    const wrong: string[] = [];
    for (const { body: written } of spans) {
      for (const writtenOn of turns) {
        for (const asOf of turns) {
          const bodies = bodiesOf(resolve(written, written.ods ?? written.code, writtenOn, asOf));
          const absent = bodies.filter(({ code, from, to }) => {
            if (to !== null && to < asOf) return true;
            return from !== null && from > asOf && began.has(`${code}@${from}`);
          });
          if (bodies.length === 0 || absent.length > 0) wrong.push(`${written.code} of ${writtenOn} on ${asOf}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test('steps are in order of time, and every one is a row of the table', () => {
    const rows = new Set(successions.map(({ on, from, to }) => `${on} ${from} ${to}`));
    fc.assert(
      fc.property(body, day, (written, writtenOn) => {
        const resolution = resolve(written, written.code, writtenOn, TODAY);
        const steps = resolution.kind === 'unknown' ? [] : resolution.steps;
        expect(steps.map((step) => step.on)).toEqual(steps.map((step) => step.on).sort());
        for (const { on, from, to } of steps) expect(rows).toContain(`${on} ${from} ${to}`);
      }),
      { numRuns: 2000 },
    );
  });

  test('between the days that nextChange names, the answer stays the same', () => {
    fc.assert(
      fc.property(fc.constantFrom(...responsible.map((span) => span.body)), day, day, (written, writtenOn, asOf) => {
        const next = directory.nextChange(written.code, asOf) ?? TODAY;
        const lastBefore = addDays(next, next === TODAY ? 0 : -1);
        expect(resolve(written, written.code, writtenOn, lastBefore)).toEqual(
          resolve(written, written.code, writtenOn, asOf),
        );
      }),
      { numRuns: 3000 },
    );
  });

  test('every day on which some body begins or ends is named for each code that then resolves otherwise', () => {
    const days = new Set(
      spans.flatMap(({ body: { from, to } }) => [from ?? [], to === null ? [] : addDays(to, 1)].flat()),
    );
    const missed = responsible.flatMap(({ body: written }) =>
      [...days].flatMap((day) => {
        const [before, on] = [addDays(day, -1), written.from ?? first];
        const isOther = !isDeepStrictEqual(
          resolve(written, written.code, on, before),
          resolve(written, written.code, on, day),
        );
        return isOther && directory.nextChange(written.code, before) !== day ? [`${written.code} ${day}`] : [];
      }),
    );
    expect([...new Set(missed)]).toEqual([]);
  });

  test('a split is never between one body and itself', () => {
    for (const { body: written } of spans) {
      const found = ends(resolve(written, written.code, written.from ?? first, TODAY));
      expect(new Set(found).size).toBe(found.length);
    }
  });
});

test('every source key is explained, with its licence', () => {
  const imported = [RECORD, SUCCESSIONS, PRACTICE_FILE];
  const explained = loadSources(FOLDER).map(({ key }) => key);
  const sources = [...spans.map(({ body }) => body.source), ...successions.map(({ source }) => source)];
  const named = new Set([...imported, ...sources.flatMap((source) => source.split(' '))]);
  expect([...named].sort()).toEqual(explained.sort());
});

const FACTS = fileURLToPath(new URL('../../../shared/data/organisations', import.meta.url));
const withFacts = existsSync(FACTS) ? describe : describe.skip;

withFacts('compared with the collected national files', () => {
  const columns = z.record(z.string(), z.string());
  const rows = (file: string) => readTable(`${FACTS}/${file}`, columns).rows.map((row) => row.value);

  test('every CCG there ever was leads to the ICBs given for 2022 and 2026', () => {
    for (const row of rows('ccgs_all.csv')) {
      const code = row.ccg_ods_code ?? '';
      const in2022 = directory.commissioner(code, row.start_date ?? '', '2022-07-01');
      expect(`${code} ${ends(in2022).includes(row.icb_2022 ?? '')}`).toBe(`${code} true`);
      expect(`${code} ${in2022.kind}`).toBe(`${code} ${row.icb_2022_split === 'no' ? 'found' : 'split'}`);
      const in2026 = ends(directory.commissioner(code, row.start_date ?? '', TODAY));
      for (const icb of (row.icb_2026 ?? '').split(/[;|]/)) expect(`${code} ${in2026.join()}`).toContain(icb);
    }
  });

  test('every place answers to the ICB given for 2022, 2023 and 2026', () => {
    for (const row of rows('sub_icb_locations.csv')) {
      const code = row.sub_icb_ods_code ?? '';
      if (row.icb_ods_2022)
        expect(answer(directory.commissioner(code, '2022-07-01', '2022-07-01'))).toBe(row.icb_ods_2022);
      if (row.icb_ods_2023)
        expect(answer(directory.commissioner(code, '2022-07-01', '2023-04-01'))).toBe(row.icb_ods_2023);
      const written = row.icb_ods_2022 ? '2022-07-01' : '2026-04-01';
      expect(
        ends(directory.commissioner(code, written, TODAY))
          .sort()
          .join('|'),
      ).toBe((row.icb_ods_2026 ?? '').split('|').sort().join('|'));
    }
  });

  test('every council now or formerly with adult social care is known by both codes and leads to the given successors', () => {
    for (const row of rows('councils.csv')) {
      const gss = row.gss_code ?? '';
      const successors = row.end_date ? (row.replaced_by_gss ?? '').split(';').sort() : [gss];
      const lastDay = row.end_date || TODAY;
      expect(answer(directory.council(row.ods_code ?? '', lastDay, lastDay))).toBe(gss);
      const expected = successors.map((code) => (code === 'E06000048' ? 'E06000057' : code));
      expect(ends(directory.council(gss, lastDay, TODAY)).sort()).toEqual(expected);
    }
  });
});
