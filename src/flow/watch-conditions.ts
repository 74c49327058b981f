import type { Site } from '../site.js';
import type { ClockCount } from '../store/due.js';
import type { Counting, FeedHour, FeedName, FeedTotal } from '../store/feed-minutes.js';
import type { AlertDetails, Judged } from '../store/watch.js';
import { type BandOf, missedBetween, type Rhythm } from './watch-rhythm.js';

type Alerts = Site['alerts'];

export type AlertKind =
  | 'feed-silent'
  | 'undelivered'
  | 'delivery-parked'
  | 'uninterpreted'
  | 'unfolded'
  | 'folded-otherwise'
  | 'due-chased'
  | 'due-escalated'
  | 'charge-new'
  | 'parked-rate'
  | 'sender-refused'
  | 'disk-low'
  | 'certificate-expiring';

/** What a round found of one subject, of a kind that has a sentence for people. */
export type Verdict = Judged & { kind: AlertKind };

/** What a feed is called in an alert; `unknown` is everybody whom the site file does not name. */
export const subjectOf = ({ sender, application }: FeedName): string =>
  sender === '' ? 'unknown' : application === '' ? sender : `${sender} ${application}`;

const MINUTE_MS = 60_000;
const minutesSince = (at: Date, now: Date): number => Math.floor((now.getTime() - at.getTime()) / MINUTE_MS);

/**
 * Two limits for one figure: above the first it is bad, up to the second it is good, and between them what was stays. So
 * a figure that hovers about a limit begins one alert and not twenty.
 */
const grade = (figure: number, bad: boolean, goodUpTo: number): Judged['is'] =>
  bad ? 'bad' : figure <= goodUpTo ? 'good' : 'unsure';

export type Listening = { rhythm: Rhythm; bandOf: BandOf } | null;

/** Silent: what usually comes in the time since the last message is more than this feed ever misses. */
export function judgeSilence(feed: FeedTotal, listening: Listening, { gaps, behind }: Counting, now: Date): Verdict {
  const verdict = { kind: 'feed-silent' as const, subject: subjectOf(feed) };
  if (listening === null || feed.lastMinute === null || behind) return { ...verdict, is: 'unsure', details: {} };
  const { rhythm, bandOf } = listening;
  const from = feed.lastMinute.getTime() + MINUTE_MS;
  const missed = (since: number, until: number) => missedBetween(since, until, rhythm.usual, bandOf);
  // Nobody can be blamed for messages that came while nothing of ours ran.
  const excused = gaps.reduce((sum, gap) => sum + missed(Math.max(from, gap.from.getTime()), gap.until.getTime()), 0);
  const figure = missed(from, now.getTime()) - excused;
  return {
    ...verdict,
    is: grade(figure, figure > rhythm.limit, rhythm.limit / 2),
    details: {
      silentSince: feed.lastMinute.toISOString(),
      silentMinutes: minutesSince(feed.lastMinute, now),
      usuallyHeard: round(figure),
      limit: round(rhythm.limit),
    },
  };
}

const round = (figure: number): number => Math.round(figure * 10) / 10;

/** One verdict for each body, also for those to which nothing is owed. */
export function judgeUndelivered(
  waiting: readonly { body: string; count: number; oldestAt: Date }[],
  bodies: readonly string[],
  { undeliveredMinutes }: Alerts,
  now: Date,
): Verdict[] {
  return [...new Set([...bodies, ...waiting.map(({ body }) => body)])].map((body) => {
    const found = waiting.find((row) => row.body === body);
    const oldest = found ? minutesSince(found.oldestAt, now) : 0;
    return {
      kind: 'undelivered',
      subject: body,
      is: grade(oldest, oldest >= undeliveredMinutes, undeliveredMinutes / 2),
      details: { waiting: found?.count ?? 0, oldestMinutes: oldest },
    };
  });
}

/** Every parked version waits for a person, so one is enough. */
export function judgeParkedDeliveries(
  parked: readonly { body: string; fault: string; count: number }[],
  bodies: readonly string[],
): Verdict[] {
  return [...new Set([...bodies, ...parked.map(({ body }) => body)])].map((body) => {
    const of = parked.filter((row) => row.body === body);
    const count = of.reduce((sum, row) => sum + row.count, 0);
    const details = { parked: count, faults: of.map(({ fault }) => fault).join(' ') };
    return { kind: 'delivery-parked', subject: body, is: count > 0 ? 'bad' : 'good', details };
  });
}

/** A rebuild interprets everything again, from the first message on: their age then says nothing. */
export function judgeUninterpreted(
  oldestAt: Date | null,
  rebuilding: boolean,
  { uninterpretedMinutes }: Alerts,
  now: Date,
): Verdict {
  const oldest = oldestAt ? minutesSince(oldestAt, now) : 0;
  return {
    kind: 'uninterpreted',
    subject: 'inbox',
    is: rebuilding ? 'unsure' : grade(oldest, oldest >= uninterpretedMinutes, uninterpretedMinutes / 2),
    details: { oldestMinutes: oldest },
  };
}

/** The same for people of whom something is said that the register does not show yet. */
export function judgeUnfolded(oldestAt: Date | null, rebuilding: boolean, alerts: Alerts, now: Date): Verdict {
  return { ...judgeUninterpreted(oldestAt, rebuilding, alerts, now), kind: 'unfolded', subject: 'register' };
}

/** `subject` is what the processes fold by that see it: where two differ, each has an alert of its own. */
export const judgeFoldedOtherwise = (people: number, subject: string): Verdict => ({
  kind: 'folded-otherwise',
  subject,
  is: people > 0 ? 'bad' : 'good',
  details: { people },
});

const CHASING = { 'due-chased': 'chased', 'due-escalated': 'escalated' } as const;
/** Of people for whom it is not known who is responsible. */
const NO_BODY = 'unknown';

/** What each body owes and has owed for longer than its partnership allows. Each of the two bodies owes it. */
export function judgeOverdue(counts: readonly ClockCount[], bodies: readonly string[], rebuilding: boolean): Verdict[] {
  const owing = counts.flatMap(({ council, icb }) => [council ?? NO_BODY, ...(icb === null ? [] : [icb])]);
  return [...new Set([...bodies, ...owing])].flatMap((body) =>
    (['due-chased', 'due-escalated'] as const).map((kind): Verdict => {
      const of = counts.filter(
        ({ council, icb, state }) => state === CHASING[kind] && [council ?? NO_BODY, icb].includes(body),
      );
      const count = of.reduce((sum, row) => sum + row.count, 0);
      // While the register is made anew, what is not in it yet is no news.
      return { kind, subject: body, is: count > 0 ? 'bad' : rebuilding ? 'unsure' : 'good', details: { count } };
    }),
  );
}

/** Somebody is charged for what is free, and it has come up lately: by the council that is responsible. */
export function judgeNewCharges(
  found: readonly { council: string | null; count: number }[],
  councils: readonly string[],
  rebuilding: boolean,
): Verdict[] {
  const subjects = [...new Set([...councils, ...found.map(({ council }) => council ?? NO_BODY)])];
  return subjects.map((subject) => {
    const count = found.find(({ council }) => (council ?? NO_BODY) === subject)?.count ?? 0;
    return { kind: 'charge-new', subject, is: count > 0 ? 'bad' : rebuilding ? 'unsure' : 'good', details: { count } };
  });
}

/** Of the last hour's messages of each feed: how many are parked, and how many were refused. */
export function judgeHour(feeds: readonly FeedName[], hour: readonly FeedHour[], alerts: Alerts): Verdict[] {
  const { parkedPercent, parkedAtLeast, refusedPerHour } = alerts;
  return [...feeds, { sender: '', application: '' }].flatMap((feed): Verdict[] => {
    const subject = subjectOf(feed);
    const found = hour.find((row) => subjectOf(row) === subject);
    const { received = 0, rejected = 0, parked = 0, faults = [] } = found ?? {};
    const percent = received === 0 ? 0 : Math.round((100 * parked) / received);
    const many = parked >= parkedAtLeast && percent >= parkedPercent;
    const refused: Verdict = {
      kind: 'sender-refused',
      subject,
      is: grade(rejected, rejected >= refusedPerHour, refusedPerHour / 2),
      details: { refused: rejected },
    };
    if (feed.sender === '') return [refused];
    const few = parked === 0 || percent <= parkedPercent / 2;
    const details: AlertDetails = { parked, received, percent, faults: faults.join(' ') };
    return [{ kind: 'parked-rate', subject, is: many ? 'bad' : few ? 'good' : 'unsure', details }, refused];
  });
}

/** A disk of this machine, or its database's. `free` and `size` in bytes. */
export type Disk = { subject: string; free: number; size: number };

const DISK_RECOVERS_PERCENT = 2;

export function judgeDisk({ subject, free, size }: Disk, { diskFreePercent }: Alerts): Verdict {
  const percent = size === 0 ? 100 : (100 * free) / size;
  const recovered = percent >= diskFreePercent + DISK_RECOVERS_PERCENT;
  return {
    kind: 'disk-low',
    subject,
    is: percent < diskFreePercent ? 'bad' : recovered ? 'good' : 'unsure',
    details: { freePercent: round(percent), freeMegabytes: Math.floor(free / 1_048_576) },
  };
}

/** A certificate that this service shows or trusts; `name` says which setting it belongs to. */
export type Certificate = { name: string; expiresAt: Date };

export function judgeCertificate({ name, expiresAt }: Certificate, { certificateDays }: Alerts, now: Date): Verdict {
  const days = Math.floor((expiresAt.getTime() - now.getTime()) / (24 * 60 * MINUTE_MS));
  return {
    kind: 'certificate-expiring',
    subject: name,
    is: days < certificateDays ? 'bad' : 'good',
    details: { expiresAt: expiresAt.toISOString(), days },
  };
}
