import { createHash } from 'node:crypto';
import { withChanges } from '../organisations/changed-tables.js';
import type { Directory, OrganisationTables } from '../organisations/directory.js';
import { order } from '../organisations/graph.js';
import { directoryOf } from '../organisations/load.js';
import { bodyCells, successionCells } from '../organisations/rows.js';
import { type ChangeRow, organisationChangeStore } from '../store/organisation-changes.js';
import type { Db } from '../store/transaction.js';

/** One a process and edition: what was applied is composed once. */
const COMPOSED = new WeakMap<Directory, Directory>();

/**
 * The directory with every change that was applied, whichever process applied it. `loaded` is the process's own; it is
 * given back where nothing was applied.
 */
export async function directoryToday(loaded: Directory, db: Db): Promise<Directory> {
  if (loaded.isPlanned) return loaded;
  const shipped = loaded.shipped ?? loaded;
  const store = organisationChangeStore(db);
  const applied = await store.edition();
  if (applied === null) {
    COMPOSED.delete(shipped);
    return loaded;
  }
  const version = versionOf(shipped, applied.edition);
  const known = COMPOSED.get(shipped);
  if (known?.version === version) return known;
  const { tables } = tablesWithApplied(shipped, await store.appliedUpTo(applied.id));
  const composed = directoryOf(tables, { version, shipped });
  COMPOSED.set(shipped, composed);
  return composed;
}

/** The same for whoever cannot ask the database: as this process knew it last. */
export const directoryLast = (loaded: Directory): Directory => COMPOSED.get(loaded.shipped ?? loaded) ?? loaded;

/** The tables of a process, with the directory of today. */
export const tablesToday = async <T extends { directory: Directory }>(tables: T, db: Db): Promise<T> => ({
  ...tables,
  directory: await directoryToday(tables.directory, db),
});

/** As `folded_with_today` writes it. */
export const versionOf = (shipped: Directory, edition: string): string => `${shipped.version}+${edition}`;

/** Those of one edition were made against what was there before it. */
export function tablesWithApplied(
  shipped: Directory,
  applied: readonly ChangeRow[],
): { tables: OrganisationTables; outdated: ChangeRow[] } {
  const editions = [...new Set(applied.map(({ editionId }) => editionId))];
  const outdated: ChangeRow[] = [];
  let { tables } = shipped;
  for (const edition of editions) {
    const composed = withChanges(
      tables,
      applied.filter(({ editionId }) => editionId === edition),
    );
    tables = composed.tables;
    outdated.push(...composed.outdated);
  }
  return { tables, outdated };
}

/** Of what differs from the shipped tables: the same whether it was applied at once or one by one. */
export function editionOf(shipped: OrganisationTables, tables: OrganisationTables): string {
  const [before, after] = [linesOf(shipped), linesOf(tables)];
  const gone = [...before].filter((line) => !after.has(line)).map((line) => `- ${line}`);
  const added = [...after].filter((line) => !before.has(line)).map((line) => `+ ${line}`);
  const text = [...gone, ...added].sort(order).join('\n');
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

const linesOf = ({ bodies, successions }: OrganisationTables): Set<string> =>
  new Set([
    ...bodies.map(({ value }) => JSON.stringify(bodyCells(value))),
    ...successions.map(({ value }) => JSON.stringify(successionCells(value))),
  ]);
