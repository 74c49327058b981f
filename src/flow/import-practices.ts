import type { PoolClient } from 'pg';
import type { Membership } from '../organisations/directory.js';
import { joined } from '../organisations/memberships.js';
import {
  type Practice,
  type PracticeLeftOut,
  type PracticeRefusal,
  practiceFile,
  type PracticeRow as ReadRow,
} from '../organisations/practice-file.js';
import type { Day } from '../register/day.js';
import { importStore } from '../store/imports.js';
import { type PracticeRow, practiceRows, replacePractices } from '../store/practices.js';
import { grouped } from './grouped.js';
import { newTally, nothingIn, type Opened, readRows, refuse, type Tally, unusable } from './national-file.js';
import { type Counts, type How, type ImportReport, type NationalImport, noted } from './national-import.js';

/** To whom each GP practice belongs. A practice that belongs to another now keeps the row of the one before, ended. */
export const practicesImport: NationalImport = {
  recognises: (first) => practiceFile(first) !== null,
  read: importIn,
};

export type PracticeTally = Tally<PracticeLeftOut, PracticeRefusal>;
type PracticeLine = Extract<ReadRow, { kind: 'practice' }>;

export const newPracticeTally = (): PracticeTally => newTally({ setting: 0, commissioner: 0 });

/** Hands over the practices of a file, many at a time, each once. Throws Fault `usage` for what is no file of practices. */
export function readPractices(
  file: string,
  tally: PracticeTally,
  take: (practices: Practice[]) => Promise<void>,
): Promise<void> {
  const seen = new Set<string>();
  const isFirst = ({ line, row }: { line: number; row: PracticeLine }): boolean => {
    const { code } = row.practice;
    const isTwice = seen.has(code);
    if (isTwice) refuse(tally, 'twice', line);
    seen.add(code);
    return !isTwice;
  };
  return readRows<PracticeLine, PracticeLeftOut, PracticeRefusal>(
    file,
    tally,
    (first) => opened(file, first),
    (rows) => take(rows.filter(isFirst).map(({ row }) => row.practice)),
  );
}

function opened(file: string, first: string): Opened<ReadRow> {
  const found = practiceFile(first);
  if (found === null) throw unusable(file, 'is no list of GP practices');
  return found;
}

async function importIn(db: PoolClient, how: How): Promise<ImportReport> {
  const before = await importStore(db).edition('gp-practices');
  const tally = newPracticeTally();
  const counts: Counts = { added: 0, changed: 0, same: 0 };
  await readPractices(how.file, tally, async (practices) => {
    await keep(practices, how.today, counts, db);
    how.progress(tally.read);
  });
  if (tally.taken === 0) throw nothingIn(how.file, 'to whom a GP practice belongs', tally);
  return noted('gp-practices', { tally, counts, before }, how, db);
}

async function keep(practices: readonly Practice[], today: Day, counts: Counts, db: PoolClient): Promise<void> {
  const known = await practiceRows(
    db,
    practices.map(({ code }) => code),
  );
  const knownOf = grouped(known, (row) => [row.code, row]);
  const replaced: PracticeRow[] = [];
  for (const practice of practices) {
    const held = knownOf.get(practice.code) ?? [];
    const rows = rowsOf(practice, held, today);
    if (held.length === 0) counts.added++;
    else if (JSON.stringify(rows.map(inColumns)) === JSON.stringify(held.map(inColumns))) counts.same++;
    else counts.changed++;
    replaced.push(...rows);
  }
  if (replaced.length > 0) await replacePractices(db, replaced);
}

function rowsOf(practice: Practice, held: readonly PracticeRow[], today: Day): PracticeRow[] {
  const { code, status } = practice;
  const memberships = joined(held.map(membershipOf), practice.joined, today);
  // A list of moves may leave out what another file has told.
  const [last] = held.slice(-1);
  const name = practice.name === '' ? (last?.name ?? '') : practice.name;
  const openedOn = practice.openedOn ?? last?.openedOn ?? null;
  return memberships.map((membership) => ({
    code,
    ...membership,
    name,
    status,
    openedOn,
    closedOn: practice.closedOn,
  }));
}

const membershipOf = ({ commissioner, from, to }: PracticeRow): Membership => ({ commissioner, from, to });

const inColumns = ({ code, commissioner, from, to, name, status, openedOn, closedOn }: PracticeRow) => [
  code,
  commissioner,
  from,
  to,
  name,
  status,
  openedOn,
  closedOn,
];
