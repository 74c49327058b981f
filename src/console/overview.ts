import { FAULTS } from '../fault.js';
import { londonDay } from '../register/day.js';
import { deliveryStore } from '../store/deliveries.js';
import { entryStore } from '../store/entries.js';
import { overviewStore, type Waiting } from '../store/overview.js';
import { londonMidnight } from './clock.js';
import type { AppDeps } from './deps.js';
import { healthOf } from './health.js';
import type { OverviewView } from './schemas.js';

/** What came today, what waits for whom, and whether the parts work. */
export async function overviewOf(deps: AppDeps, now: Date): Promise<OverviewView> {
  const overview = overviewStore(deps.pool);
  const [today, uninterpreted, parked, questions, entries, deliveries, parts] = await Promise.all([
    overview.messagesSince(londonMidnight(now)),
    overview.uninterpreted(),
    overview.parkedByFault(),
    overview.questions(),
    entryStore(deps.pool).counts(),
    deliveriesByBody(deps),
    healthOf(deps),
  ]);
  return {
    day: londonDay(now.toISOString()),
    today,
    uninterpreted: waitingView(uninterpreted),
    parked: parked.map((cause) => ({ fault: cause.fault, text: FAULTS[cause.fault].text, ...waitingView(cause) })),
    deliveries,
    questions,
    entries,
    parts,
  };
}

const NO_DELIVERIES = { due: 0, sending: 0, 'handed-over': 0, confirmed: 0, parked: 0, overtaken: 0 };

/** Every body that is connected or was told something, also those with nothing yet. */
export async function deliveriesByBody({ pool, site, bodyName }: AppDeps): Promise<OverviewView['deliveries']> {
  const [counts, undelivered] = await Promise.all([deliveryStore(pool).counts(), overviewStore(pool).undelivered()]);
  const connected = [
    ...site.councils.map(({ gss }) => gss),
    ...site.icbs.flatMap(({ ods, destination }) => (destination ? [ods] : [])),
  ];
  const bodies = [...new Set([...connected, ...counts.map(({ body }) => body)])];
  return bodies.map((body) => ({
    body,
    bodyName: bodyName?.(body) ?? null,
    counts: {
      ...NO_DELIVERIES,
      ...Object.fromEntries(counts.filter((row) => row.body === body).map(({ state, count }) => [state, count])),
    },
    oldestUndeliveredAt: undelivered.find((row) => row.body === body)?.oldestAt?.toISOString() ?? null,
  }));
}

const waitingView = ({ count, oldestAt }: Waiting) => ({ count, oldestAt: oldestAt?.toISOString() ?? null });
