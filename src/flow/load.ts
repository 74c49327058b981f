import { Fault } from '../fault.js';
import type { Refusal, RowReader } from '../interpret/load-row.js';
import type { Mappings } from '../interpret/mappings.js';
import type { Log } from '../log.js';
import type { StatedFact } from '../register/fact.js';
import { isAway } from '../store/database.js';
import { factStore } from '../store/facts.js';
import { inTransaction } from '../store/transaction.js';
import { type FoldDeps, foldDue } from './fold.js';
import { openMapped } from './mapped-sheet.js';
import { recordAll } from './record-all.js';
import { type RefusedFile, refusedFile } from './refused-file.js';

/** Rows, but for `facts`: those that were new. */
export type LoadCounts = { rows: number; accepted: number; known: number; refused: number; facts: number };

/** `refusals`: the first of them; a sheet under a wrong mapping has as many as it has cells. */
export type Loaded = LoadCounts & { refusals: Refusal[] };

export type LoadOptions = {
  file: string;
  mappingFile: string;
  dryRun: boolean;
  /** Where refused rows are kept, as they were and with the reason. */
  refusedTo: string | null;
  recordedBy: string;
  /** Called now and then while rows are read. */
  progress: (counts: LoadCounts) => void;
};

type Deps = FoldDeps & { mappings: Mappings; log: Log };

const BATCH = 500;
const MOST_REFUSALS = 1_000;

/**
 * Loads history from a spreadsheet: every row by itself, in batches that are committed as they come. A fact's id is made
 * from its content, so a sheet that is loaded again, amended, or after an interruption, adds only what is new. Throws
 * `system-unreachable`, saying how far it came, when the database goes away.
 */
export async function loadSheet(options: LoadOptions, deps: Deps): Promise<Loaded> {
  const { sheet, read } = await openMapped(options, { codes: deps.mappings.codes, today: deps.today() });
  const done: Loaded = { rows: 0, accepted: 0, known: 0, refused: 0, facts: 0, refusals: [] };
  const store = storing(options, deps);
  const refused = options.refusedTo === null ? null : refusedFile(options.refusedTo, sheet);
  try {
    await loadRows(sheet.rows(), { read, store, refused, done, progress: options.progress });
  } catch (error) {
    throw isAway(error) ? lostMeanwhile(done, options, error) : error;
  } finally {
    await refused?.close();
  }
  if (!options.dryRun) await foldLoaded(deps);
  return done;
}

async function foldLoaded(deps: Deps): Promise<void> {
  try {
    await foldDue({ ...deps, deliver: () => {} });
  } catch (cause) {
    if (!isAway(cause)) throw cause;
    const text = 'went away: every row is recorded, and the register does not yet say so of everybody';
    const next = 'once it is back, a running service goes on by itself; or load the sheet again';
    throw new Fault({ code: 'system-unreachable', where: 'database', text, next }, { cause });
  }
}

function lostMeanwhile({ rows, accepted, known }: Loaded, { dryRun, refusedTo }: LoadOptions, cause: unknown): Fault {
  const text = dryRun
    ? `went away after ${rows} rows were read; nothing was recorded`
    : `went away after ${rows} rows were read: ${accepted + known} of them are recorded`;
  const another = refusedTo === null ? '' : ', with another file for --refused';
  const next = `once it is back, load the same sheet again${another}: what is recorded counts as known, and it goes on from there`;
  return new Fault({ code: 'system-unreachable', where: 'database', text, next }, { cause });
}

type Store = (rows: readonly StatedFact[][]) => Promise<Set<string>>;
type Row = { line: number; cells: string[] };
type Loading = {
  read: RowReader;
  store: Store;
  refused: RefusedFile | null;
  done: Loaded;
  progress: (counts: LoadCounts) => void;
};

async function loadRows(rows: AsyncIterable<Row>, { read, store, refused, done, progress }: Loading): Promise<void> {
  let batch: StatedFact[][] = [];
  const flush = async () => {
    count(batch, await store(batch), done);
    batch = [];
    progress(done);
  };
  for await (const { line, cells } of rows) {
    done.rows += 1;
    const row = read(line, cells);
    if (row.kind === 'facts') batch.push(row.facts);
    else {
      done.refused += 1;
      done.refusals.push(...row.refusals.slice(0, MOST_REFUSALS - done.refusals.length));
      await refused?.write(cells, row.refusals);
    }
    if (batch.length >= BATCH) await flush();
  }
  await flush();
}

/** A row is accepted when it says anything new; a fact that two rows say is new in the first of them. */
function count(batch: readonly StatedFact[][], news: Set<string>, done: Loaded): void {
  done.facts += news.size;
  for (const facts of batch) {
    const isNew = facts.filter(({ id }) => news.delete(id)).length > 0;
    if (isNew) done.accepted += 1;
    else done.known += 1;
  }
}

/** Stores a batch in one transaction and answers which facts are new. A dry run only looks. */
function storing({ dryRun, recordedBy }: LoadOptions, { pool }: Deps): Store {
  const seen = new Set<string>();
  return async (rows) => {
    const facts = [...new Map(rows.flat().map((fact) => [fact.id, fact])).values()];
    const news = await inTransaction(pool, async (db) => {
      const store = factStore(db);
      const known = new Set((await store.statedBefore(facts.map(({ id }) => id))).map(({ id }) => id));
      const fresh = facts.filter(({ id }) => !known.has(id));
      if (!dryRun) await recordAll(fresh, recordedBy, db);
      return fresh.map(({ id }) => id);
    });
    const first = news.filter((id) => !seen.has(id));
    if (dryRun) for (const id of first) seen.add(id);
    return new Set(first);
  };
}
