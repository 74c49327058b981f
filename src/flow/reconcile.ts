import type { Pool } from 'pg';
import type { Mappings } from '../interpret/mappings.js';
import { statedFact } from '../interpret/stated.js';
import type { Log } from '../log.js';
import type { StatedBy } from '../register/fact.js';
import { nodesOf } from '../register/nodes.js';
import { DIFFERENCE_KINDS, type DifferenceKind, type RegisterEntry } from '../register/register-comparison.js';
import { deliveryStore } from '../store/deliveries.js';
import { factStore } from '../store/facts.js';
import { type RegisterRow, type RegisterSource, reconciliationStore } from '../store/reconciliations.js';
import { inTransaction } from '../store/transaction.js';
import { directoryToday } from './directory-today.js';
import { type FoldDeps, foldDue } from './fold.js';
import { type Judged, judgeMissing, judgeRows, type Reconciling } from './reconcile-person.js';

/** People, but for `rows`, `refused` and `oldCodes`. One person may differ in several kinds. */
export type ReconcileCounts = {
  rows: number;
  /** Rows that say nothing, or nothing certain, of anybody. */
  refused: number;
  same: number;
  differing: number;
  /** The body is the same, under another of its codes: no difference. */
  oldCodes: number;
  kinds: Record<DifferenceKind, number>;
  /** What is missing or behind there: handed over again, with `apply`. */
  sendAgain: number;
  /** What only people can settle: asked, with `apply`. */
  asked: number;
};

/** The rows of a body's register, in batches, as they are read. */
export type RegisterRows = {
  source: RegisterSource;
  statedBy: StatedBy;
  rows: AsyncIterable<RegisterRow[]>;
  refused(): number;
};

export type ReconcileHow = {
  body: Reconciling;
  register: RegisterRows;
  /** Sends again what is missing or behind there, and records what else differs, so that it is asked. */
  apply: boolean;
  by: string;
  differing(people: readonly Judged[]): Promise<void>;
  progress(done: number): void;
};

type Deps = FoldDeps & { mappings: Mappings; log: Log };

const PAGE = 500;

/**
 * Holds a body's own register against this one. Nothing ends, moves or is deleted by it, whoever spoke last: what is missing
 * or behind there is sent again, and everything else is asked.
 */
export async function reconcile(how: ReconcileHow, deps: Deps): Promise<ReconcileCounts> {
  const { body, register, apply, by } = how;
  const store = reconciliationStore<ReconcileCounts>(deps.pool);
  const { source } = register;
  const id = await store.begin({ body: body.code, source, asOf: body.asOf, startedBy: by });
  const counts = noCounts();
  for await (const rows of register.rows) {
    await store.addRows(id, rows);
    counts.rows += rows.length;
    how.progress(counts.rows);
  }
  await store.reached(id, null);
  counts.refused = register.refused();
  counts.rows += counts.refused;
  const judged = judge(id, body, { ...deps, directory: await directoryToday(deps.directory, deps.pool) });
  for await (const people of judged) {
    for (const person of people) count(person, counts);
    const differing = people.filter(({ differences }) => differences.length > 0);
    if (apply) await applyTo(people, how, deps);
    if (differing.length > 0) await how.differing(differing);
  }
  await store.end(id, { counts, applied: apply });
  if (apply) await foldDue({ ...deps, deliver: () => {} });
  return counts;
}

const noCounts = (): ReconcileCounts => ({
  rows: 0,
  refused: 0,
  same: 0,
  differing: 0,
  oldCodes: 0,
  kinds: Object.fromEntries(DIFFERENCE_KINDS.map((kind) => [kind, 0])) as Record<DifferenceKind, number>,
  sendAgain: 0,
  asked: 0,
});

function count({ differences, oldCodes, sendAgain, record, isUnsaid }: Judged, counts: ReconcileCounts): void {
  counts.oldCodes += oldCodes;
  if (differences.length === 0) {
    counts.same += 1;
    return;
  }
  counts.differing += 1;
  for (const kind of new Set(differences.map((each) => each.kind))) counts.kinds[kind] += 1;
  if (sendAgain !== null) counts.sendAgain += 1;
  if (record.length > 0 || isUnsaid) counts.asked += 1;
}

/** Everybody whom either register has, page by page. */
async function* judge(id: string, body: Reconciling, deps: Deps): AsyncGenerator<Judged[]> {
  const store = reconciliationStore(deps.pool);
  const bodies = body.keys;
  for (let after = ''; ; ) {
    const people = await store.people(id, { bodies, limit: PAGE, after });
    yield people.map(({ rows, ...person }) => judgeRows(person, rows, body, deps));
    const last = people.at(-1);
    if (!last) break;
    after = last.who;
  }
  for (let after: string | null = null; ; ) {
    const people = await store.missing(id, { bodies, limit: PAGE, after });
    yield people.flatMap((person) => judgeMissing(person, body, deps) ?? []);
    after = people.at(-1)?.personKey ?? null;
    if (after === null) return;
  }
}

/** What was recorded before, and what is on its way, stays as it is: twice changes nothing. */
async function applyTo(people: readonly Judged[], how: ReconcileHow, { pool, mappings }: Deps): Promise<void> {
  const again = people.flatMap(({ sendAgain }) => sendAgain ?? []);
  if (again.length > 0) await deliveryStore(pool).requeue({ publicationIds: again, confirmedToo: true });
  const none = people.filter(({ isUnsaid }) => isUnsaid).flatMap(({ nhsNumber }) => noneOf(nhsNumber, how, mappings));
  await record([...people.flatMap((person) => person.record), ...none], how.by, pool);
}

/** The register has nobody of that number. Of whom no number is known, nothing can be said there. */
function noneOf(nhsNumber: string | null, { body, register }: ReconcileHow, { codes }: Mappings): RegisterEntry[] {
  if (nhsNumber === null) return [];
  const { statedBy } = register;
  const said = { kind: 'register-entry', nhsNumber, body: body.side, on: body.asOf, status: 'none', statedBy };
  const fact = statedFact(said, codes);
  if (typeof fact === 'string' || fact.kind !== 'register-entry') throw new Error(`no register entry: ${body.code}`);
  return [fact];
}

async function record(facts: readonly RegisterEntry[], recordedBy: string, pool: Pool): Promise<void> {
  if (facts.length === 0) return;
  await inTransaction(pool, (db) =>
    factStore(db).recordStated(facts.map((fact) => ({ recordedBy, fact, nodes: nodesOf(fact) }))),
  );
}
