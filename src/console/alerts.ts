import { nextOf, sentenceOf } from '../flow/watch-text.js';
import { type Alert, watchStore } from '../store/watch.js';
import type { AppDeps } from './deps.js';
import type { OverviewView } from './schemas.js';

type Alerts = OverviewView['alerts'];

/** A round comes every quarter of a minute; so many are missed before the page says that nobody looks. */
const LATE_MS = 2 * 60_000;

/** The alerts that are on, oldest first, and since when nobody has looked for others where that is long ago. */
export async function alertsOn({ pool, bodyName }: AppDeps, now: Date): Promise<Alerts> {
  const watch = watchStore(pool);
  const [open, lookedAt] = [await watch.open(), await watch.lookedAt()];
  return {
    on: open.map((alert) => alertView(alert, bodyName)),
    lookedAt: lookedAt?.toISOString() ?? null,
    late: lookedAt === null || now.getTime() - lookedAt.getTime() > LATE_MS,
  };
}

function alertView(alert: Alert, bodyName: AppDeps['bodyName']): Alerts['on'][number] {
  const { id, kind, subject, beganAt } = alert;
  const name = isOfBody(kind) ? bodyName?.(subject) : null;
  return {
    id,
    kind,
    subject,
    beganAt: beganAt.toISOString(),
    text: sentenceOf({ ...alert, subject: name ? `${name} (${subject})` : subject, moment: 'began' }),
    next: nextOf(kind),
    page: pageOf(kind, subject),
  };
}

const OF_BODIES = ['undelivered', 'delivery-parked', 'due-chased', 'due-escalated', 'charge-new'];
const isOfBody = (kind: string): boolean => OF_BODIES.includes(kind);

/** Where to look first; null for what no page shows, such as a disk. */
function pageOf(kind: string, subject: string): string | null {
  if (kind === 'undelivered') return `/console/bodies/${encodeURIComponent(subject)}`;
  if (kind === 'delivery-parked')
    return `/console/deliveries?${new URLSearchParams({ body: subject, state: 'parked' })}`;
  if (kind === 'due-chased' || kind === 'due-escalated') return duePageOf(subject);
  if (kind === 'charge-new') return chargesOf(subject);
  if (kind === 'uninterpreted') return '/console/messages?state=received';
  if (kind === 'unfolded') return '/console/queues';
  if (kind === 'feed-silent') return messagesOf(subject);
  if (kind === 'parked-rate') return messagesOf(subject, 'parked');
  if (kind === 'sender-refused') return messagesOf(subject, 'rejected');
  return null;
}

/** `unknown`: of people for whom nobody is known to be responsible. */
const duePageOf = (body: string): string =>
  body === 'unknown' ? '/console/due' : `/console/due?${new URLSearchParams({ body })}`;

const chargesOf = (council: string): string =>
  council === 'unknown' ? '/console/charges' : `/console/charges?${new URLSearchParams({ body: council })}`;

/** A feed is named by its sender and, where the site file gives one, its application; `unknown` are strangers. */
function messagesOf(feed: string, state?: 'parked' | 'rejected'): string {
  const [, sender = '', application] = /^(\S*)(?: (.*))?$/.exec(feed) ?? [];
  const query = new URLSearchParams({
    ...(state && { state }),
    ...(feed !== 'unknown' && { sender }),
    ...(application !== undefined && { application }),
  });
  return `/console/messages?${query}`;
}
