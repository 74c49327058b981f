import { createHash } from 'node:crypto';
import type { Day } from './day.js';
import type { Question, QuestionKind, Reason } from './entry.js';
import type { StatedFact } from './fact.js';
import type { Rule } from './rule.js';

type Answer = Extract<StatedFact, { kind: 'answer' }>;

/** What the rules write on while one person is folded: reasons, open questions, and the days to look again. */
export type Desk = {
  readonly asOf: Day;
  /** Has that day come? A day still to come is remembered as one on which the entry changes. */
  hasCome(day: Day): boolean;
  because(rule: Rule, text: string, facts: readonly string[]): void;
  /** The option a person chose for this question; null while it is open, and then it is on the list. */
  ask(question: {
    kind: QuestionKind;
    text: string;
    options: readonly string[];
    facts: readonly string[];
  }): string | null;
  readonly reasons: Reason[];
  readonly questions: Question[];
  nextDay(): Day | null;
};

export function openDesk(asOf: Day, answers: readonly Answer[]): Desk {
  const reasons: Reason[] = [];
  const questions: Question[] = [];
  let next: Day | null = null;
  return {
    asOf,
    reasons,
    questions,
    nextDay: () => next,
    hasCome(day) {
      if (day <= asOf) return true;
      if (next === null || day < next) next = day;
      return false;
    },
    because(rule, text, facts) {
      reasons.push({ rule: rule.id, cites: rule.cites, text, facts: [...new Set(facts)].sort() });
    },
    ask({ kind, text, options, facts }) {
      const id = questionId(kind, facts);
      const answer = answers.findLast((a) => a.question === id && options.includes(a.option));
      if (answer) return answer.option;
      if (!questions.some((q) => q.id === id)) {
        questions.push({ id, kind, text, options: [...options], facts: [...new Set(facts)].sort() });
      }
      return null;
    },
  };
}

/** The same facts asked the same thing give the same id, whenever and wherever it is asked. */
function questionId(kind: QuestionKind, facts: readonly string[]): string {
  const text = [kind, ...[...new Set(facts)].sort()].join('\n');
  return `${kind}-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}
