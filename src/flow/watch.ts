import type { Pool } from 'pg';
import type { Log } from '../log.js';
import { destinationsOf, type Site } from '../site.js';
import { chargeStore } from '../store/charges.js';
import { dueStore } from '../store/due.js';
import { type FeedMinutes, type FeedName, type FeedTotal, feedMinutes } from '../store/feed-minutes.js';
import { foldedWithStore } from '../store/folded-with.js';
import { rebuildStore } from '../store/rebuild.js';
import { type Alert, type Changes, watchStore } from '../store/watch.js';
import { shortName } from './folded-with.js';
import {
  type Certificate,
  type Disk,
  judgeCertificate,
  judgeDisk,
  judgeFoldedOtherwise,
  judgeHour,
  judgeNewCharges,
  judgeOverdue,
  judgeParkedDeliveries,
  judgeSilence,
  judgeUndelivered,
  judgeUnfolded,
  judgeUninterpreted,
  type Listening,
  subjectOf,
  type Verdict,
} from './watch-conditions.js';
import { bandsIn, LEARN_DAYS, rhythmOf, SLOT_MINUTES } from './watch-rhythm.js';
import { type Channel, tellAll } from './watch-tell.js';

type Deps = {
  pool: Pool;
  site: Site;
  channels: readonly Channel[];
  log: Log;
  now: () => Date;
  /** Volumes of this machine. */
  disks: () => Promise<Disk[]>;
  certificates?: () => Promise<readonly Certificate[]>;
  /** By what this process folds. */
  foldedWith?: string;
};

const HOUR_MS = 60 * 60_000;
const LEARN_EVERY_MS = HOUR_MS;
/** Two weeks more than is learnt from, so that a feed that has ended long ago keeps its rhythm. */
const KEEP_DAYS = LEARN_DAYS + 14;
/** An alert that nobody could judge for so long (its machine or its feed is gone) ends by itself. */
const FORGET_MS = HOUR_MS;

/**
 * Returns one round of the watch: count what came, judge every condition, begin and end alerts, tell. Any number of
 * processes may watch at once: one open alert a cause, told once when it begins and once when it ends.
 */
export function watcher(deps: Deps): () => Promise<Changes> {
  const { pool, site, channels, log, now } = deps;
  const feeds = feedsOf(site);
  const minutes = feedMinutes(pool, feeds);
  const watch = watchStore(pool);
  const listen = listener(site, minutes);

  return async () => {
    const at = now();
    await minutes.count(at);
    const changes = await watch.settle(await judge(deps, { feeds, minutes, listen, at }), {
      channels: channels.map(({ name }) => name),
      now: at,
      forgottenBefore: new Date(at.getTime() - FORGET_MS),
    });
    for (const alert of changes.began) log.warn('an alert began', fieldsOf(alert));
    for (const alert of changes.ended) log.info('an alert ended', fieldsOf(alert));
    await tellAll(channels, watch, now, log);
    return changes;
  };
}

/** A body has a code of its own; a feed is named by its sender. */
const fieldsOf = ({ kind, subject }: Alert) =>
  ['undelivered', 'delivery-parked', 'due-chased', 'due-escalated', 'charge-new'].includes(kind)
    ? { alert: kind, council: subject }
    : { alert: kind, sender: subject.split(' ')[0] ?? '' };

/** Every feed of the site file, as it is counted. */
export const feedsOf = ({ senders }: Pick<Site, 'senders'>): FeedName[] =>
  senders.map(({ ods, application }) => ({ sender: ods, application: application ?? '' }));

/** For so long a charge is new: whoever is on duty after a weekend still hears of it. */
const NEW_MS = 7 * 86_400_000;

type Round = { feeds: FeedName[]; minutes: FeedMinutes; listen: Listen; at: Date };

async function judge(deps: Deps, { feeds, minutes, listen, at }: Round): Promise<Verdict[]> {
  const { site } = deps;
  const watch = watchStore(deps.pool);
  const bodies = destinationsOf(site).map(({ body }) => body);
  const [
    counting,
    totals,
    hour,
    waiting,
    parked,
    oldestAt,
    unfoldedAt,
    clocks,
    charges,
    rebuilding,
    disks,
    certificates,
  ] = await Promise.all([
    minutes.counting(at),
    minutes.totals(),
    minutes.since(new Date(at.getTime() - HOUR_MS)),
    watch.undelivered(),
    watch.parkedDeliveries(),
    watch.oldestUninterpretedAt(),
    watch.oldestUnfoldedAt(),
    dueStore(deps.pool).clockCounts(),
    chargeStore(deps.pool).newSince(new Date(at.getTime() - NEW_MS)),
    rebuildStore(deps.pool).isReading(),
    deps.disks(),
    deps.certificates?.() ?? [],
  ]);
  const ours = new Set(feeds.map(subjectOf));
  const heard = totals.filter((feed) => ours.has(subjectOf(feed)));
  const silence = await Promise.all(
    heard.map(async (feed) => judgeSilence(feed, await listen(feed, at), counting, at)),
  );
  const { foldedWith } = deps;
  const otherwise =
    foldedWith === undefined
      ? []
      : [judgeFoldedOtherwise(await foldedWithStore(deps.pool).countOthers(foldedWith), shortName(foldedWith))];
  return [
    ...otherwise,
    ...silence,
    ...judgeHour(feeds, hour, site.alerts),
    ...judgeUndelivered(waiting, bodies, site.alerts, at),
    ...judgeParkedDeliveries(parked, bodies),
    ...judgeOverdue(clocks, owingIn(site), rebuilding),
    ...judgeNewCharges(
      charges,
      site.councils.map(({ gss }) => gss),
      rebuilding,
    ),
    judgeUninterpreted(oldestAt, rebuilding, site.alerts, at),
    judgeUnfolded(unfoldedAt, rebuilding, site.alerts, at),
    ...disks.map((disk) => judgeDisk(disk, site.alerts)),
    ...certificates.map((certificate) => judgeCertificate(certificate, site.alerts, at)),
  ];
}

/** Also those that are not told anything: they owe what the register says all the same. */
const owingIn = ({ councils, icbs }: Site): string[] => [
  ...councils.map(({ gss }) => gss),
  ...icbs.map(({ ods }) => ods),
];

type Listen = (feed: FeedTotal, at: Date) => Promise<Listening>;

/** Knows the rhythm of each feed, and learns it anew every hour. */
function listener({ senders, alerts }: Site, minutes: FeedMinutes): Listen {
  const known = new Map<string, { at: number; listening: Listening }>();
  return async (feed, at) => {
    const subject = subjectOf(feed);
    const before = known.get(subject);
    if (before && at.getTime() - before.at < LEARN_EVERY_MS) return before.listening;
    if (feed.lastMinute === null) return null;
    await minutes.forget(KEEP_DAYS);
    const sender = senders.find(
      ({ ods, application }) => ods === feed.sender && (application ?? '') === feed.application,
    );
    const bandOf = bandsIn(sender?.timeZone ?? 'Europe/London', alerts.quietDays);
    const since = new Date(feed.lastMinute.getTime() - LEARN_DAYS * 24 * HOUR_MS);
    const rhythm = rhythmOf(await minutes.slots(feed, since, SLOT_MINUTES), bandOf);
    const listening = rhythm && { rhythm, bandOf };
    known.set(subject, { at: at.getTime(), listening });
    return listening;
  };
}
