import type { Site } from '../site.js';
import { type Reconciliation, reconciliationStore } from '../store/reconciliations.js';
import { type ReconcileCounts, type ReconcileDeps, type ReconcileHow, reconcile } from './reconcile.js';
import type { Reconciling } from './reconcile-person.js';
import { registerFromFhir } from './register-fhir.js';

type Deps = ReconcileDeps & { stop: AbortSignal };

const DAY_MS = 86_400_000;

/**
 * Holds the register of every body against this one whose turn has come by the site file. Any number of processes may call
 * it: each body is one process's at a time. A body that cannot be read is tried again at the next round, from where it was.
 */
export async function reconcileDue(deps: Deps): Promise<void> {
  const { pool, site, log, stop, now, today } = deps;
  for (const { side, code, settings } of scheduled(site)) {
    if (stop.aborted) return;
    const [last] = await reconciliationStore<ReconcileCounts>(pool).ended(code);
    if (!isDue(last, settings.everyDays, now())) continue;
    const body: Reconciling = { side, code, keys: [code, `${code}-children`], asOf: today() };
    const register = registerFromFhir({ requestsPerMinute: settings.requestsPerMinute, stop }, body, deps);
    if (register === null) continue;
    const how: ReconcileHow = {
      body,
      register,
      apply: settings.apply,
      by: 'schedule',
      role: 'service',
      stop,
      differing: async () => {},
      progress: () => {},
    };
    try {
      const { differing } = await reconcile(how, deps);
      log.info('a register was held against this one; so many people differ', { council: code, count: differing });
    } catch (error) {
      if (stop.aborted) return;
      log.warn('a register could not be held against this one, and is tried again', { council: code, error });
    }
  }
}

const isDue = (last: Pick<Reconciliation<unknown>, 'endedAt'> | undefined, everyDays: number, at: Date): boolean =>
  !last?.endedAt || at.getTime() - last.endedAt.getTime() >= everyDays * DAY_MS;

function scheduled({ councils, icbs }: Site) {
  return [
    ...councils.map(({ gss, reconcile: settings }) => ({ side: 'council' as const, code: gss, settings })),
    ...icbs.map(({ ods, reconcile: settings }) => ({ side: 'icb' as const, code: ods, settings })),
  ].flatMap(({ settings, ...body }) => (settings === null ? [] : [{ ...body, settings }]));
}
