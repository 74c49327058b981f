import type { Directory } from '../organisations/directory.js';
import { type Day, londonDay } from './day.js';
import type { Asking, Desk } from './desk.js';
import type { BodyReply, Episode, EpisodeStatus, Responsibility } from './entry.js';
import type { MessageFact, StatedFact } from './fact.js';
import type { History } from './history.js';
import { knownBody } from './known-body.js';
import { byTime, compare, dayOf } from './order.js';
import type { Side } from './responsibility.js';
import { disputeChangesNothing } from './rules/dispute-changes-nothing.js';
import { objectionEndsNothing } from './rules/objection-ends-nothing.js';
import type { Span } from './spans.js';
import { spelling, tidied } from './spelling.js';
import { OUTCOMES } from './stated-words.js';

type Told = Extract<MessageFact, { kind: 'replied' }>;
type Stated = Extract<StatedFact, { kind: 'reply' }>;

/**
 * An answer and whose it is: bodies of either side by their codes on the desk's day, none where no table knows it; what it
 * is called for this person. `of`: as in `BodyReply`. `isFormer`: given by a body that another has come after.
 */
type Reply = {
  fact: Told | Stated;
  on: Day;
  written: string;
  of: string[];
  codes: Record<Side, readonly string[]>;
  body: string;
  isFormer: boolean;
};

const SIDES: readonly Side[] = ['council', 'icb'];
const OVER: readonly EpisodeStatus[] = ['ended', 'died', 'entered-in-error'];

type Ours = { episodes: readonly Episode[]; spans: readonly Span[] };

/**
 * What each body last answered to each thing that it was told. One that objects is asked about, for as long as it is, or
 * may be, responsible: the entry stays as it is, and so does what the body is told.
 */
export function askAboutReplies(ours: Ours, history: History, directory: Directory, desk: Desk): BodyReply[] {
  const [latest, since] = [ours.episodes.at(-1), ours.spans.at(-1)?.detentions[0]?.from];
  const replies = repliesIn(ours, history, directory, desk);
  const bodies = together(replies, ({ body }) => spelling(body)).sort(([a], [b]) => compare(a, b));
  if (latest && since !== undefined && !OVER.includes(latest.status))
    for (const reply of bodies.flatMap(([, own]) => standing(own)))
      if (reply.on >= since) askAbout(reply, latest, desk);
  return bodies.flatMap(([, own]) => shown(own));
}

/** The newest first. */
function repliesIn(ours: Ours, { replied, stated }: History, directory: Directory, desk: Desk): Reply[] {
  const told = replied.map((fact) => {
    const { sentAt, sender } = fact.source;
    return { fact, on: londonDay(sentAt), written: sender, of: [fact.of] };
  });
  const byPeople = stated
    .filter((fact) => fact.kind === 'reply')
    .map((fact) => {
      const on = dayOf(fact);
      return { fact, on, written: tidied(fact.source.statedBy.organisation), of: anchorsOn(on, ours) };
    });
  return [...told, ...byPeople]
    .filter(({ on }) => desk.hasCome(on))
    .flatMap((said) => {
      const codes = codesOf(said, desk.asOf, directory);
      // A trust is told nothing that it could answer.
      if (said.fact.kind === 'replied' && !isKnown(codes)) return [];
      desk.changesOn(directory.nextChange(said.written, desk.asOf));
      const then = codesOf(said, said.on, directory);
      const isFormer = SIDES.some((side) => then[side].some((code) => !codes[side].includes(code)));
      return [{ ...said, codes, body: nameOf(said.written, codes, ours.episodes.at(-1)), isFormer }];
    })
    .sort(newestFirst);
}

/** Of the aftercare that the person had, or was going to have, on that day. */
function anchorsOn(on: Day, { episodes, spans }: Ours): string[] {
  const at = spans.findLastIndex(({ detentions: [first] }) => first !== undefined && first.from <= on);
  return episodes[at]?.anchors ?? [];
}

/** Of one day, what people stated comes after what a message told; of what was said at one moment, an objection. */
const newestFirst = (a: Reply, b: Reply): number =>
  compare(b.on, a.on) ||
  Number(isStated(b)) - Number(isStated(a)) ||
  (a.fact.kind === 'replied' && b.fact.kind === 'replied' ? inMessages(a.fact, b.fact) : 0) ||
  weightOf(b) - weightOf(a) ||
  compare(a.fact.id, b.fact.id);

const inMessages = ({ source: a }: Told, { source: b }: Told): number => byTime(b.sentAt, a.sentAt) || b.seq - a.seq;
const isStated = ({ fact }: Reply): boolean => fact.kind === 'reply';
const weightOf = ({ fact: { outcome } }: Reply): number => (outcome === null ? -1 : OUTCOMES.indexOf(outcome));

type Said = Pick<Reply, 'fact' | 'on' | 'written'>;

/** Of what people state, only of the side that they name. */
function codesOf({ fact, on, written }: Said, asOf: Day, directory: Directory): Reply['codes'] {
  const { council, icb } = knownBody(written, on, asOf, directory);
  if (fact.kind === 'replied') return { council, icb };
  return fact.body === 'council' ? { council, icb: [] } : { council: [], icb };
}

const isKnown = (codes: Reply['codes']): boolean => SIDES.some((side) => codes[side].length > 0);

/** Of a body that was divided, the part that answers for this person; else its code today, or as it was written. */
function nameOf(written: string, codes: Reply['codes'], episode: Episode | undefined): string {
  const own = SIDES.flatMap((side) =>
    episode ? answering(episode[side]).filter((code) => codes[side].includes(code)) : [],
  );
  const [code = written, ...more] = new Set(own.length > 0 ? own : [...codes.council, ...codes.icb]);
  return more.length > 0 ? written : code;
}

/**
 * What a body says now. What people stated of it counts for everything that it answered before; and so does what it
 * answers itself, where it has come after another, for what that one answered.
 */
function standing(replies: readonly Reply[]): Reply[] {
  const stated = replies.findIndex(isStated);
  const since = stated < 0 ? replies : replies.slice(0, stated + 1);
  const itself = since.findIndex(({ isFormer }) => !isFormer);
  return newestOfEach(since.filter(({ isFormer }, at) => !isFormer || itself < 0 || at < itself));
}

/** The newest answer to each thing. */
const newestOfEach = (replies: readonly Reply[]): Reply[] =>
  together(replies, ({ of }) => of.join(' ')).flatMap(([, [newest]]) => newest ?? []);

/** Those of one key together, each in the order in which they stood. */
function together(replies: readonly Reply[], keyOf: (reply: Reply) => string): [string, Reply[]][] {
  const groups = new Map<string, Reply[]>();
  for (const reply of replies) groups.set(keyOf(reply), [...(groups.get(keyOf(reply)) ?? []), reply]);
  return [...groups];
}

/** What was taken back is gone, with its number of the case; else a number that was said once goes on being its number. */
function shown(replies: readonly Reply[]): BodyReply[] {
  const held = notTakenBack(replies);
  return newestOfEach(held).flatMap(({ body, on, of, fact }) => {
    if (fact.outcome === null) return [];
    const said = [...held.filter((each) => each.of.join() === of.join()), ...held];
    const caseId = said.map((each) => each.fact.caseId).find((id) => id !== null) ?? null;
    return [{ body, on, of, outcome: fact.outcome, reason: fact.reason, caseId, fact: fact.id }];
  });
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
  const { fact, codes, written, on } = reply;
  if (fact.outcome === null || fact.outcome === 'accepted') return;
  const side = sideOf(reply, episode);
  if (side === null) return;
  const isRejected = fact.outcome === 'rejected';
  const body = isKnown(codes) ? reply.body : `${written} stated that ${ONE_OF[side]}`;
  const did = isRejected
    ? `${body} rejected on ${on} what it was told`
    : `${body} accepted on ${on} what it was told, and disputes that it is responsible`;
  desk.because(objectionEndsNothing, `${did}: nothing ends and nothing is taken back by it.`, [fact.id]);
  const next = [...(isKnown(codes) ? [] : [WHICH[side]]), NEXT[side], isRejected ? MEND : MEANWHILE].join(' ');
  const asking: Asking = {
    kind: 'body-objects',
    text: `${did}: ${fact.reason?.replace(/[.\s]+$/, '') ?? 'it gives no reason'}. ${next}`,
    options: ['stays-responsible', BODY_ASKED],
    about: [fact.id],
    facts: [fact.id],
    // Then who is responsible is asked already, with every candidate to choose from.
    isSettled: !isRejected && episode[side].standing === 'disputed',
  };
  askUntilSaid(asking, on, desk);
}

const BODY_ASKED = 'body-asked';

/** A body that was asked, and says the same again after that, is asked about anew. */
function askUntilSaid(asking: Asking, on: Day, desk: Desk): void {
  let about = asking.about;
  for (let round = 1; desk.ask({ ...asking, about }) === BODY_ASKED; round++) {
    const given = desk.answersTo({ kind: asking.kind, about });
    const days = given.flatMap(({ source: { statedAt } }) => (statedAt === undefined ? [] : [londonDay(statedAt)]));
    if (days.length === 0 || days.some((day) => on <= day)) return;
    about = [...asking.about, `said again, ${round}`];
  }
}

/** Null where the body is not, or no longer, one that may be responsible; one that no table knows may be. */
function sideOf({ fact, codes }: Reply, episode: Episode): Side | null {
  if (fact.kind === 'reply' && !isKnown(codes)) return fact.body;
  return SIDES.find((side) => answering(episode[side]).some((code) => codes[side].includes(code))) ?? null;
}

const answering = ({ code, candidates }: Responsibility): string[] => [...(code === null ? [] : [code]), ...candidates];

const ONE_OF: Record<Side, string> = { council: 'a council', icb: 'an ICB' };
const WHICH: Record<Side, string> = {
  council:
    'Which council it was is not known: withdraw the statement, and state it with the code of the council that answered.',
  icb: 'Which ICB it was is not known: withdraw the statement, and state it with the code of the ICB that answered.',
};
const NEXT: Record<Side, string> = {
  council: 'If another council is responsible, record which, or that it is disputed.',
  icb: 'If another ICB is responsible, record which, or that it is disputed.',
};
const MEND = 'If it means another person or has the person already, mend that first. Until then it goes on being told.';
const MEANWHILE = `Aftercare is owed meanwhile, and somebody provides it (${disputeChangesNothing.cites}).`;
