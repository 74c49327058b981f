/** The joint local policy of one council and one ICB. Law is in `rules/`; this is only what the two bodies may choose. */
export type Policy = {
  /** Tell the council before the person leaves hospital, so that planning can begin. */
  tellProspective: boolean;
  /** Send the section: it can reveal crime or prison (UK GDPR art 10), so only where agreed. */
  sendLegalBasis: boolean;
  /** Nights of section 17 leave after which a person is asked whether aftercare has begun. */
  askLeaveAfterNights: number;
  followUpHours: number;
  firstReviewWeeks: number;
  reviewMonths: number;
};

export const DEFAULT_POLICY: Policy = {
  tellProspective: true,
  sendLegalBasis: false,
  askLeaveAfterNights: 1,
  followUpHours: 72,
  firstReviewWeeks: 6,
  reviewMonths: 12,
};

/** The policy of a council and an ICB; the default where none is agreed or either is unknown. */
export type Policies = (council: string | null, icb: string | null) => Policy;
