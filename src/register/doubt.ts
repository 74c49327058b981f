import { type Answer, type Asking, optionChosen } from './desk.js';
import type { Fact } from './fact.js';
import { withoutWithdrawn } from './history.js';

/** What is unclear about who people are. It is asked of each concerned, and what is answered for one counts for all. */
export type Doubt = Asking & { answers: readonly Answer[] };

/** A doubt beside whatever was answered about it; `option` null while it is open. */
export type Doubting = (asking: Asking) => { doubt: Doubt; option: string | null };

export function doubtingAmong(facts: readonly Fact[]): Doubting {
  const answers = withoutWithdrawn(facts).filter((fact): fact is Answer => fact.kind === 'answer');
  return (asking) => ({ doubt: { ...asking, answers }, option: optionChosen(asking, answers) });
}
