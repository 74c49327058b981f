import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import type { Log } from '../log.js';
import { destinationsOf } from '../site.js';
import { closureStore } from '../store/closure.js';
import { foldedWithStore } from '../store/folded-with.js';
import { inRehearsal } from '../store/replay.js';
import { inTransaction } from '../store/transaction.js';
import { watchStore } from '../store/watch.js';
import { hasEnded } from './asked.js';
import { directoryToday } from './directory-today.js';
import { type FoldDeps, foldOf, keepFold } from './fold.js';
import { type FoldPart, foldedWithToday, partsThatDiffer } from './folded-with.js';
import { isDue, keysIn, onPage } from './page-of-people.js';
import { type ChangedEntry, changedEntry } from './refold-difference.js';
import { type Batch, openTally, type Tally } from './refold-tally.js';
import { sentBy } from './told-versions.js';
import { ofWholeRegister, refuseWhileRebuilding } from './whole-register.js';

export type RefoldHow = {
  /** Else every step is really taken, but nothing is kept. */
  apply: boolean;
  /** At most so many people a second; null: as fast as it goes. */
  perSecond: number | null;
  /** It waits while more versions than this are due to any one body. */
  mostDue: number;
  /** What was begun is finished, and nothing else begun. */
  stop: AbortSignal;
  /** Everybody who differs, batch by batch. */
  differ(people: readonly ChangedEntry[]): Promise<void>;
  progress(done: number, of: number): void;
  /** Told when it begins to wait for a body. */
  waits(body: string, due: number): void;
};

/** People who were folded by others than today's rules, by which parts are others. */
export type OtherPeople = { parts: FoldPart[]; count: number };

/** `left`: still folded by others. */
export type Refolded = Tally & { others: OtherPeople[]; left: number; interrupted: boolean };

type Deps = FoldDeps & { log: Log };

/** A page is folded in two transactions side by side. */
const PAGE = 200;

/**
 * Folds everybody whose entry was made by other rules, policies, organisations or program than today's, in batches. Those
 * who are done carry today's versions, so what was broken off goes on where it was, and twice changes nothing. Without
 * `apply` nothing is locked or kept, and what is told is what `apply` does.
 */
export async function refold(how: RefoldHow, deps: Deps): Promise<Refolded> {
  const store = foldedWithStore(deps.pool);
  const today = await store.today(foldedWithToday(deps));
  const groups = await othersNow(deps);
  const of = groups.reduce((sum, { count }) => sum + count, 0);
  const tally = openTally();
  const pace = pacer(how);
  for (const { foldedWith } of groups) {
    for (let after: string | null = null; !how.stop.aborted; ) {
      if (how.apply) await untilBodiesTake(how, deps);
      if (how.stop.aborted) break;
      const page: string[] = await store.page(foldedWith, pageSize(how), after);
      after = page.at(-1) ?? null;
      if (after === null) break;
      const batches = await refoldPage(page, how.apply, deps);
      for (const batch of batches) {
        tally.add(batch);
        await how.differ(batch.people);
      }
      how.progress(tally.done(), of);
      await pace(tally.done());
    }
  }
  const left = how.apply ? (await othersNow(deps)).reduce((sum, { count }) => sum + count, 0) : of;
  const others = groups.map(({ foldedWith, count }) => ({ parts: partsThatDiffer(foldedWith, today), count }));
  return { ...tally.sums(), others: together(others), left, interrupted: how.stop.aborted };
}

const othersNow = (deps: Deps) =>
  ofWholeRegister(deps.pool, () => foldedWithStore(deps.pool).others(foldedWithToday(deps)));

/** Two older versions may differ from today's in the same parts. */
function together(others: readonly OtherPeople[]): OtherPeople[] {
  const byParts = new Map<string, OtherPeople>();
  for (const { parts, count } of others) {
    const key = parts.join(' ');
    byParts.set(key, { parts, count: count + (byParts.get(key)?.count ?? 0) });
  }
  return [...byParts.values()];
}

const pageSize = ({ apply, perSecond, mostDue }: RefoldHow): number =>
  Math.max(1, Math.min(PAGE, perSecond ?? PAGE, apply ? mostDue : PAGE));

function pacer({ perSecond, stop }: RefoldHow): (done: number) => Promise<void> {
  const began = performance.now();
  return async (done) => {
    if (perSecond === null) return;
    const ahead = (done / perSecond) * 1_000 - (performance.now() - began);
    if (ahead > 0) await sleep(ahead, undefined, { signal: stop }).catch(() => undefined);
  };
}

const LOOKS_EVERY_MS = 500;

/**
 * Bodies without a destination take nothing, and what is due to them is parked: they are not waited for. Nor are those that
 * are no more, whose systems may be gone for good.
 */
async function untilBodiesTake({ mostDue, waits, stop }: RefoldHow, deps: Deps): Promise<void> {
  const { pool, site, today } = deps;
  const directory = await directoryToday(deps.directory, pool);
  const bodies = destinationsOf(site).map(({ body }) => body);
  const connected = new Set(bodies.filter((body) => !hasEnded(body, directory, today())));
  // Once it waits, it waits until half is taken: else it would stop at every page.
  for (let most = mostDue, told = false; !stop.aborted; most = Math.floor(mostDue / 2)) {
    const due = (await watchStore(pool).undelivered()).filter(({ body }) => connected.has(body));
    const full = due.find(({ count }) => count > most);
    if (!full) return;
    if (!told) waits(full.body, full.count);
    told = true;
    await sleep(LOOKS_EVERY_MS, undefined, { signal: stop }).catch(() => undefined);
  }
}

type Round = { keys: ReadonlySet<string>; apply: boolean; deps: Deps };

function refoldPage(page: readonly string[], apply: boolean, deps: Deps): Promise<Batch[]> {
  const round = { keys: new Set(page), apply, deps };
  return onPage(
    page,
    {
      within: apply ? inTransaction : inRehearsal,
      work: (db, parts) => refoldIn(db, parts.flat(), round),
      failed: (): Batch => ({ compared: 0, waiting: 0, failed: 1, people: [] }),
    },
    deps,
  );
}

async function refoldIn(db: PoolClient, nodeIds: readonly string[], { keys, apply, deps }: Round): Promise<Batch> {
  await refuseWhileRebuilding(db);
  const closures = apply ? await closureStore(db).lock(nodeIds) : await closureStore(db).look(nodeIds);
  const kept = await foldedWithStore(db).entries(keysIn(closures));
  const today = await foldedWithStore(db).today(foldedWithToday(deps));
  const others = new Set(kept.flatMap(({ personKey, foldedWith }) => (foldedWith === today ? [] : [personKey])));
  const concerned = closures.filter((closure) => keysIn([closure]).some((key) => others.has(key)));
  // What waits to be folded anyway is no difference that this makes.
  const [waiting, folding] = apply ? [[], concerned] : apart(concerned, isDue);
  const fold = await foldOf(folding, deps, db);
  const sent = sentBy(fold);
  if (apply) await keepFold(fold, db);

  const was = new Map(kept.map(({ personKey, entry }) => [personKey, entry]));
  const is = new Map(fold.people.map(({ key, entry }) => [key, entry]));
  // Without `apply`, others of the same closure who are not of this page come with their own.
  const old = keysIn(folding).filter((key) => others.has(key) && (apply || keys.has(key)));
  const all = [...new Set([...old, ...[...is.keys()].filter((key) => !was.has(key))])];
  return {
    compared: old.length,
    waiting: keysIn(waiting).filter((key) => keys.has(key)).length,
    failed: 0,
    people: all.flatMap((key) => {
      const entries = { was: was.get(key) ?? null, is: is.get(key) ?? null };
      return changedEntry(key, entries, sent.get(key) ?? []) ?? [];
    }),
  };
}

const apart = <T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] => [
  items.filter(isFirst),
  items.filter((item) => !isFirst(item)),
];
