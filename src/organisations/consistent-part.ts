import { CHANGE_FILE, type Change, withChanges } from './changed-tables.js';
import { inconsistencies } from './check.js';
import type { OrganisationTables } from './directory.js';
import type { Row } from './table.js';

export type Refused<C> = { change: C; why: string[] };

export type Consistent<C> = { counts: C[]; refused: Refused<C>[]; tables: OrganisationTables };

/**
 * As many of these changes as make tables that hold together: those that share a code stand or fall together, but for the
 * ones that are themselves what is wrong. One that was made against a row that is another by now has no effect, and is refused.
 */
export function consistentPart<C extends Change>(tables: OrganisationTables, changes: readonly C[]): Consistent<C> {
  const { outdated } = withChanges(tables, changes);
  const refused: Refused<C>[] = outdated.map((change) => ({ change, why: [OUTDATED] }));
  const current = changes.filter((change) => !outdated.includes(change));
  const known = new Set(inconsistencies(tables.bodies, tables.successions));
  const mistakesIn = (tried: readonly C[]): Mistake[] => {
    const composed = withChanges(tables, tried).tables;
    const found = inconsistencies(composed.bodies, composed.successions).filter((mistake) => !known.has(mistake));
    return found.map((mistake) => mistakeIn(mistake, composed));
  };
  let counts = current;
  if (mistakesIn(counts).length > 0) {
    counts = [];
    for (const group of sharingCodes(current)) counts = [...counts, ...fittingOf(group, counts, mistakesIn, refused)];
  }
  return { counts, refused, tables: withChanges(tables, counts).tables };
}

const OUTDATED = 'the row that it was made against is another one by now: import the national files again';

/** `line`: the change that is wrong, from 1 among those that were tried; null: a row that none of them made. */
type Mistake = { line: number | null; text: string };

function mistakeIn(mistake: string, { bodies, successions }: OrganisationTables): Mistake {
  const [, file, at, text = mistake] = /^([a-z.]+):(\d+): (.*)$/s.exec(mistake) ?? [];
  const isThere = (row: Row<unknown>) => row.file === file && row.line === Number(at);
  const body = bodies.find(isThere)?.value.body;
  const link = successions.find(isThere)?.value;
  const key = body ? `${body.code}: ` : link ? `${link.from} → ${link.to}: ` : '';
  return { line: file === CHANGE_FILE ? Number(at) : null, text: `${key}${text}` };
}

function fittingOf<C extends Change>(
  group: readonly C[],
  others: readonly C[],
  mistakesIn: (tried: readonly C[]) => Mistake[],
  refused: Refused<C>[],
): C[] {
  let fitting = [...group];
  while (fitting.length > 0) {
    const tried = [...others, ...fitting];
    const mistakes = mistakesIn(tried);
    if (mistakes.length === 0) break;
    const wrong = new Set(mistakes.map(({ line }) => (line === null ? undefined : tried[line - 1])));
    const dropped = fitting.some((change) => wrong.has(change))
      ? fitting.filter((change) => wrong.has(change))
      : fitting;
    refused.push(...dropped.map((change) => ({ change, why: mistakes.map(({ text }) => text) })));
    fitting = fitting.filter((change) => !dropped.includes(change));
  }
  return fitting;
}

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
