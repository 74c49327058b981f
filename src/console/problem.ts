/** An answer that is no success: what is wrong, and what next. Never holds patient data. */
export type Problem = {
  kind: 'problem';
  status: number;
  title: string;
  next: string;
  /** Of something that has lines: what is wrong with which. */
  mistakes?: readonly string[];
};

/** Given to `next()`: the error handler makes a page or JSON of it. */
export const problem = (status: number, title: string, next: string): Problem => ({
  kind: 'problem',
  status,
  title,
  next,
});

export const notFound = (what: string): Problem =>
  problem(404, `there is no ${what} here`, 'check the address, or start again from the overview');

export const nothingKnownThen = problem(
  404,
  'nothing was known of this person then',
  'ask for a later day; it says nothing about what was owed',
);

export const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'problem';

/** A list without anybody would say that the body has nobody. */
export const unknownBody = problem(
  400,
  'no council or ICB has this code',
  'give the GSS code of a council, such as E08000025, or the ODS code of an ICB, such as QHL',
);

export const notYetKnown = problem(
  400,
  'known-at is a day that has not come',
  'give today or a day before: what will be known nobody can say yet',
);
