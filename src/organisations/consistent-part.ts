import { CHANGE_FILE, type Change, withChanges } from './changed-tables.js';
import { inconsistencies } from './check.js';
import type { OrganisationTables } from './graph.js';

export type Refused<C> = { change: C; why: string[] };

export type Consistent<C> = { counts: C[]; refused: Refused<C>[]; tables: OrganisationTables };

/**
 * As many of these changes as make tables that hold together: those that share a code stand or fall together, but for the
 * ones that are themselves what is wrong.
 */
export function consistentPart<C extends Change>(tables: OrganisationTables, changes: readonly C[]): Consistent<C> {
  const known = new Set(inconsistencies(tables.bodies, tables.successions));
  const wrongIn = (tried: readonly C[]): string[] => {
    const { bodies, successions } = withChanges(tables, tried).tables;
    return inconsistencies(bodies, successions).filter((mistake) => !known.has(mistake));
  };
  const refused: Refused<C>[] = [];
  let counts: C[] = [...changes];
  if (wrongIn(counts).length > 0) {
    counts = [];
    for (const group of sharingCodes(changes)) {
      const fitting = fittingOf(group, (tried) => wrongIn(tried), refused);
      if (wrongIn([...counts, ...fitting]).length === 0) counts.push(...fitting);
      else refused.push(...fitting.map((change) => ({ change, why: wrongIn([...counts, ...fitting]) })));
    }
  }
  return { counts, refused, tables: withChanges(tables, counts).tables };
}

function fittingOf<C extends Change>(
  group: readonly C[],
  wrongIn: (tried: readonly C[]) => string[],
  refused: Refused<C>[],
): C[] {
  let fitting = [...group];
  while (fitting.length > 0) {
    const mistakes = wrongIn(fitting);
    if (mistakes.length === 0) break;
    const tried = fitting;
    const named = tried.filter((_, at) => mistakes.some((mistake) => mistake.startsWith(`${CHANGE_FILE}:${at + 1}: `)));
    const dropped = named.length > 0 ? named : tried;
    refused.push(...dropped.map((change) => ({ change, why: mistakes.map(withoutLine) })));
    fitting = tried.filter((change) => !dropped.includes(change));
  }
  return fitting;
}

const withoutLine = (mistake: string): string => mistake.replace(/^[a-z.]+:\d+: /, '');

/** Groups of changes that name a code in common, in the order in which they were given. */
export function sharingCodes<C extends Change>(changes: readonly C[]): C[][] {
  const groupOf = new Map<string, Set<C>>();
  for (const change of changes) {
    const codes = codesOf(change);
    const joined = new Set([change, ...codes.flatMap((code) => [...(groupOf.get(code) ?? [])])]);
    for (const code of [...joined].flatMap(codesOf)) groupOf.set(code, joined);
  }
  const groups = new Set(changes.map((change) => groupOf.get(codesOf(change)[0] ?? '')));
  return [...groups].map((group) => changes.filter((change) => group?.has(change)));
}

const CODES = ['code', 'ods', 'answers_to'] as const;

function codesOf({ what, row, base }: Change): string[] {
  if (what === 'succession') return [row.from ?? '', row.to ?? ''];
  return [row, base ?? {}].flatMap((cells) => CODES.map((column) => cells[column] ?? '')).filter((code) => code !== '');
}
