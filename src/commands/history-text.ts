import { dayText, momentText, whenTrueText } from '../console/clock.js';
import { factsById, factText, statedByText, trueSince } from '../console/fact-text.js';
import { type NameOf, withNames } from '../console/names.js';
import { wording } from '../console/wording.js';
import type { HistoryLine } from '../flow/look-up.js';
import { QUESTION_KINDS } from '../register/entry.js';
import type { Fact } from '../register/fact.js';
import { standingWithdrawals } from '../register/history.js';
import type { Terminal } from './command.js';

type Out = Terminal['out'];

/** Each with what it says and since when, in that order. */
export function withTexts(history: readonly HistoryLine[]) {
  const others = factsById(history.map(({ fact }) => fact));
  return history
    .map((line) => ({ ...line, says: factText(line.fact, others), since: trueSince(line.fact, line.learntAt) }))
    .sort((a, b) => Date.parse(a.since) - Date.parse(b.since));
}

/** Whose word it is, when it was said, and where it stands. */
export function saidIn({ fact, messageId, times, learntAt }: HistoryLine, nameOf: NameOf): string {
  const again = times > 1 ? `, said ${times} times` : '';
  const message = messageId === null ? '' : `, message ${messageId}`;
  const { source } = fact;
  const at = source.by === 'message' ? source.sentAt : (source.statedAt ?? learntAt);
  return `${withNames(statedByText(fact), nameOf)} on ${dayText(at)}${message}${again}`;
}

/** What was said of a person, in the order of when it was true, and what became of it. Alike lines are one. */
export function printHistory(history: readonly HistoryLine[], out: Out, nameOf: NameOf): void {
  const marks = marksOf(history);
  const printed = new Set<string>();
  // The name of the trust stands above, and not again in each line.
  const senders = new Set(history.flatMap(({ fact: { source } }) => (source.by === 'message' ? [source.sender] : [])));
  const named: NameOf = (code) => (senders.has(code) ? null : nameOf(code));
  out('    History');
  for (const line of withTexts(history)) {
    const says = `      ${whenTrueText(line.since)}: ${withNames(line.says, nameOf)}${marks.get(line.fact.id) ?? ''}`;
    const by = `        told by ${saidIn(line, named)}; learnt ${momentText(line.learntAt)}`;
    if (printed.has(says + by)) continue;
    printed.add(says + by);
    out(says);
    out(by);
  }
}

/** What counts no more: people took it back, or its sender has said otherwise since of the same period. */
function marksOf(history: readonly HistoryLine[]): Map<string, string> {
  const facts = history.map(({ fact }) => fact);
  const newest = new Map<string, Fact>();
  for (const fact of facts) {
    const key = periodOf(fact);
    const before = key === null ? undefined : newest.get(key);
    if (key !== null && (before === undefined || saidAt(before) < saidAt(fact))) newest.set(key, fact);
  }
  const corrected = facts.filter((fact) => {
    const latest = newest.get(periodOf(fact) ?? '');
    return latest !== undefined && saidAt(latest) > saidAt(fact);
  });
  const back = standingWithdrawals(facts).map(({ fact }) => fact.toLowerCase());
  return new Map([
    ...corrected.map(({ id }): [string, string] => [id, ' (corrected by a later message)']),
    ...facts
      .filter(({ id }) => back.includes(id.toLowerCase()))
      .map(({ id }): [string, string] => [id, ' (taken back, so it does not count)']),
  ]);
}

const periodOf = (fact: Fact): string | null =>
  fact.kind === 'detention' ? JSON.stringify([fact.source.sender, fact.period]) : null;

const saidAt = ({ source }: Fact): number => (source.by === 'message' ? Date.parse(source.sentAt) : 0);

/** What people have answered so far: a question that was answered is on no list any more. */
export function printAnswers(history: readonly HistoryLine[], out: Out, nameOf: NameOf): void {
  const facts = history.map(({ fact }) => fact);
  const back = new Set(standingWithdrawals(facts).map(({ fact }) => fact.toLowerCase()));
  const answers = history.filter(({ fact }) => fact.kind === 'answer' && !back.has(fact.id.toLowerCase()));
  if (answers.length > 0) out('    What people have answered');
  for (const line of answers) printAnswer(line, out, nameOf);
}

function printAnswer(line: HistoryLine, out: Out, nameOf: NameOf): void {
  const { fact } = line;
  if (fact.kind !== 'answer') return;
  const kind = QUESTION_KINDS.find((each) => fact.question.startsWith(`${each}-`));
  const does = kind === undefined ? null : wording.answerDoes(kind, fact.option);
  const named = withNames(fact.option, nameOf);
  const says =
    named === fact.option
      ? `${wording.option(fact.option)}${does === null ? '' : `: ${does}`}`
      : `${named} ${does ?? ''}`;
  out(`      ${kind === undefined ? 'A question' : wording.question(kind)}`);
  out(`        ${says.trim()}. Because: ${fact.because}`);
  out(`        told by ${saidIn(line, nameOf)}`);
}
