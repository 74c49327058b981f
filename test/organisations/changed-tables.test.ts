import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Change, changeDigest, withChanges } from '../../src/organisations/changed-tables.js';
import { consistentPart } from '../../src/organisations/consistent-part.js';
import { bodyCells, successionCells } from '../../src/organisations/rows.js';
import { directory } from './tables.js';

const { tables } = directory;
const cellsOf = (code: string) => {
  const row = tables.bodies.findLast(({ value }) => value.body.code === code);
  if (!row) throw new Error(`no row of ${code}`);
  return bodyCells(row.value);
};
const rowsOf = (code: string, changes: readonly Change[]) =>
  withChanges(tables, changes)
    .tables.bodies.filter(({ value }) => value.body.code === code && (value.body.from ?? '') >= '2022-07-01')
    .map(({ value: { body, answersTo } }) => [body.name, body.from, body.to, answersTo].join(' '));

const QHL = cellsOf('QHL');
const change = (cells: Record<string, string>, over: Partial<Change> = {}): Change => ({
  what: 'body',
  row: { ...QHL, ...cells },
  base: QHL,
  continues: false,
  ...over,
});
const ENDS = change({ to: '2028-03-31' });
const RENAMED = change({ name: 'NHS West Midlands ICB', from: '2027-04-01' }, { continues: true });

describe('the tables with changes', () => {
  test('a row takes the place of the one that it was made against', () => {
    expect(rowsOf('QHL', [ENDS])).toEqual(['NHS Birmingham and Solihull Integrated Care Board 2022-07-01 2028-03-31 ']);
  });

  test('a row that goes on ends the one before it, and ends when that would have', () => {
    expect(rowsOf('QHL', [RENAMED])).toEqual([
      'NHS Birmingham and Solihull Integrated Care Board 2022-07-01 2027-03-31 ',
      'NHS West Midlands ICB 2027-04-01  ',
    ]);
    const both = [
      'NHS Birmingham and Solihull Integrated Care Board 2022-07-01 2027-03-31 ',
      'NHS West Midlands ICB 2027-04-01 2028-03-31 ',
    ];
    expect(rowsOf('QHL', [RENAMED, ENDS])).toEqual(both);
    expect(rowsOf('QHL', [ENDS, RENAMED])).toEqual(both);
  });

  test('of two changes of one row each brings what it changes', () => {
    const recoded = change({ gss: 'E54000999' });
    const changed = withChanges(tables, [ENDS, recoded]).tables.bodies.find(({ value }) => value.body.code === 'QHL');
    expect(changed?.value.body).toMatchObject({ to: '2028-03-31', gss: 'E54000999' });
  });

  test('a change of a row that is another by now does nothing, and is named; one that is there already is none', () => {
    const before = change({}, { row: { ...QHL, to: '2027-03-31' }, base: { ...QHL, name: 'NHS Birmingham ICB' } });
    expect(withChanges(tables, [before])).toEqual({ tables: { ...tables }, outdated: [before] });
    const there = change({}, { base: { ...QHL, name: 'NHS Birmingham ICB' } });
    expect(withChanges(tables, [there]).outdated).toEqual([]);
    const link = tables.successions[0];
    const twice: Change = {
      what: 'succession',
      row: link ? successionCells(link.value) : {},
      base: null,
      continues: false,
    };
    expect(withChanges(tables, [twice])).toEqual({ tables: { ...tables }, outdated: [] });
  });

  test('nothing is changed by nothing, and nothing else by a change', () => {
    expect(withChanges(tables, []).tables).toEqual(tables);
    const others = withChanges(tables, [ENDS, RENAMED]).tables.bodies.filter(({ value }) => value.body.code !== 'QHL');
    expect(others).toEqual(tables.bodies.filter(({ value }) => value.body.code !== 'QHL'));
  });

  test('the order of what is applied together does not matter, but for two that say otherwise of one cell', () => {
    const changes = [ENDS, RENAMED, change({ gss: 'E54000999' })];
    const expected = new Set(
      withChanges(tables, changes).tables.bodies.map(({ value }) => JSON.stringify(bodyCells(value))),
    );
    fc.assert(
      fc.property(fc.shuffledSubarray(changes, { minLength: 3 }), (shuffled) => {
        const lines = withChanges(tables, shuffled).tables.bodies.map(({ value }) => JSON.stringify(bodyCells(value)));
        expect(new Set(lines)).toEqual(expected);
        expect(new Set(shuffled.map(changeDigest)).size).toBe(3);
      }),
    );
  });
});

describe('what holds together', () => {
  test('an end that nothing follows is refused, and what has nothing to do with it stands', () => {
    const rename = { ...cellsOf('QUA'), name: 'NHS Black Country ICB', from: '2027-04-01' };
    const other: Change = { what: 'body', row: rename, base: cellsOf('QUA'), continues: true };
    const { counts, refused } = consistentPart(tables, [ENDS, other]);
    expect(counts).toEqual([other]);
    expect(refused).toMatchObject([
      { change: ENDS, why: expect.arrayContaining([expect.stringContaining('QHL ended on 2028-03-31')]) },
    ]);
  });

  test('what was made against another row is refused by that', () => {
    const before = change({ to: '2027-03-31' }, { base: { ...QHL, name: 'NHS Birmingham ICB' } });
    expect(consistentPart(tables, [before]).refused[0]?.why[0]).toContain('another one by now');
  });
});
