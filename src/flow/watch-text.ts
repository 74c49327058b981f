import type { Alert, AlertDetails, Telling } from '../store/watch.js';
import type { AlertKind } from './watch-conditions.js';

type Say = {
  began: (subject: string, details: AlertDetails) => string;
  ended: (subject: string) => string;
  next: string;
};

const many = (count: AlertDetails[string] | undefined, thing: string): string =>
  `${count} ${thing}${count === 1 ? '' : 's'}`;

/** What each alert says to the person on duty, and what to do first; `docs/monitoring.md` says more. */
const SENTENCES: Record<AlertKind, Say> = {
  'feed-silent': {
    began: (feed, { silentMinutes }) =>
      `Feed ${feed} has been silent for ${silentMinutes} minutes, longer than it ever is at this time.`,
    ended: (feed) => `Feed ${feed} is heard again.`,
    next: 'ask the trust whether its interface runs; check the network and the listener',
  },
  undelivered: {
    began: (body, { waiting, oldestMinutes }) =>
      `${body} does not have ${many(waiting, 'version')}; the oldest has waited ${oldestMinutes} minutes.`,
    ended: (body) => `${body} has caught up.`,
    next: 'look at the attempts in the console under Deliveries; ask the body whether its server runs',
  },
  'delivery-parked': {
    began: (body, { parked, faults }) =>
      `${many(parked, 'version')} for ${body} ${parked === 1 ? 'is' : 'are'} parked (${faults}): it is told nothing of these until a person looks.`,
    ended: (body) => `No version for ${body} is parked any more.`,
    next: 'console, Deliveries, parked: mend the cause, then aftercare deliver --council CODE',
  },
  uninterpreted: {
    began: (_, { oldestMinutes }) =>
      `Messages are stored but not interpreted; the oldest has waited ${oldestMinutes} minutes.`,
    ended: () => 'No message waits to be interpreted for long any more.',
    next: 'check that a process with the role work runs, and its log',
  },
  unfolded: {
    began: (_, { oldestMinutes }) =>
      `The register does not show what messages said of somebody; the oldest has waited ${oldestMinutes} minutes.`,
    ended: () => 'The register shows everything that was said.',
    next: 'check that a process with the role work runs; its log names the row of whom it cannot fold: report it',
  },
  'folded-otherwise': {
    began: (today, { people }) =>
      `${many(people, 'person').replace('persons', 'people')} folded by other rules, policies or organisations than today's (${today}).`,
    ended: (today) => `Everybody is folded by today's rules, policies and organisations (${today}).`,
    next: 'aftercare refold shows who would differ, and what councils would be sent; aftercare refold --apply does it',
  },
  'due-chased': {
    began: (body, { count }) =>
      `${many(count, 'thing')} that ${body} owes ${count === 1 ? 'is' : 'are'} overdue for so long that ${count === 1 ? 'it is' : 'they are'} chased.`,
    ended: (body) => `Nothing that ${body} owes is chased any more.`,
    next: 'console, Due, shows what and for whom, and the contacts of the partnership: ask them for it',
  },
  'due-escalated': {
    began: (body, { count }) =>
      `${many(count, 'thing')} that ${body} owes ${count === 1 ? 'is' : 'are'} overdue for so long that ${count === 1 ? 'it is' : 'they are'} escalated.`,
    ended: (body) => `Nothing that ${body} owes is escalated any more.`,
    next: 'bring it before whoever leads for the partnership; console, Due, shows what and for whom',
  },
  'charge-new': {
    began: (council, { count }) =>
      `${many(count, 'charge')} of the last week ${count === 1 ? 'falls' : 'fall'} into aftercare for which ${council} is responsible, and which is free.`,
    ended: (council) => `No charge of the last week of whom ${council} is responsible waits for an answer.`,
    next: 'aftercare charges shows for what and how much; console, Questions: was it given back, or is it for other needs?',
  },
  'parked-rate': {
    began: (feed, { parked, received, percent, faults }) =>
      `${parked} of ${received} messages of feed ${feed} in the last hour are parked (${percent}%: ${faults}).`,
    ended: (feed) => `Feed ${feed} is understood again.`,
    next: 'aftercare messages --state parked; a changed feed needs its definition or a code table changed',
  },
  'sender-refused': {
    began: (feed, { refused }) =>
      `${refused} messages of ${feed === 'unknown' ? 'unknown senders' : `feed ${feed}`} were refused in the last hour.`,
    ended: (feed) => `${feed === 'unknown' ? 'Unknown senders are' : `Feed ${feed} is`} not refused any more.`,
    next: 'aftercare messages --state rejected says why: an unknown MSH-4, another MSH-6, or bytes that cannot be read',
  },
  'disk-low': {
    began: (disk, { freePercent, freeMegabytes }) => `Disk ${disk} has ${freePercent}% left (${freeMegabytes} MB).`,
    ended: (disk) => `Disk ${disk} has room again.`,
    next: 'make room or enlarge it: a full disk refuses every message',
  },
  'certificate-expiring': {
    began: (name, { days }) =>
      `Certificate ${name} ${Number(days) < 0 ? 'has expired' : `expires in ${many(days, 'day')}`}.`,
    ended: (name) => `Certificate ${name} was renewed.`,
    next: 'put the renewed certificate in its place and restart',
  },
};

const isKind = (kind: string): kind is AlertKind => kind in SENTENCES;

/** One sentence; a kind of another version of this service is named as it is. */
export function sentenceOf({ kind, subject, details, endedBecause, moment }: Alert & Pick<Telling, 'moment'>): string {
  if (!isKind(kind)) return `${kind}: ${subject} (${moment}).`;
  if (moment === 'began') return SENTENCES[kind].began(subject, details);
  return endedBecause === 'not-judged'
    ? `${kind} of ${subject}: nobody can see it any more, so it counts as ended.`
    : SENTENCES[kind].ended(subject);
}

export const nextOf = (kind: string): string => (isKind(kind) ? SENTENCES[kind].next : 'see docs/monitoring.md');
