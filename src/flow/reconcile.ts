import type { Pool } from 'pg';
import { Fault } from '../fault.js';
import type { Mappings } from '../interpret/mappings.js';
import type { Log } from '../log.js';
import { DIFFERENCE_KINDS, type DifferenceKind, type RegisterEntry } from '../register/register-comparison.js';
import { auditStore } from '../store/audit.js';
import { deliveryStore } from '../store/deliveries.js';
import { asReconciler, reconciliationStore } from '../store/reconciliations.js';
import { inTransaction } from '../store/transaction.js';
import { directoryToday } from './directory-today.js';
import { type FoldDeps, foldDue } from './fold.js';
import { judgeEverybody } from './reconcile-people.js';
import type { Judged, Reconciling } from './reconcile-person.js';
import { recordAll } from './record-all.js';
import { registerEntry } from './register-entry.js';
import type { RegisterRows } from './register-rows.js';
import { refuseWhileRebuilding } from './whole-register.js';

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

export type ReconcileHow = {
  body: Reconciling;
  register: RegisterRows;
  /** Sends again what is missing or behind there, and records what else differs, so that it is asked. */
  apply: boolean;
  by: string;
  /** As what they work who had it done: the service by its schedule, or an engineer. */
  role: 'service' | 'engineer';
  /** Between two pages: what was read so far is kept. */
  stop: AbortSignal;
  differing(people: readonly Judged[]): Promise<void>;
  progress(done: number): void;
};

export type ReconcileDeps = FoldDeps & { mappings: Mappings; log: Log };
type Deps = ReconcileDeps;

/** A server forgets where a reader was. */
const KEEPS_PLACE_MS = 3_600_000;

/**
 * Holds a body's own register against this one. Nothing ends, moves or is deleted by it, whoever spoke last: what is missing
 * or behind there is sent again, and everything else is asked. Throws Fault `usage` while another process does the same, and
 * `rebuilding`.
 */
export async function reconcile(how: ReconcileHow, deps: Deps): Promise<ReconcileCounts> {
  try {
    const counts = await asReconciler(deps.pool, how.body.code, () => reconcileAlone(how, deps));
    if (counts !== null) return counts;
  } finally {
    await how.register.close?.();
  }
  const text = 'another process holds its register against this one';
  throw new Fault({ code: 'usage', where: how.body.code, text, next: 'wait until it has ended' });
}

async function reconcileAlone(how: ReconcileHow, deps: Deps): Promise<ReconcileCounts> {
  const { apply } = how;
  await refuseWhileRebuilding(deps.pool);
  const reading = await begun(how, deps);
  const counts = { ...noCounts(), ...(await readAll(reading, how, deps.pool)) };
  const judged = judgeEverybody(reading.id, how, {
    ...deps,
    directory: await directoryToday(deps.directory, deps.pool),
  });
  for await (const people of judged) {
    how.stop.throwIfAborted();
    for (const person of people) count(person, counts);
    const differing = people.filter(({ differences }) => differences.length > 0);
    if (apply) await applyTo(people, how, deps);
    if (differing.length > 0) await how.differing(differing);
  }
  await ended(reading.id, counts, how, deps);
  if (apply) await foldDue({ ...deps, deliver: () => {} });
  return counts;
}

/** What was sent again leaves no other trace of who had it sent. */
async function ended(id: string, counts: ReconcileCounts, { body, apply, by, role }: ReconcileHow, { pool }: Deps) {
  const line = { who: by, role, action: 'register-compared', subject: `body:${body.code}`, reason: null };
  await inTransaction(pool, async (db) => {
    await reconciliationStore<ReconcileCounts>(db).end(id, { counts, applied: apply });
    if (apply) await auditStore(db).record(line);
  });
}

/** `from`: where reading goes on. `isRead`: everything was read before. */
type Reading = { id: string; from: string | null; isRead: boolean; refused: number };

/** One that was broken off goes on, if it is of a server and of the same day; else another begins. */
async function begun({ body, register, by }: ReconcileHow, { pool, now }: Deps): Promise<Reading> {
  const store = reconciliationStore(pool);
  const { source } = register;
  const [last] = await store.of(body.code, 1);
  const isOfServer = source === 'fhir' && last?.source === source && last.asOf === body.asOf && last.endedAt === null;
  const isFresh = last !== undefined && now().getTime() - (last.pagedAt?.getTime() ?? 0) < KEEPS_PLACE_MS;
  const isRead = last !== undefined && last.readAt !== null;
  if (isOfServer && isFresh && (isRead || last.nextPage !== null))
    return { id: last.id, from: last.nextPage, isRead, refused: last.refused };
  const id = await store.begin({ body: body.code, source, asOf: body.asOf, startedBy: by });
  return { id, from: null, isRead: false, refused: 0 };
}

/** Each page is kept together with where the next begins. */
async function readAll(
  { id, from, isRead, ...before }: Reading,
  { register, progress, stop }: ReconcileHow,
  pool: Pool,
): Promise<Pick<ReconcileCounts, 'rows' | 'refused'>> {
  let { count: rows, lastLine: line } = await reconciliationStore(pool).rowsOf(id);
  let { refused } = before;
  for await (const page of isRead ? [] : register.pages(from)) {
    if (page.spoilt) {
      await reconciliationStore(pool).giveUp(id);
      throw page.spoilt;
    }
    const added = page.rows.map((row) => ({ ...row, line: ++line }));
    await inTransaction(pool, async (db) => {
      await reconciliationStore(db).addRows(id, added);
      await reconciliationStore(db).reached(id, { nextPage: page.next, refused: page.refused });
    });
    rows += added.filter(({ said }) => said !== null).length;
    refused += page.refused;
    progress(rows);
    stop.throwIfAborted();
  }
  await reconciliationStore(pool).identify(id);
  return { rows: rows + refused, refused };
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
  if (sendAgain.length > 0) counts.sendAgain += 1;
  if (record.length > 0 || isUnsaid) counts.asked += 1;
}

/** What was recorded before, and what is on its way, stays as it is: twice changes nothing. */
async function applyTo(people: readonly Judged[], how: ReconcileHow, { pool, mappings }: Deps): Promise<void> {
  const again = people.flatMap(({ sendAgain }) => sendAgain);
  if (again.length > 0) await deliveryStore(pool).requeue({ publicationIds: again, confirmedToo: true });
  const none = people.filter(({ isUnsaid }) => isUnsaid).flatMap(({ nhsNumber }) => noneOf(nhsNumber, how, mappings));
  const facts = [...people.flatMap((person) => person.record), ...none];
  if (facts.length > 0) await inTransaction(pool, (db) => recordAll(facts, how.by, db));
}

/** The register has nobody of that number. Of whom no number is known, nothing can be said there. */
function noneOf(nhsNumber: string | null, { body, register }: ReconcileHow, { codes }: Mappings): RegisterEntry[] {
  if (nhsNumber === null) return [];
  const { statedBy } = register;
  const none = registerEntry({ nhsNumber, status: 'none' }, { ...body, statedBy }, codes);
  if (none === null) throw new Error(`no register entry: ${body.code}`);
  return [none];
}
