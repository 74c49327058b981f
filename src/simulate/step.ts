import type { Day } from '../register/day.js';
import type { Dice } from './dice.js';
import type { Adt, Named, Period } from './message.js';

/** A fact as people record it, without who states it. */
export type Stated = { kind: string; nhsNumber: string | null; [field: string]: unknown };

/** A row of a Mental Health Act office's list of section papers. */
export type PaperRow = { nhsNumber: string; section: string; from: Day; to: Day | null; council: string };

/** How somebody stands by what was told of them so far; `unclear`: only people can say. */
export type Standing = 'nothing' | 'inside' | 'owed' | 'ended' | 'died' | 'unclear';

/** What happens on a day, whom it is told, and how the person stands from then on where that changes. */
export type Step = { on: Day; becomes?: Standing } & (
  | { message: Omit<Adt, 'controlId'> }
  | { fact: Stated }
  | { row: PaperRow }
);

/** Who lives, as one life goes on. */
export type Self = Named & {
  nth: number;
  d: Dice;
  area: number;
  /** Which part of a divided council. */
  part: number;
  stays: number;
  papers: number;
  /** The period from which a community treatment order hangs, while there is one. */
  order: Period | null;
  standing: Standing;
  /** Who has decided alone that aftercare is no longer needed. */
  alone: 'council' | 'icb' | null;
};

export type Span = { from: Day; to: Day };
