import type { Day } from './day.js';

/** The joint local policy of one council and one ICB. Law is in `rules/`; this is only what the two bodies may choose. */
export type Policy = {
  /** Tell the council before the person leaves hospital, so that planning can begin. */
  tellProspective: boolean;
  /** Send the section: it can reveal crime or prison (UK GDPR art 10), so only where agreed. */
  sendLegalBasis: boolean;
  /** Nights of section 17 leave after which a person is asked whether aftercare has begun. */
  askLeaveAfterNights: number;
  /** Weeks without news of a person who was moved to a hospital after which it is asked where the person is. */
  askNoNewsAfterWeeks: number;
  followUpHours: number;
  firstReviewWeeks: number;
  reviewMonths: number;
  /** Days for the second decision after the first that aftercare is no longer needed. */
  otherDecisionDays: number;
  /** Days for the written notice after an ending. */
  noticeDays: number;
  /** Days after something was due: when it is chased, and when it goes to whoever leads for the partnership. */
  chaseAfterDays: number;
  escalateAfterDays: number;
};

export const DEFAULT_POLICY: Policy = {
  tellProspective: true,
  sendLegalBasis: false,
  askLeaveAfterNights: 1,
  askNoNewsAfterWeeks: 12,
  followUpHours: 72,
  firstReviewWeeks: 6,
  reviewMonths: 12,
  otherDecisionDays: 28,
  noticeDays: 14,
  chaseAfterDays: 7,
  escalateAfterDays: 28,
};

/** The policy of a council and an ICB; the default where none is agreed or either is unknown. */
export type Policies = ((council: string | null, icb: string | null) => Policy) & {
  /** Digest of everything that is agreed: another one means that entries or publications may differ. */
  readonly version: string;
  /** Councils with a system of their own for people under eighteen. */
  readonly childrensSystems?: ReadonlySet<string>;
};

/** The days on which rules that Parliament has made came into force; null: they have not. */
export type Commenced = { placementDeeming: Day | null };

/** What an installation says of the law: what its bodies agreed, which waiting rules have begun, and who sends to it. */
export type LocalRules = {
  policies: Policies;
  commenced: Commenced;
  senders: readonly { ods: string; name: string }[];
};
