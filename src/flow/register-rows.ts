import type { Fault } from '../fault.js';
import type { Refusal } from '../interpret/load-row.js';
import type { StatedBy } from '../register/fact.js';
import type { PartType, RegisterSource, RowThere } from '../store/reconciliations.js';

export type { Refusal };

/**
 * `refused`: rows that say nothing certain of anybody. `next`: where reading goes on; null: everything was read. `spoilt`: why
 * what was read is no register, and reading does not go on.
 */
export type RegisterPage = { rows: RowThere[]; refused: number; next: string | null; spoilt?: Fault };

/** A body's register as it is read, from the beginning or from where an earlier reading came to. */
export type RegisterRows = {
  source: RegisterSource;
  statedBy: StatedBy;
  pages(from: string | null): AsyncIterable<RegisterPage>;
  /** Of a server: parts of versions that the pages lacked, looked up one by one. */
  lookUp?(type: PartType, uuids: readonly string[]): Promise<RowThere[]>;
  close?(): Promise<void>;
  /** Of a spreadsheet: the first of the rows that were refused. */
  refusals?: readonly Refusal[];
};
