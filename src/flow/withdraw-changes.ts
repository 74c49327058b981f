import type { Pool } from 'pg';
import { Fault } from '../fault.js';
import { inconsistencies } from '../organisations/check.js';
import { sharingCodes } from '../organisations/consistent-part.js';
import type { Directory, OrganisationTables } from '../organisations/directory.js';
import { auditStore } from '../store/audit.js';
import { type ChangeRow, organisationChangeStore } from '../store/organisation-changes.js';
import { editionOf, tablesWithApplied } from './directory-today.js';
import { alone, auditOf, findChanges } from './organisation-changes.js';

export type Withdrawing = { ids: readonly string[]; by: string; because: string };

/**
 * A person takes applied changes back, all or none: from now on they count in no process, as if they had been refused.
 * Who is in the register stays as folded. Throws Fault `usage` for an id that is not applied, and where what is left would
 * not hold together.
 */
export function withdrawApplied(
  { ids, by, because }: Withdrawing,
  shipped: Directory,
  pool: Pool,
): Promise<ChangeRow[]> {
  return alone(pool, async (db) => {
    const store = organisationChangeStore(db);
    const edition = await store.edition();
    const applied = edition === null ? [] : await store.appliedUpTo(edition.id);
    for (const id of ids) refuseUnapplied(id, applied);
    const tables = tablesWithout(ids, applied, shipped);
    await store.withdraw(ids, { edition: editionOf(shipped.tables, tables), by, because });
    const audit = auditStore(db);
    await audit.recordAll(ids.map((id) => auditOf(id, { who: by, action: 'withdrawn', reason: because })));
    // What national files say is compared with tables that now are others.
    await findChanges(shipped, null, db);
    return (await store.all()).filter(({ id }) => ids.includes(id));
  });
}

function refuseUnapplied(id: string, applied: readonly ChangeRow[]): void {
  if (applied.some((change) => change.id === id)) return;
  throw unusable(
    `change ${id}`,
    'is not applied',
    '"aftercare organisations changes --state applied" lists those that are',
  );
}

/** The tables as they are without these. */
function tablesWithout(ids: readonly string[], applied: readonly ChangeRow[], shipped: Directory): OrganisationTables {
  const before = tablesWithApplied(shipped, applied);
  const left = tablesWithApplied(
    shipped,
    applied.filter(({ id }) => !ids.includes(id)),
  );
  const known = new Set(mistakesIn(before.tables));
  const isOutdated = new Set(before.outdated.map(({ id }) => id));
  const leaning = left.outdated.filter(({ id }) => !isOutdated.has(id));
  const wrong = mistakesIn(left.tables).filter((mistake) => !known.has(mistake));
  if (leaning.length + wrong.length === 0) return left.tables;
  const together = sharingCodes(applied).filter((group) => group.some(({ id }) => ids.includes(id)));
  const others = together.flat().flatMap(({ id }) => (ids.includes(id) ? [] : [id]));
  throw unusable(
    `change ${ids.join(', ')}`,
    `what is left would not hold together${wrong.length === 0 ? '' : `: ${wrong.join('; ')}`}`,
    `take back with it what names the same bodies: ${others.join(' ')}`,
  );
}

/** Without the lines, which differ by what else was applied. */
const mistakesIn = ({ bodies, successions }: OrganisationTables): string[] =>
  inconsistencies(bodies, successions).map((mistake) => mistake.replace(/^[a-z.]+:\d+: /, ''));

const unusable = (where: string, text: string, next: string): Fault => new Fault({ code: 'usage', where, text, next });
