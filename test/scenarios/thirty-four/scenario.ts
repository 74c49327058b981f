import type { Day } from '../../../src/register/day.js';
import type { Concurrent, EntryStatus, QuestionKind } from '../../../src/register/entry.js';
import type { Adt } from '../adt.js';
import type { Stated } from '../tell.js';

/** What is done about it: at once, once a person has decided, or once a person has decided between readings of the law. */
export type Mode = 'AUTO' | 'ASK' | 'DISPUTED';

/** A question on the list. Without `options` any will do; `readings` is how many there must be at least. */
export type Asked = {
  kind: QuestionKind;
  options?: readonly string[];
  readings?: number;
  /** What its text must say: each reading, and the source of each. */
  says?: readonly RegExp[];
};

/** What the register is expected to say of a person on one day. What is left out is not expected to be anything. */
export type Expected = {
  asOf: Day;
  /** The second person of the story; without it the first, or the only one. */
  of?: 'OTHER';
  status?: EntryStatus;
  /** `active from 2026-03-01`, `superseded 2026-03-01 to 2026-06-01 (redetained)`, in their order. */
  episodes?: readonly string[];
  concurrent?: readonly Concurrent[];
  /** `E08000025 provisional`; `none unknown`; `E08000025 disputed: E08000025, E08000029`. */
  council?: string;
  /** `QHL provisional, written 15E`. */
  icb?: string;
  /** Each is a rule's id, or part of the law it cites or of its text; all must be among the reasons. */
  because?: readonly string[];
  /** Every question that is open, in the order of their kinds. */
  asked?: readonly Asked[];
  /** `review escalated` for each that must be among what is due. */
  due?: readonly string[];
  /** `E08000025: Flag inactive (redetained), CarePlan revoked` for each body, in the order of their codes. */
  sent?: readonly string[];
  /** The register does not say so yet: what is missing. With nothing expected beside it, it cannot be said in these words. */
  todo?: string;
};

/**
 * One way in which a scenario happens, told in messages and then in facts by people. An `answer` names the kind of the
 * question. Both tests give the people of each story NHS numbers, stays and periods of its own.
 */
export type Story = {
  /** As the table of hard scenarios counts them. */
  scenario: number;
  mode: Mode;
  name: string;
  messages: readonly Adt[];
  stated?: readonly Stated[];
  expected: readonly Expected[];
  /** What a body holds otherwise than it would be sent today, for what it was told on the way; of the first person. */
  alsoTold?: readonly string[];
};
