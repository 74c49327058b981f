/** A decision in another word is refused at the door: it would be read as one of these. */
export const DECISIONS = ['no-longer-needed', 'still-needed'] as const;

/** What may come of a review, beside words of people's own; `follow-up` was the first contact after leaving hospital, and no review yet. */
export type ReviewOutcome = 'continue' | 'follow-up' | 'plan-changed' | 'ending-proposed';

/** Who may be at a review, beside others. */
export type Attended = 'person' | 'council' | 'icb' | 'carer' | 'advocate' | 'trust' | 'provider';

/** What a search of somebody's history found; another word is refused. */
export const FOUND = ['no-qualifying-detention', 'qualifying-detention'] as const;

/** What a body answers to what it was told; another word is refused. */
export const OUTCOMES = ['accepted', 'accepted-responsibility-disputed', 'rejected'] as const;

/** How a detention is known, where that is evidence of it. Any other word is taken too, and a person weighs it. */
export const EVIDENCE_OF_DETENTION = ['papers-seen', 'record-seen', 'feed-stated', 'inferred', 'reported'] as const;

export type Outcome = (typeof OUTCOMES)[number];
export type Decision = (typeof DECISIONS)[number];
export type Found = (typeof FOUND)[number];
export type EvidenceOfDetention = (typeof EVIDENCE_OF_DETENTION)[number];
