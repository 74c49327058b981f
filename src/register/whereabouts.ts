import { isOpen, openLeave, stayOpen } from './concurrent.js';
import { addDays, addMonths, type Day, londonDay } from './day.js';
import type { Asking, Desk } from './desk.js';
import { factsOf } from './detentions.js';
import type { Leaving } from './fact.js';
import { type History, statusKey } from './history.js';
import { compare, dayOf } from './order.js';
import type { Policy } from './policy.js';
import { absenceWithoutLeave } from './rules/absence-without-leave.js';
import { custody } from './rules/custody.js';
import { leavingHospital } from './rules/leaving-hospital.js';
import { noNewsSinceTransfer } from './rules/no-news-since-transfer.js';
import { sectionLeave } from './rules/section-17-leave.js';
import type { Span } from './spans.js';

/** Nobody stays prospective in silence: what nothing says of the person's whereabouts is asked, and asked again. */
export function askWhere(history: History, span: Span | undefined, policy: Policy, desk: Desk): void {
  if (!span || (span.departure && !span.onHold)) return;
  askAboutLeave(history, policy, desk);
  askAboutAbsence(history, span, policy, desk);
  const since = history.stays.flatMap((stay) => (stayOpen(stay, desk) && stay.admitted ? [dayOf(stay.admitted)] : []));
  const admitted = since.at(-1) ?? null;
  const moved = lastMove(history, span, desk);
  const isDetained = span.detentions.some(({ from, to }) => isOpen(from, to, desk));
  if (moved && (admitted === null || moved.on > admitted)) askForNews(moved, policy, desk);
  else if (!isDetained && admitted === null) askWhetherGone(span, policy, desk);
  else if (!isDetained || admitted === null) askWhetherStill(span, admitted, policy, desk);
}

/** Asks whether leave that has lasted the partnership's number of nights is aftercare. */
function askAboutLeave(history: History, policy: Policy, desk: Desk): void {
  const leave = openLeave(history, desk);
  if (!leave) return;
  const first = addDays(leave.from, policy.askLeaveAfterNights);
  if (!desk.hasCome(first)) return;
  desk.because(sectionLeave, `On leave from hospital since ${leave.from}.`, [leave.factId]);
  const asking = {
    kind: 'leave-or-aftercare' as const,
    text: `On section 17 leave since ${leave.from}. Is the person living elsewhere, so that aftercare is owed during the leave? Then record that the person left hospital.`,
    options: ['leave-only'],
    about: [leave.about],
    facts: [leave.factId],
  };
  askAgain(asking, first, policy, desk);
}

/** Six months, as section 18(4) has them; the authority to detain may run for longer, which no message says. */
const ABSENT_MONTHS = 6;

function askAboutAbsence({ community }: History, { detentions }: Span, policy: Policy, desk: Desk): void {
  if (!detentions.some(({ basis }) => basis === 's3' || basis === 's37')) return;
  const absent = community.find((f) => f.status === 'AWOL' && isOpen(dayOf(f), f.to, desk));
  if (!absent) return;
  const since = dayOf(absent);
  const first = addMonths(since, ABSENT_MONTHS);
  if (!desk.hasCome(first)) return;
  desk.because(absenceWithoutLeave, `Absent without leave since ${since}.`, [absent.id]);
  const asking = {
    kind: 'leave-or-aftercare' as const,
    text: `Absent without leave since ${since}, for six months and more. May the person still be taken back, or has the detention lapsed (${absenceWithoutLeave.cites})? If it has, record the day as the one on which the person left hospital: aftercare is owed from then.`,
    options: ['may-be-taken-back'],
    about: [statusKey(absent)],
    facts: [absent.id],
  };
  askAgain(asking, first, policy, desk);
}

const MOVES: readonly Leaving[] = ['transferred', 'unclear'];

type Move = { on: Day; stay: string; factId: string };

/** The last that is known is that the person went to other hospital care, or was found not to have left it. */
function lastMove({ stays }: History, { detentions }: Span, desk: Desk): Move | null {
  const begun = detentions[0]?.from ?? '';
  const moves = stays.flatMap(({ key, left }) =>
    left && MOVES.includes(left.leaving) && dayOf(left) >= begun && desk.hasCome(dayOf(left))
      ? [{ on: dayOf(left), stay: key, factId: left.id }]
      : [],
  );
  return moves.sort((a, b) => compare(a.on, b.on)).at(-1) ?? null;
}

function askForNews({ on, stay, factId }: Move, policy: Policy, desk: Desk): void {
  const first = addDays(on, weeks(policy));
  if (!desk.hasCome(first)) return;
  desk.because(noNewsSinceTransfer, `Nothing has been heard since the move to other hospital care on ${on}.`, [factId]);
  const asking = {
    kind: 'no-news-since-transfer' as const,
    text: `Moved to other hospital care on ${on}, and nobody has told anything since. Is the person still in hospital? If not, record that the person left, with the day: aftercare is owed from then (Mental Health Act 1983 s117(1)).`,
    options: ['still-in-hospital'],
    about: [stay, on],
    facts: [factId],
  };
  askAgain(asking, first, policy, desk);
}

/** A detention of long ago that nobody saw the end of the stay of. */
function askWhetherGone({ detentions }: Span, policy: Policy, desk: Desk): void {
  const last = detentions
    .flatMap(({ to }) => to ?? [])
    .sort()
    .at(-1);
  if (last === undefined) return;
  const facts = factsOf(detentions);
  desk.because(leavingHospital, `Detained until ${last}; nothing says that the person has left hospital.`, facts);
  const asking = {
    kind: 'leave-or-aftercare' as const,
    text: `The detention ended on ${last}, and nothing says whether and when the person left hospital. If the person has left, record it with the day: aftercare is owed from then (Mental Health Act 1983 s117(1)).`,
    options: ['still-in-hospital'],
    about: detentions.map(({ key }) => key),
    facts,
  };
  askAgain(asking, last, policy, desk);
}

/** Detained with no stay that anybody told of, or in hospital long after the detention ended: nobody has said more. */
function askWhetherStill({ detentions, returns }: Span, admitted: Day | null, policy: Policy, desk: Desk): void {
  const days = [
    ...detentions.map(({ from, to }) => to ?? from),
    ...returns.map(({ from }) => from),
    ...(admitted === null ? [] : [admitted]),
  ];
  const last = days.sort().at(-1) ?? desk.asOf;
  const first = addDays(last, weeks(policy));
  if (!desk.hasCome(first)) return;
  const facts = factsOf(detentions);
  desk.because(noNewsSinceTransfer, `In hospital as far as anybody told; nothing has been heard since ${last}.`, facts);
  const asking = {
    kind: 'no-news-since-transfer' as const,
    text: `In hospital as far as anybody has told, and nothing has been heard since ${last}. Is the person still there? If not, record that the person left, with the day: aftercare is owed from then (${leavingHospital.cites}).`,
    options: ['still-in-hospital'],
    about: ['still', ...detentions.map(({ key }) => key)],
    facts,
  };
  askAgain(asking, first, policy, desk);
}

/** No message tells of a release, and whoever leads must know of it before: nobody is in prison for ever in silence. */
export function askWhenReleased({ departure, detentions }: Span, policy: Policy, desk: Desk): void {
  if (!departure) return;
  const since = londonDay(departure.at);
  const asking = {
    kind: 'no-news-since-transfer' as const,
    text: `In prison since ${since}, and nobody has told of a release. Ask the prison when it is to be, tell whoever leads before it, and say in the answer what is known. Once the person is released, record that the person left, with the day: aftercare, which waits meanwhile, is provided from then (${custody.cites}).`,
    options: ['still-in-prison'],
    about: ['custody', ...detentions.slice(0, 1).map(({ key }) => key)],
    facts: [...departure.facts],
  };
  askAgain(asking, addDays(since, weeks(policy)), policy, desk);
}

/** An answer is good for the partnership's interval from the day on which it was given; then it is asked anew. */
function askAgain(asking: Asking, first: Day, policy: Policy, desk: Desk): void {
  let on = first;
  let { facts } = asking;
  for (let round = 0; desk.hasCome(on); round++) {
    const about = round === 0 ? asking.about : [...asking.about, `asked again, ${round}`];
    if (desk.ask({ ...asking, about, facts }) === null) return;
    const answers = desk.answersTo({ kind: asking.kind, about });
    const given = answers.flatMap(({ source: { statedAt } }) => (statedAt === undefined ? [] : [londonDay(statedAt)]));
    on = addDays([on, ...given].sort().at(-1) ?? on, weeks(policy));
    facts = [...facts, ...answers.map(({ id }) => id)];
  }
}

const weeks = ({ askNoNewsAfterWeeks }: Policy): number => Math.max(1, askNoNewsAfterWeeks) * 7;
