import type { KnownDay } from '../flow/known.js';
import type { Day } from '../register/day.js';
import type { Fact } from '../register/fact.js';
import type { TakenBackBy } from './taken-back.js';

/**
 * `asked`: the question as it was asked first; null where the register never asked it on the days looked at.
 * `withdrawnBy`: the fact by which the answer was taken back.
 */
export type AnsweredQuestion = {
  question: string;
  fact: string;
  option: string;
  because: string;
  asked: { on: Day; text: string } | null;
  withdrawnBy: string | null;
};

/** Answers that people gave, with the question as the register asked it on the first day on which it did. */
export function answeredOf(
  facts: readonly Fact[],
  known: readonly KnownDay[],
  takenBackBy: TakenBackBy,
): AnsweredQuestion[] {
  const asked = new Map<string, { on: Day; text: string }>();
  for (const { on, entry } of known) {
    for (const { id, text } of entry.questions) if (!asked.has(id)) asked.set(id, { on, text });
  }
  return facts.flatMap((fact) => {
    if (fact.kind !== 'answer') return [];
    const { id, question, option, because } = fact;
    return [
      { question, fact: id, option, because, asked: asked.get(question) ?? null, withdrawnBy: takenBackBy(fact) },
    ];
  });
}
