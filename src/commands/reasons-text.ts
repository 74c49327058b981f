import { dayText } from '../console/clock.js';
import { wording } from '../console/wording.js';
import type { Clock, ClockKind, Entry, Plan, Question, Reason } from '../register/entry.js';
import type { Rule } from '../register/rule.js';
import { followUp } from '../register/rules/follow-up.js';
import { planning } from '../register/rules/planning.js';
import { review } from '../register/rules/review.js';
import { twoDeciders } from '../register/rules/two-deciders.js';
import { writtenNotice } from '../register/rules/written-notice.js';
import { CHAPTERS } from '../register/rules.js';
import type { Terminal } from './command.js';

type Out = Terminal['out'];

/** Who said a fact, and when, by its id; null where that is not known here. */
export type SaidBy = (factId: string) => string | null;

const CLOCK_STATE: Record<Clock['state'], string> = {
  running: 'not due yet',
  overdue: 'overdue',
  chased: 'overdue, and to be chased',
  escalated: 'long overdue, and to be taken to whoever leads',
  done: 'done',
};

/** By which rule something is due. */
const DUE_BY: Record<ClockKind, Rule> = {
  plan: planning,
  'follow-up': followUp,
  review,
  'review-after-readmission': review,
  'other-decision': twoDeciders,
  notice: writtenNotice,
};

function clockText({ kind, dueOn, doneOn, state }: Clock, plan: Plan | null): string {
  const name = wording.clock(kind);
  const due = dueOn !== null ? `, by ${dayText(dueOn)}` : name.includes('before') ? '' : ', before leaving hospital';
  const waits = kind === 'plan' && doneOn === null && plan ? '; the one that was agreed is not complete' : '';
  return `${name}${due}: ${doneOn === null ? `${CLOCK_STATE[state]}${waits}` : `done on ${dayText(doneOn)}`}`;
}

/** `inFull`: a sentence with its days as people write them, and its codes with their names. */
export type HowSaid = { inFull: (text: string) => string; saidBy: SaidBy };

/** What is due, and by what the law they rest on is about every reason, in the order in which a lawyer asks. */
export function printReasons({ because, clocks, episodes }: Entry, out: Out, how: HowSaid): void {
  for (const { title, rules } of CHAPTERS) {
    const ofChapter = (id: string): boolean => rules.some((rule) => rule.id === id);
    const reasons = because.filter(({ rule }) => ofChapter(rule));
    const due = title === DUE ? clocks : [];
    if (reasons.length + due.length > 0) out(`    ${title}`);
    for (const clock of due) {
      const { id, cites } = DUE_BY[clock.kind];
      out(`      ${clockText(clock, episodes.at(-1)?.plan ?? null)}`);
      out(`        Source: ${cites} [${id}]`);
    }
    for (const reason of reasons) printReason(reason, out, how);
  }
}

const DUE = 'What is due';

function printReason({ text, rule, cites, facts }: Reason, out: Out, { inFull, saidBy }: HowSaid): void {
  out(`      ${inFull(text)}`);
  out(`        Source: ${cites} [${rule}]`);
  printEvidence(facts, out, saidBy);
}

function printEvidence(facts: readonly string[], out: Out, saidBy: SaidBy): void {
  const said = [...new Set(facts.flatMap((fact) => saidBy(fact) ?? []))];
  if (said.length > 0) out(`        Evidence: ${said.join('; ')}`);
}

/** What is asked, on what evidence, and what would follow from each answer. */
export function printQuestions(questions: readonly Question[], out: Out, { inFull, saidBy }: HowSaid): void {
  if (questions.length > 0) out('    To be decided by people');
  for (const { id, kind, text, options, facts } of questions) {
    out(`      ${wording.question(kind)}`);
    out(`        ${inFull(text)}`);
    printEvidence(facts, out, saidBy);
    for (const option of options) out(`        - ${option}: ${answerText(kind, option, inFull)}`);
    out(`        question ${id}`);
  }
}

/** The code of a body is followed by its name, and by what follows from choosing it. */
function answerText(kind: Question['kind'], option: string, inFull: HowSaid['inFull']): string {
  const named = inFull(option);
  const does = wording.answerDoes(kind, option);
  return [...(named === option ? [] : [named]), ...(does === null ? [] : [does])].join(' ');
}
