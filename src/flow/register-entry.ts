import type { Codes } from '../interpret/codes.js';
import { statedFact } from '../interpret/stated.js';
import type { Day } from '../register/day.js';
import type { StatedBy } from '../register/fact.js';
import type { RegisterEntry } from '../register/register-comparison.js';

/** What a register has of a person. */
export type Has = Pick<RegisterEntry, 'status'> & { nhsNumber: string } & Partial<
    Pick<RegisterEntry, 'from' | 'to' | 'council' | 'icb' | 'caseId' | 'birthDate'>
  >;

/** Whose register it is, and as of when. */
export type Keeping = { side: 'council' | 'icb'; asOf: Day; statedBy: StatedBy };

/** As the fact that it would be; null where the days contradict each other. */
export function registerEntry(has: Has, { side, asOf, statedBy }: Keeping, codes: Codes): RegisterEntry | null {
  const fact = statedFact({ kind: 'register-entry', body: side, on: asOf, statedBy, ...has }, codes);
  return typeof fact === 'string' || fact.kind !== 'register-entry' ? null : fact;
}
