import type { Pool, PoolClient } from 'pg';
import { Fault } from '../fault.js';
import { changeDigest, lacksOf } from '../organisations/changed-tables.js';
import { consistentPart, type Refused, sharingCodes } from '../organisations/consistent-part.js';
import type { Directory, OrganisationTables } from '../organisations/directory.js';
import { order } from '../organisations/graph.js';
import { directoryOf } from '../organisations/load.js';
import { changesOf, type NationalChanges } from '../organisations/national-changes.js';
import type { NationalRecord } from '../organisations/national-facts.js';
import { type AuditLine, auditStore } from '../store/audit.js';
import { nationalFactStore, takeOrganisations } from '../store/national-facts.js';
import {
  type ChangeKept,
  type ChangeRow,
  type ChangeState,
  type Decision,
  organisationChangeStore,
} from '../store/organisation-changes.js';
import { type Db, inTransaction } from '../store/transaction.js';
import { directoryToday, editionOf, tablesWithApplied, versionOf } from './directory-today.js';
import { refuseWhileRebuilding } from './whole-register.js';

/** What national files say beside the tables, and what of it is new since they were compared last. */
export type Found = NationalChanges & { added: ChangeKept[] };

/** Compares everything that was imported with the tables that count, and keeps what is found for somebody to decide. */
export async function findChanges(shipped: Directory, importId: string | null, db: PoolClient): Promise<Found> {
  const facts = nationalFactStore(db);
  const records = (await facts.records()) as NationalRecord[]; // written by us, checked at the door
  const tables = await tablesNow(shipped, db);
  const changes = changesOf({ records, links: await facts.links() }, { tables, toldUpTo: toldUpTo(shipped) });
  const found = [...changes.staged, ...changes.proposals].map((change) => ({
    ...change,
    digest: changeDigest(change),
  }));
  return { ...changes, added: await organisationChangeStore(db).replaceFound(found, importId) };
}

const tablesNow = async (shipped: Directory, db: Db): Promise<OrganisationTables> =>
  (await directoryToday(shipped, db)).tables;

/** The last day of which the tables tell that come with the product. */
const toldUpTo = ({ tables }: Directory): string =>
  tables.successions
    .map(({ value }) => value.on)
    .sort(order)
    .at(-1) ?? '';

export const listChanges = (states: readonly ChangeState[] | undefined, db: Db): Promise<ChangeRow[]> =>
  organisationChangeStore(db).all(states);

/** `set`: cells that complete or correct the row. */
export type Deciding = Decision & { ids: readonly string[]; set: Readonly<Record<string, string>> };

/** `waits`: of a confirmed one, why it cannot be applied yet; empty where it can. */
export type Decided = { change: ChangeRow; waits: string[] };

/**
 * A person decides about changes, all or none. Throws Fault `usage` for an id that is not there or is applied already, and
 * for a row that could not stand in its table.
 */
export function decide(deciding: Deciding, shipped: Directory, pool: Pool): Promise<Decided[]> {
  const { ids, state, by, because, set } = deciding;
  return alone(pool, async (db) => {
    const store = organisationChangeStore(db);
    const all = await store.all();
    for (const change of ids.map((id) => chosenBy(id, all))) {
      const row = { ...change.row, ...(state === 'confirmed' ? columnsOf(change, set) : {}) };
      if (state === 'confirmed') refuseLacking({ ...change, row });
      await store.decide(change.id, row, { state, by, because });
      await auditStore(db).record(auditOf(change.id, { who: by, action: state, reason: because }));
    }
    const { waiting } = await readyNow(shipped, db);
    const decided = (await store.all()).filter(({ id }) => ids.includes(id));
    return decided.map((change) => ({
      change,
      waits: waiting.find((each) => each.change.id === change.id)?.why ?? [],
    }));
  });
}

export const auditOf = (
  id: string,
  { action, ...line }: { who: string; action: string; reason: string | null },
): AuditLine => ({
  ...line,
  role: 'engineer',
  action: `organisation-change-${action}`,
  subject: `organisation-change:${id}`,
});

function chosenBy(id: string, all: readonly ChangeRow[]): ChangeRow {
  const change = all.find((each) => each.id === id);
  if (!change) throw unusable(`change ${id}`, 'there is none', '"aftercare organisations changes" lists them');
  if (change.state === 'applied')
    throw unusable(`change ${id}`, 'is applied already', '"aftercare organisations withdraw" takes it back');
  return change;
}

/** The code and the GSS code of a council are one. */
function columnsOf({ row }: ChangeRow, set: Readonly<Record<string, string>>): Record<string, string> {
  const unknown = Object.keys(set).find((column) => !(column in row));
  if (unknown !== undefined)
    throw unusable(`--set ${unknown}`, 'is no column of this row', `give one of ${Object.keys(row).join(', ')}`);
  const gss = set.gss ?? set.code;
  return row.kind === 'council' && gss !== undefined ? { ...set, code: gss, gss } : set;
}

function refuseLacking(change: ChangeRow): void {
  const lacks = lacksOf(change);
  if (lacks.length === 0) return;
  throw unusable(
    `change ${change.id}`,
    `is not complete: ${lacks.join('; ')}`,
    'give what is missing with --set COLUMN=VALUE',
  );
}

/** What would be applied now, and what has to wait for something that nobody has confirmed yet. */
type Ready = { ready: ChangeRow[]; waiting: Refused<ChangeRow>[]; tables: OrganisationTables };

export type Planned = Omit<Ready, 'tables'> & { directory: Directory };

/** The directory as it will be when what is staged and confirmed is applied. Changes nothing. */
export async function planned(loaded: Directory, db: Db): Promise<Planned> {
  const shipped = loaded.shipped ?? loaded;
  const { ready, waiting, tables } = await readyNow(shipped, db);
  if (ready.length === 0) return { ready, waiting, directory: await directoryToday(loaded, db) };
  const version = versionOf(shipped, editionOf(shipped.tables, tables));
  return { ready, waiting, directory: { ...directoryOf(tables, { version, shipped }), isPlanned: true } };
}

async function readyNow(shipped: Directory, db: Db): Promise<Ready> {
  const now = await tablesNow(shipped, db);
  const all = await organisationChangeStore(db).all(['staged', 'confirmed']);
  const decided = all.filter(({ state, needsConfirming }) => state === 'confirmed' || !needsConfirming);
  const { counts, refused, tables } = consistentPart(now, decided);
  const open = all.filter((change) => !decided.includes(change));
  return {
    ready: counts,
    waiting: refused.map((each) => ({ ...each, why: [...waitsFor(each.change, open), ...each.why] })),
    tables,
  };
}

/** Those that nobody has decided about, and that name the same bodies. */
function waitsFor(change: ChangeRow, open: readonly ChangeRow[]): string[] {
  const together = sharingCodes([change, ...open]).find((group) => group.includes(change)) ?? [];
  const ids = together.filter((each) => each !== change).map(({ id }) => id);
  return ids.length === 0 ? [] : [`waits until somebody confirms or refuses ${ids.join(', ')}`];
}

export type Applied = Omit<Ready, 'tables'> & {
  /** Of everything that was applied up to now; null where nothing ever was. */
  edition: string | null;
};

/**
 * What is staged and confirmed counts from now on, in every process. Twice changes nothing. Who is in the register stays as
 * folded. Throws Fault `rebuilding` before anything counts: a rebuild that folds by two directories is the same as nothing.
 */
export function applyStaged({ shipped, by }: { shipped: Directory; by: string }, pool: Pool): Promise<Applied> {
  return alone(pool, async (db) => {
    const store = organisationChangeStore(db);
    await refuseWhileRebuilding(db);
    const { ready, waiting, tables } = await readyNow(shipped, db);
    if (ready.length > 0) {
      const edition = editionOf(shipped.tables, tables);
      const ids = ready.map(({ id }) => id);
      await store.apply(ids, { edition, by });
      await auditStore(db).recordAll(ids.map((id) => auditOf(id, { who: by, action: 'applied', reason: null })));
      // What is left was made against tables that now are others.
      await findChanges(shipped, null, db);
    }
    return { ready, waiting, edition: (await store.edition())?.edition ?? null };
  });
}

/** Changes that were applied, and that count no more: the tables of a newer version of the product have another row there. */
export async function outdatedChanges(shipped: Directory, db: Db): Promise<ChangeRow[]> {
  const store = organisationChangeStore(db);
  const applied = await store.edition();
  return applied === null ? [] : tablesWithApplied(shipped, await store.appliedUpTo(applied.id)).outdated;
}

/** In a transaction in which no other process changes what is known of bodies. Throws Fault `usage` where one does. */
export function alone<T>(pool: Pool, work: (db: PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(pool, async (db) => {
    if (await takeOrganisations(db)) return work(db);
    throw unusable('organisations', 'another process imports, decides or applies changes', 'wait until it has ended');
  });
}

const unusable = (where: string, text: string, next: string): Fault => new Fault({ code: 'usage', where, text, next });
