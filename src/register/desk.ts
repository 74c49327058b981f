import { hash } from 'node:crypto';
import { type Day, isNever } from './day.js';
import type { Question, QuestionKind, Reason } from './entry.js';
import type { StatedFact } from './fact.js';
import type { Rule } from './rule.js';

export type Answer = Extract<StatedFact, { kind: 'answer' }>;

/**
 * `about` makes the id: what is asked about, in words that stay the same when a fact is said again with other details
 * (a period that has got its end). `options` empty: settled only by recording a fact.
 */
export type Asking = {
  kind: QuestionKind;
  text: string;
  options: readonly string[];
  about: readonly string[];
  facts: readonly string[];
  /** What an answer that is none of the options comes to: a body that was succeeded since. Null: to nothing. */
  comesTo?: (given: string) => string | null;
  /** Something else has settled it: an answer that was given counts, and without one it is not on the list. */
  isSettled?: boolean;
  /** What was answered for whomever it is asked of, where that is not the desk's person alone. */
  answers?: readonly Answer[];
};

/** What the rules write on while one person is folded: reasons, open questions, and the days to look again. */
export type Desk = {
  readonly asOf: Day;
  /** Has that day come? A day still to come is remembered as one on which the entry changes. */
  hasCome(day: Day): boolean;
  /** A day on which the entry changes; null: none is known. */
  changesOn(day: Day | null): void;
  because(rule: Rule, text: string, facts: readonly string[]): void;
  /** The option a person chose for this question, as it was given; null while it is open, and then it is on the list. */
  ask(question: Asking): string | null;
  /** What people answered to a question. */
  answersTo(question: Pick<Asking, 'kind' | 'about'>): readonly Answer[];
  readonly reasons: Reason[];
  readonly questions: Question[];
  nextDay(): Day | null;
};

type Open = Desk & { readonly answers: readonly Answer[]; next: Day | null };

/** Functions of the module and no closures: of those V8 would lose what it has compiled at every major garbage collection. */
export function openDesk(asOf: Day, answers: readonly Answer[]): Desk {
  const desk: Open = {
    asOf,
    answers,
    next: null,
    reasons: [],
    questions: [],
    nextDay,
    hasCome,
    changesOn,
    because,
    ask,
    answersTo,
  };
  return desk;
}

function nextDay(this: Open): Day | null {
  return this.next;
}

function hasCome(this: Open, day: Day): boolean {
  if (day <= this.asOf) return true;
  if (!isNever(day) && (this.next === null || day < this.next)) this.next = day;
  return false;
}

function changesOn(this: Open, day: Day | null): void {
  if (day !== null) this.hasCome(day);
}

function because(this: Open, { id, cites }: Rule, text: string, facts: readonly string[]): void {
  this.reasons.push({ rule: id, cites, text, facts: sortedOnce(facts) });
}

function answersTo(this: Open, { kind, about }: Pick<Asking, 'kind' | 'about'>): readonly Answer[] {
  const id = questionId(kind, about);
  return this.answers.filter(({ question }) => question === id);
}

function ask(this: Open, asking: Asking): string | null {
  const { kind, text, options, about, facts, isSettled = false, answers = this.answers } = asking;
  const id = questionId(kind, about);
  const given = givenTo(asking, answers);
  const option = onlyOption(given);
  if (option !== null) return option;
  if (!isSettled && !this.questions.some((q) => q.id === id)) {
    const open = given.length === 0 ? text : `${text} ${CONTRADICTED}`;
    this.questions.push({ id, kind, text: open, options: [...options], facts: sortedOnce(facts) });
  }
  return null;
}

export const CONTRADICTED = 'The answers given contradict each other: withdraw one.';

/** The option that these answers choose; null while there is none, or they contradict each other. */
export const optionChosen = (asking: Asking, answers: readonly Answer[]): string | null =>
  onlyOption(givenTo(asking, answers));

type Given = { option: string; meant: string };

function givenTo(asking: Asking, answers: readonly Answer[]): Given[] {
  const id = questionId(asking.kind, asking.about);
  return answers.filter(({ question }) => question === id).flatMap((answer) => meantBy(answer, asking));
}

function onlyOption(given: readonly Given[]): string | null {
  const [first] = given;
  return first && given.every(({ meant }) => meant === first.meant) ? first.option : null;
}

function meantBy({ option }: Answer, { options, comesTo }: Asking): Given[] {
  const meant = options.includes(option) ? option : (comesTo?.(option) ?? null);
  return meant === null ? [] : [{ option, meant }];
}

const sortedOnce = (texts: readonly string[]): string[] => [...new Set(texts)].sort();

/** The same thing asked about the same gives the same id, whenever and wherever it is asked. */
export function questionId(kind: QuestionKind, about: readonly string[]): string {
  const text = [kind, ...sortedOnce(about)].join('\n');
  return `${kind}-${hash('sha256', text).slice(0, 16)}`;
}
