import { describe, expect, test } from '@jest/globals';
import type { Extension } from 'fhir/r4.js';
import { encounter, HOME, legalStatus } from '../fhir/samples.js';
import { tellFhir } from '../fhir/tell.js';
import { onlyRow } from './tell.js';

const said = (lastUpdated: string, ...extension: Extension[]) =>
  encounter({ ...HOME, meta: { lastUpdated }, extension });
const first = (...codes: Extension[]) => said('2026-03-01T10:05:00Z', ...codes);
const corrected = (...codes: Extension[]) => said('2026-03-02T09:00:00Z', ...codes);
const [admitted, left] = [
  (code: string) => legalStatus('admission', code),
  (code: string) => legalStatus('discharge', code),
];

const inEitherOrder = (a: object, b: object) => [onlyRow(tellFhir([a, b])), onlyRow(tellFhir([b, a]))];

describe('legal status on admission and on discharge, and a correction of it', () => {
  const atAdmission = encounter({ meta: { lastUpdated: '2026-01-01T09:00:00Z' }, extension: [admitted('02')] });

  test.each<[string, object[]]>([
    ['of both', [first(admitted('02'), left('03')), corrected(admitted('03'), left('03'))]],
    ['of the admission alone', [first(admitted('02'), left('03')), corrected(admitted('03'))]],
    ['of the admission, which was told by itself', [atAdmission, first(left('03')), corrected(admitted('03'))]],
  ])('section 2 on admission is corrected to the section 3 of the discharge: one detention. %s', (_what, told) => {
    for (const order of [told, told.toReversed()]) {
      expect(onlyRow(tellFhir(order))).toMatchObject({
        status: 'active',
        episodes: [{ from: '2026-03-01', qualifying: [{ basis: 's3', from: '2026-01-01', to: null }] }],
      });
    }
  });

  test('the correction is of the same episode: what a council was told of it is not told anew', () => {
    const before = tellFhir([first(admitted('02'), left('03'))]).register[0]?.episodes[0]?.anchors ?? [];
    const after = tellFhir([first(admitted('02'), left('03')), corrected(admitted('03'))]).register[0];
    expect(before).toHaveLength(1);
    expect(after?.episodes[0]?.anchors).toEqual(expect.arrayContaining(before));
  });

  test('section 3 on both days, and the admission is corrected to section 2: that of the discharge still counts', () => {
    const rows = inEitherOrder(first(admitted('03'), left('03')), corrected(admitted('02')));
    for (const row of rows) {
      expect(row).toMatchObject({
        status: 'active',
        episodes: [{ qualifying: [{ basis: 's3', from: '2026-03-01', to: null }] }],
      });
    }
  });

  test('section 3 on admission and section 37 on discharge are two', () => {
    const row = onlyRow(tellFhir([first(admitted('03'), left('10'))]));
    expect(row.episodes).toMatchObject([{ qualifying: [{ basis: 's3' }, { basis: 's37' }] }]);
  });
});
