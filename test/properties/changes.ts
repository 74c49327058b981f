import fc from 'fast-check';
import { addDays } from '../../src/register/day.js';
import { type OrganisationTables, shippedTables, type TableRow } from '../support/organisations.js';

/** A change of bodies on a day to come; `which` chooses among those who are there then. */
export type Change = { on: string; kind: 'rename' | 'merge' | 'split' | 'split-by-place'; side: Side; which: number };
type Side = 'council' | 'icb';

/** The bodies that histories name, and who may be merged with them. */
const NAMED: Record<Side, readonly string[]> = {
  council: ['E08000025', 'E08000029', 'E06000063', 'E06000064'],
  icb: ['QHL', 'QWO', 'QUA'],
};

/** Up to five changes, each on a day of its own and each of bodies that the ones before have left. */
export const changes: fc.Arbitrary<Change[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom('rename', 'merge', 'split', 'split-by-place'),
      side: fc.constantFrom<Side>('council', 'icb'),
      which: fc.nat(20),
      after: fc.integer({ min: 30, max: 900 }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((each) => {
    let on = '2026-12-01';
    return each.map(({ after, ...change }) => {
      on = addDays(on, after);
      return { ...change, on };
    });
  });

/** The tables in which the changes stand, one after the other. */
export function tablesAfter(all: readonly Change[]): OrganisationTables {
  const tables = shippedTables();
  let made = 0;
  const fresh = (side: Side): string => {
    made += 1;
    return side === 'council' ? `E099000${String(made).padStart(2, '0')}` : `X${String(made).padStart(2, '0')}`;
  };
  for (const change of all) make(tables, change, fresh);
  return tables;
}

function make(tables: OrganisationTables, { on, kind, side, which }: Change, fresh: (side: Side) => string): void {
  const living = tables.bodies.filter(
    (row) =>
      row.kind === side && row.to === '' && (NAMED[side].includes(row.code ?? '') || (row.from ?? '') > '2026-12'),
  );
  const chosen = living[which % living.length];
  if (!chosen) return;
  const others = living.filter((row) => row !== chosen);
  const partner = others[which % Math.max(1, others.length)];
  const ending = kind === 'merge' && partner ? [chosen, partner] : [chosen];
  const parts = kind === 'split' || kind === 'split-by-place' ? [fresh(side), fresh(side)] : [fresh(side)];
  for (const row of ending) row.to = addDays(on, -1);
  for (const code of parts) tables.bodies.push(bodyRow(side, code, on));
  for (const from of ending.map(({ code = '' }) => code)) {
    const how = parts.length > 1 ? 'split' : ending.length > 1 ? 'merge' : 'rename';
    for (const to of parts)
      tables.successions.push({ date: on, from, to, kind: how, resolve_by: how === 'split' ? 'address' : '', source });
    if (side === 'icb') movePlaces(tables, { on, from, parts, decides: kind !== 'split' });
  }
}

const source = 'general-knowledge';

const bodyRow = (kind: Side, code: string, from: string): TableRow => ({
  ...{ code, kind, name: `Invented ${code}`, ods: kind === 'council' ? '' : code, gss: kind === 'council' ? code : '' },
  ...{ from, to: '', answers_to: '', source },
});

type Places = { on: string; from: string; parts: readonly string[]; decides: boolean };

/** A place goes on in one of the parts, and so decides for its people; or it ends with its board. */
function movePlaces(tables: OrganisationTables, { on, from, parts, decides }: Places): void {
  const places = tables.bodies.filter((row) => row.answers_to === from && row.to === '');
  for (const [at, row] of places.entries()) {
    row.to = addDays(on, -1);
    const to = parts[at % parts.length] ?? '';
    if (decides) tables.bodies.push({ ...row, from: on, to: '', answers_to: to });
  }
}
