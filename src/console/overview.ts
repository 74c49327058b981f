import { FAULTS } from '../fault.js';
import { londonDay } from '../register/day.js';
import { entryStore } from '../store/entries.js';
import { messageSearchStore } from '../store/message-search.js';
import { overviewStore, type Waiting } from '../store/overview.js';
import { alertsOn } from './alerts.js';
import { listBodies } from './bodies.js';
import type { AppDeps } from './deps.js';
import { healthOf } from './health.js';
import type { OverviewView } from './schemas.js';

const MINUTE_MS = 60_000;
const MINUTES_SHOWN = 60;

/** What comes in, what waits for whom, and whether the parts work. Names nobody. */
export async function overviewOf(deps: AppDeps, now: Date): Promise<OverviewView> {
  const [inbox, register, bodies, parts] = await Promise.all([
    inboxOf(deps, now),
    registerOf(deps, now),
    listBodies(deps),
    healthOf(deps),
  ]);
  return { day: londonDay(now.toISOString()), ...inbox, ...register, bodies, parts };
}

// One question after another: each is quick, and a new connection for each of them is not.
async function inboxOf(deps: AppDeps, now: Date) {
  const overview = overviewStore(deps.pool);
  const flow = await flowOf(deps, now);
  const feeds = await feedsOf(deps);
  const uninterpreted = await overview.uninterpreted();
  const parked = await overview.parkedByFault();
  return {
    flow,
    feeds,
    uninterpreted: waitingView(uninterpreted),
    parked: parked.map((cause) => ({ fault: cause.fault, text: FAULTS[cause.fault].text, ...waitingView(cause) })),
  };
}

async function registerOf(deps: AppDeps, now: Date) {
  const alerts = await alertsOn(deps, now);
  const questions = await overviewStore(deps.pool).questions();
  const entries = await entryStore(deps.pool).counts();
  return { alerts, questions, entries };
}

/** The last hour, minute by minute, also those in which nothing came. */
async function flowOf({ pool }: AppDeps, now: Date): Promise<OverviewView['flow']> {
  const last = Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS;
  const first = new Date(last - (MINUTES_SHOWN - 1) * MINUTE_MS);
  const counted = new Map((await overviewStore(pool).minutes(first)).map((each) => [each.minute.getTime(), each]));
  return Array.from({ length: MINUTES_SHOWN }, (_, position) => {
    const minute = first.getTime() + position * MINUTE_MS;
    const { received = 0, rejected = 0 } = counted.get(minute) ?? {};
    return { minute: new Date(minute).toISOString(), received, rejected };
  });
}

async function feedsOf({ pool, site }: AppDeps): Promise<OverviewView['feeds']> {
  const feeds = site.senders.map(({ ods, application = null, name }) => ({ sender: ods, application, name }));
  const last = await messageSearchStore(pool).lastOfFeeds(feeds);
  return feeds.map((feed, position) => ({ ...feed, lastAt: last[position]?.toISOString() ?? null }));
}

const waitingView = ({ count, oldestAt }: Waiting) => ({ count, oldestAt: oldestAt?.toISOString() ?? null });
