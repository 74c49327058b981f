/**
 * The words that a statement by people may have where its meaning decides something. A word that is none of them is
 * refused at the door: it would be read as another one.
 */
export const DECISIONS = ['no-longer-needed', 'still-needed'] as const;

/** What came of a review; `follow-up` was the first contact after leaving hospital, and no review yet. */
export const REVIEW_OUTCOMES = ['continue', 'follow-up', 'plan-changed', 'ending-proposed'] as const;

/** Who was at a review. */
export const ATTENDED = ['person', 'council', 'icb', 'carer', 'advocate', 'trust', 'provider'] as const;

/** What a search of somebody's history found. */
export const FOUND = ['no-qualifying-detention', 'qualifying-detention'] as const;

/** How a detention is known, where that is evidence of it. Any other word is taken too, and a person weighs it. */
export const EVIDENCE_OF_DETENTION = ['papers-seen', 'record-seen', 'feed-stated', 'inferred', 'reported'] as const;

export type Decision = (typeof DECISIONS)[number];
export type ReviewOutcome = (typeof REVIEW_OUTCOMES)[number];
export type Attended = (typeof ATTENDED)[number];
export type Found = (typeof FOUND)[number];
export type EvidenceOfDetention = (typeof EVIDENCE_OF_DETENTION)[number];
