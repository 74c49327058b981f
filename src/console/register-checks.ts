import type { ReconcileCounts } from '../flow/reconcile.js';
import { reconciliationStore } from '../store/reconciliations.js';
import type { AppDeps } from './deps.js';
import type { RegisterChecksView } from './schemas.js';

type Check = RegisterChecksView['checks'][number];

/** Half a year, week by week. */
const SHOWN = 26;

/** How a body's own register compared with this one, the newest first. */
export async function listRegisterChecks({ pool }: AppDeps, code: string): Promise<RegisterChecksView> {
  const ended = await reconciliationStore<ReconcileCounts>(pool).ended(code, SHOWN);
  return {
    checks: ended.flatMap(({ counts, endedAt, asOf, source, startedBy, applied }) =>
      counts === null || endedAt === null
        ? []
        : [{ ...counts, endedAt: endedAt.toISOString(), asOf, source, startedBy, applied }],
    ),
  };
}

/** Bars in units of its own, the oldest first: people who differ. */
export type TrendChart = {
  width: number;
  height: number;
  most: number;
  bars: { x: number; y: number; height: number; title: string }[];
};

const HEIGHT = 60;
const BAR = 10;

/** Null where there is nothing to compare: one check is no trend. */
export function trendChart(checks: readonly Check[]): TrendChart | null {
  if (checks.length < 2) return null;
  const most = Math.max(...checks.map(({ differing }) => differing), 1);
  const high = ({ differing }: Check): number => Math.round((differing / most) * HEIGHT * 100) / 100;
  return {
    width: SHOWN * BAR, // a few are not drawn as wide as many
    height: HEIGHT,
    most,
    bars: checks.toReversed().map((check, position) => ({
      x: position * BAR,
      y: HEIGHT - high(check),
      height: high(check),
      title: `${check.asOf}: ${check.differing} differ of ${check.differing + check.same}`,
    })),
  };
}
