import type { Directory } from '../organisations/directory.js';
import { type Day, londonDay } from './day.js';
import type { Desk } from './desk.js';
import type { BodyReply, Episode, EpisodeStatus, Responsibility } from './entry.js';
import type { MessageFact, StatedFact } from './fact.js';
import type { History } from './history.js';
import { knownBody } from './known-body.js';
import { compare, dayOf, latestFirst } from './order.js';
import type { Side } from './responsibility.js';
import { disputeChangesNothing } from './rules/dispute-changes-nothing.js';
import { objectionEndsNothing } from './rules/objection-ends-nothing.js';
import type { Span } from './spans.js';
import { spelling, tidied } from './spelling.js';
import { OUTCOMES } from './stated-words.js';

type Told = Extract<MessageFact, { kind: 'replied' }>;
type Stated = Extract<StatedFact, { kind: 'reply' }>;

/** An answer and whose it is: bodies of either side by their codes on the desk's day, none where no table knows it. */
type Reply = { fact: Told | Stated; on: Day; written: string; codes: Record<Side, readonly string[]> };

const SIDES: readonly Side[] = ['council', 'icb'];
const OVER: readonly EpisodeStatus[] = ['ended', 'died', 'entered-in-error'];

type Ours = { episodes: readonly Episode[]; spans: readonly Span[] };

/**
 * What each body last answered to what it was told. One that objects is asked about, for as long as it is, or may be,
 * responsible: the entry stays as it is, and so does what the body is told.
 */
export function askAboutReplies(
  { episodes, spans }: Ours,
  history: History,
  directory: Directory,
  desk: Desk,
): BodyReply[] {
  const replies = repliesIn(history, directory, desk);
  const bodies = together(replies, bodyOf);
  const [latest, since] = [episodes.at(-1), spans.at(-1)?.detentions[0]?.from];
  if (latest && since !== undefined && !OVER.includes(latest.status))
    for (const reply of bodies.flatMap(standing)) if (reply.on >= since) askAbout(reply, latest, desk);
  return bodies.flatMap((own) => shown(own, latest)).sort((a, b) => compare(a.body, b.body));
}

/** The newest first. */
function repliesIn({ replied, stated }: History, directory: Directory, desk: Desk): Reply[] {
  const told = replied.map((fact) => ({ fact, on: londonDay(fact.source.sentAt), written: fact.source.sender }));
  const byPeople = stated
    .filter((fact) => fact.kind === 'reply')
    .map((fact) => ({ fact, on: dayOf(fact), written: tidied(fact.source.statedBy.organisation) }));
  return [...told, ...byPeople]
    .filter(({ on }) => desk.hasCome(on))
    .flatMap((reply) => {
      const codes = codesOf(reply, directory, desk);
      return codes === null ? [] : [{ ...reply, codes }];
    })
    .sort(newestFirst);
}

/** Of one day, what people stated comes after what a message told; of what they stated, an objection counts. */
const newestFirst = (a: Reply, b: Reply): number =>
  compare(b.on, a.on) ||
  Number(isStated(b)) - Number(isStated(a)) ||
  (a.fact.kind === 'replied' && b.fact.kind === 'replied'
    ? latestFirst(a.fact, b.fact)
    : weightOf(b) - weightOf(a) || compare(a.fact.id, b.fact.id));

const isStated = ({ fact }: Reply): boolean => fact.kind === 'reply';
const weightOf = ({ fact: { outcome } }: Reply): number => (outcome === null ? -1 : OUTCOMES.indexOf(outcome));

/** Null where it is no body's: a trust is told nothing that it could answer. What people wrote in words may be anybody's. */
function codesOf({ fact, on, written }: Omit<Reply, 'codes'>, directory: Directory, desk: Desk): Reply['codes'] | null {
  const next = directory.nextChange(written, desk.asOf);
  if (next !== null) desk.hasCome(next);
  const { council, icb, isTrust } = knownBody(written, on, desk.asOf, directory);
  const isBody = council.length > 0 || icb.length > 0;
  if (!isBody && (isTrust || fact.kind === 'replied')) return null;
  if (fact.kind === 'replied') return { council, icb };
  return fact.body === 'council' ? { council, icb: [] } : { council: [], icb };
}

/** The same for every code and spelling of a body. */
const bodyOf = ({ codes, written }: Reply): string => [...codes.council, ...codes.icb].join(' ') || spelling(written);

/** What a body says now: what people stated of it counts for everything that it answered before. */
function standing(replies: readonly Reply[]): Reply[] {
  const first = replies.findIndex(isStated);
  const since = first < 0 ? replies : replies.slice(0, first + 1);
  const told = together(since, ({ fact }) => (fact.kind === 'replied' ? fact.of : ''));
  return told.flatMap(([newest]) => newest ?? []);
}

/** Those of one key together, each in the order in which they stood. */
function together(replies: readonly Reply[], keyOf: (reply: Reply) => string): Reply[][] {
  const groups = new Map<string, Reply[]>();
  for (const reply of replies) groups.set(keyOf(reply), [...(groups.get(keyOf(reply)) ?? []), reply]);
  return [...groups.values()];
}

/** What was taken back is gone, with its number of the case; else a number that was said once goes on being its number. */
function shown(replies: readonly Reply[], episode: Episode | undefined): BodyReply[] {
  const held = notTakenBack(replies);
  const [newest] = held;
  if (!newest || newest.fact.outcome === null) return [];
  const { fact, on } = newest;
  const caseId = held.map((each) => each.fact.caseId).find((id) => id !== null) ?? null;
  return [
    { body: nameOf(newest, episode), on, outcome: newest.fact.outcome, reason: fact.reason, caseId, fact: fact.id },
  ];
}

/** A body takes back what its system answered to one thing until then, and nothing else. */
function notTakenBack(replies: readonly Reply[]): Reply[] {
  const taken = new Set<string>();
  return replies.filter(({ fact }) => {
    if (fact.kind === 'reply') return true;
    if (fact.outcome === null) taken.add(fact.of);
    return !taken.has(fact.of);
  });
}

function askAbout(reply: Reply, episode: Episode, desk: Desk): void {
  const { fact, on } = reply;
  if (fact.outcome === null || fact.outcome === 'accepted') return;
  const side = sideOf(reply, episode);
  if (side === null) return;
  const body = nameOf(reply, episode);
  const isRejected = fact.outcome === 'rejected';
  const did = isRejected
    ? `${body} rejected on ${on} what it was told`
    : `${body} accepted on ${on} what it was told, and disputes that it is responsible`;
  desk.because(objectionEndsNothing, `${did}: nothing ends and nothing is taken back by it.`, [fact.id]);
  desk.ask({
    kind: 'body-objects',
    text: `${did}: ${fact.reason?.replace(/[.\s]+$/, '') ?? 'it gives no reason'}. ${NEXT[side]} ${isRejected ? MEND : MEANWHILE}`,
    options: ['stays-responsible', 'body-asked'],
    about: [fact.id],
    facts: [fact.id],
    // Then who is responsible is asked already, with every candidate to choose from.
    isSettled: !isRejected && episode[side].standing === 'disputed',
  });
}

/** Of a body that was divided, by the part that answers for this person; else its code today, or as it was written. */
function nameOf({ codes, written }: Reply, episode: Episode | undefined): string {
  const [own] = SIDES.flatMap((side) =>
    episode ? answering(episode[side]).filter((code) => codes[side].includes(code)) : [],
  );
  return own ?? [...codes.council, ...codes.icb][0] ?? written;
}

/** Null where the body is not, or no longer, one that may be responsible; one that no table knows may be. */
function sideOf({ fact, codes }: Reply, episode: Episode): Side | null {
  const isKnown = SIDES.some((side) => codes[side].length > 0);
  if (!isKnown && fact.kind === 'reply') return fact.body;
  return SIDES.find((side) => answering(episode[side]).some((code) => codes[side].includes(code))) ?? null;
}

const answering = ({ code, candidates }: Responsibility): string[] => [...(code === null ? [] : [code]), ...candidates];

const NEXT: Record<Side, string> = {
  council: 'If another council is responsible, record which, or that it is disputed.',
  icb: 'If another ICB is responsible, record which, or that it is disputed.',
};
const MEND = 'If it means another person or has the person already, mend that first. Until then it goes on being told.';
const MEANWHILE = `Aftercare is owed meanwhile, and somebody provides it (${disputeChangesNothing.cites}).`;
