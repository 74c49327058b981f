/**
 * `out-of-reach`: a needed system does not answer. `for-a-person`: nothing is broken, and somebody has to look.
 * `unchecked`: it cannot be seen from here whether it is well.
 */
export type FindingState = 'ok' | 'wrong' | 'out-of-reach' | 'for-a-person' | 'unchecked';

/** One thing that the doctor has looked at: what it is, how it is, and what to do where it is not well. */
export type Finding = { part: string; state: FindingState; text: string; next: string | null };

/** The findings of one part. */
export const findingsOf = (part: string) => ({
  ok: (text: string): Finding => ({ part, state: 'ok', text, next: null }),
  wrong: (text: string, next: string): Finding => ({ part, state: 'wrong', text, next }),
  outOfReach: (text: string, next: string): Finding => ({ part, state: 'out-of-reach', text, next }),
  forAPerson: (text: string, next: string): Finding => ({ part, state: 'for-a-person', text, next }),
  unchecked: (text: string, next: string | null = null): Finding => ({ part, state: 'unchecked', text, next }),
});
