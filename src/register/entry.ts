import type { Day } from './day.js';
import type { Answered, LocalId, PlanAccommodation, PlanNeed, QualifyingBasis, Standing } from './fact.js';

export type EntryStatus = 'not-known' | 'prospective' | 'active' | 'ended' | 'died' | 'entered-in-error';
export type EpisodeStatus = 'prospective' | 'active' | 'superseded' | 'ended' | 'died' | 'entered-in-error';
export type EndedBy = 'joint-decision' | 'redetained' | 'died' | 'recorded-in-error';
export type Concurrent =
  | 'cto'
  | 'conditional-discharge'
  | 's17-leave'
  | 'guardianship'
  | 'inpatient'
  | 'custody'
  | 'awol';

/** The documented, closed list of what only a person may answer. */
export const QUESTION_KINDS = [
  'which-council',
  'which-icb',
  'council-disputed',
  'unmapped-code',
  'legal-status-unclear',
  'history-unchecked',
  'identity-unverified',
  'identity-conflict',
  'stay-moved',
  'confidentiality-incident',
  'ending-proposed',
  'ending-incomplete',
  'detention-withdrawn',
  'death-unverified',
  'body-split',
  'registers-differ',
  'body-objects',
  'moved-abroad',
  'leave-or-aftercare',
  'no-news-since-transfer',
  'charges-unchecked',
] as const;
export type QuestionKind = (typeof QUESTION_KINDS)[number];

/** `id` depends on the kind and the facts alone: asked again of the same facts, it is the same. */
export type Question = { id: string; kind: QuestionKind; text: string; options: string[]; facts: string[] };

/** Why: the rule, the law it rests on, and the facts it was applied to. */
export type Reason = { rule: string; cites: string; text: string; facts: string[] };

/** One responsible body. `code` answers on the entry's day; `asWritten` is the code as received, never rewritten. */
export type Responsibility = {
  code: string | null;
  name: string | null;
  asWritten: string | null;
  standing: Standing;
  basis: string | null;
  /** Every body that may be responsible while that is disputed, split or asked; empty otherwise. */
  candidates: string[];
  since: Day | null;
};

export type QualifyingDetention = { key: string; basis: QualifyingBasis; from: Day; to: Day | null };

/** A span of the council's duty. It begins on leaving hospital, so `from` is null while prospective. */
export type Episode = {
  /** Keys of its detentions ((sender, period) or fact id): what its FHIR identifiers are anchored to. */
  anchors: string[];
  status: EpisodeStatus;
  from: Day | null;
  to: Day | null;
  endedBy: EndedBy | null;
  qualifying: QualifyingDetention[];
  council: Responsibility;
  /** The NHS side of the stretch from one ending to the next; the entry's own is that of the latest. */
  icb: Responsibility;
  /** Councils that were named for this episode by a statement since determined otherwise. */
  formerCouncils: string[];
  formerIcbs: string[];
  /** A discharge was reported and cancelled: a council told of it must hear so. */
  dischargeCancelled: boolean;
  /** The day on which the detention was first told, where that was after the day of leaving; else null. */
  toldLateOn: Day | null;
  /** Recalled or revoked after leaving: the duty is not known to have ended, the plan waits. */
  onHold: boolean;
  /** Left hospital for prison, and has not been in hospital since: the plan waits. */
  inCustody: boolean;
  plan: Plan | null;
};

export type PlanLack =
  | 'lead'
  | 'needs'
  | 'services'
  | 'who-pays'
  | 'review-date'
  | 'crisis-plan'
  | 'participants'
  | 'copy-given';

export type Plan = {
  agreedOn: Day;
  lead: { name: string; role: string } | null;
  needs: PlanNeed[];
  reviewDue: Day | null;
  crisisPlan: string | null;
  participants: string[];
  /** When the person was given a copy. */
  copyGivenOn: Day | null;
  accommodation: PlanAccommodation | null;
  /** What it needs to be complete; empty: it is. */
  lacks: PlanLack[];
};

/** The documented, closed list of what is due. */
export const CLOCK_KINDS = [
  'plan',
  'follow-up',
  'review',
  'review-after-readmission',
  'other-decision',
  'notice',
] as const;
export type ClockKind = (typeof CLOCK_KINDS)[number];

/** Something due. `dueOn` null: by a day that is not known yet, such as the one of leaving hospital. */
export type Clock = {
  kind: ClockKind;
  startedOn: Day;
  dueOn: Day | null;
  doneOn: Day | null;
  /** `chased` and `escalated`: overdue for as long as the partnership's policy says. */
  state: 'running' | 'overdue' | 'chased' | 'escalated' | 'done';
  facts: string[];
};

/**
 * What a body last answered to one thing that it was told. `body`: its code today, or as it was written where no table has
 * one for it. `of`: the identifier under which it was told, as the body's system named it; of what people stated, the
 * anchors of the aftercare of that day.
 */
export type BodyReply = { body: string; on: Day; of: string[]; fact: string } & Answered;

/** One person's place in the register, folded from every fact about them as at one day. */
export type Entry = {
  asOf: Day;
  nhsNumber: string | null;
  nhsNumberVerified: boolean;
  formerNhsNumbers: string[];
  localIds: LocalId[];
  name: { family: string | null; given: string[] } | null;
  birthDate: Day | null;
  status: EntryStatus;
  diedOn: Day | null;
  episodes: Episode[];
  concurrent: Concurrent[];
  /** The council of the latest episode; the NHS side, which does not reset with episodes. */
  council: Responsibility;
  icb: Responsibility;
  because: Reason[];
  questions: Question[];
  /** What is due for the latest episode, and what was done for all of them. */
  clocks: Clock[];
  /** The next day on which the same facts give another entry. */
  nextChangeOn: Day | null;
  /** Anchors of another's detentions that counted for this person in error; not there when all is well. */
  notTheirs?: string[];
  /** By body, the newest of each first; not there while none has answered. */
  replies?: BodyReply[];
  /** Digests of what decides the entry beside the facts and the day. */
  foldedWith: { rules: string; directory: string; policies: string };
};

export const UNKNOWN_BODY: Responsibility = {
  code: null,
  name: null,
  asWritten: null,
  standing: 'unknown',
  basis: null,
  candidates: [],
  since: null,
};
