import type { Day, Instant } from './day.js';
import type { Outcome } from './stated-words.js';

/**
 * A fact: what was said to have happened, when it was true, when it was said, and by whom.
 * Facts are never changed; a later statement about the same thing (period, visit) corrects an earlier one.
 * `id` depends on what is said and by whom, not on when it was said: the tenth identical statement is one fact.
 */
export type Fact = MessageFact | StatedFact;

/** A sender's own number for a person. */
export type LocalId = { sender: string; authority: string; value: string };

/** Who a fact is about: a checked NHS number where one is known, and the sender's own numbers. */
export type PersonRef = { nhsNumber: string | null; localIds: LocalId[] };

/** The section 117 bases of `contract.md`. */
export type QualifyingBasis =
  | 's3'
  | 's37'
  | 's37-41'
  | 's45A'
  | 's47'
  | 's47-49'
  | 's48'
  | 's48-49'
  | 'cpia-hospital-order'
  | 'other-confirmed';

/**
 * What a legal status says about section 117: `yes` qualifies, `confirm` qualifies once a person confirms the order,
 * `ask` may qualify, `no` does not, `nothing` teaches nothing.
 */
export type Bearing = 'yes' | 'confirm' | 'ask' | 'no' | 'nothing';

/** A legal status as written, and what the code table says of it. */
export type LegalStatus = {
  system: string;
  code: string;
  text: string;
  basis: QualifyingBasis | null;
  bearing: Bearing;
};

/** A body's code as written. `system` is null where the sender named none. */
export type BodyCode = { code: string; system: 'GSS' | 'ODS' | null };

export type CommunityStatusCode = 'CTO' | 'CD' | 'S17' | 'RECALL' | 'REVOKED' | 'AWOL';

/** How a stay ended: to the community, to other hospital care (not a departure), to prison or police, by death, or unsaid. */
export type Leaving = 'left' | 'transferred' | 'custody' | 'died' | 'unclear';

/** A message fact's source. `sentAt` is MSH-7; `seq` orders the facts of one message. */
export type MessageSource = { by: 'message'; sender: string; sentAt: Instant; seq: number };

type Told<K extends string, T> = { kind: K; id: string; effectiveAt: Instant; source: MessageSource } & PersonRef & T;

/**
 * `period`: ZMH-2, unique in the sending trust. `visit`: PV1-19, `plan`: CarePlan.identifier, unique in the sender. An `ordinary-residence` or a
 * `commissioner` in which everything is null takes back what was stated before. A `community-status` without `from`
 * withdraws every such status of its period. `of`: our identifier of what a body answers, `version` the one that it
 * says to have read; a `replied` without `outcome` takes back what the body answered before.
 */
export type MessageFact =
  | Told<'demographics', { family: string | null; given: string[]; birthDate: Day | null }>
  | Told<'residence', { postcode: string }>
  | Told<'gp-practice', { code: string }>
  | Told<'nhs-number-status', { verified: boolean; problem: 'fails-check' | 'not-traced' | 'several-numbers' | null }>
  | Told<'admitted', { visit: string | null; patientClass: string | null }>
  | Told<'admission-cancelled', { visit: string | null }>
  | Told<'left-hospital', { visit: string | null; leaving: Leaving; method: string | null; destination: string | null }>
  | Told<'left-hospital-cancelled', { visit: string | null }>
  | Told<'leave-started', { visit: string | null }>
  | Told<'leave-ended', { visit: string | null }>
  | Told<'detention', { period: string; status: LegalStatus; from: Day; to: Day | null; endReason: string | null }>
  | Told<'detention-withdrawn', { period: string }>
  | Told<
      'community-status',
      { period: string; status: CommunityStatusCode; from: Day | null; to: Day | null; withdrawn: boolean }
    >
  | Told<'ordinary-residence', { period: string; council: BodyCode | null; postcode: string | null }>
  | Told<'commissioner', { period: string; icb: BodyCode | null }>
  | Told<'died', { on: Day | null; withdrawn: boolean }>
  | Told<'care-plan', { plan: string } & AgreedPlan>
  | Told<'care-plan-withdrawn', { plan: string }>
  | Told<
      'replied',
      { of: string; version?: number } & Omit<Answered, 'outcome'> & { outcome: Answered['outcome'] | null }
    >
  | Told<'identity-merged', { retired: PersonRef }>
  | Told<'visit-moved', { visit: string | null; from: PersonRef }>;

export type StatedBy = { organisation: string; name: string; role: string };
export type Standing = 'agreed' | 'provisional' | 'disputed' | 'unknown';

/** A stated fact's source: a person, in a role. `statedAt` is when it was recorded, where the store knows it. */
export type StatedSource = { by: 'person'; statedBy: StatedBy; statedAt?: Instant };

type Stated<K extends string, T> = { kind: K; id: string; effectiveAt: Instant; source: StatedSource } & PersonRef & T;

export type DecisionReason =
  | 'needs-reassessed-none-remaining'
  | 'discharged-from-specialist-services'
  | 'settled'
  | 'time-passed'
  | 'readmitted-informally-or-s2'
  | 'deprived-of-liberty'
  | 'cto-or-leave-ended'
  | 'declined-services'
  | 'moved-area'
  | 'gp-changed'
  | 'care-home'
  | 'chc-funded'
  | 'no-services-at-present';

export type PlanService = { text: string; provider: string | null; fundedBy: 's117' | 'care-act' | 'nhs' | null };
/** Whether the accommodation is aftercare, because it meets a need that arises from the disorder; and why. */
export type PlanAccommodation = { meetsNeed: boolean; because: string };
export type PlanNeed = { text: string; services: PlanService[] };

/** What a body's own register has of a person; `none`: nothing. */
export type RegisterStatus = 'none' | 'prospective' | 'active' | 'ended' | 'died';
/** What a plan says, whoever says it. */
export type AgreedPlan = {
  agreedOn: Day;
  lead: { name: string; role: string } | null;
  needs: PlanNeed[];
  reviewDue: Day | null;
  crisisPlan?: string;
  participants?: string[];
  copyGivenOn?: Day;
  accommodation?: PlanAccommodation;
};

/**
 * What a body answers to what it was told: it has taken it up; the same, but it disputes that it is responsible; or it has
 * not. `caseId`: its own number of the case.
 */
export type Answered = {
  outcome: Outcome;
  reason: string | null;
  caseId: string | null;
};

/** What people state (`contract.md`, "Facts by people"). */
export type StatedFact =
  | Stated<'council-determined', { council: string; standing: Standing; basis: string | null }>
  | Stated<'icb-determined', { icb: string; standing: Standing; basis: string | null }>
  | Stated<'detention-stated', { status: LegalStatus; from: Day; to: Day | null; certainty: string }>
  | Stated<'left-hospital-stated', { on: Day }>
  | Stated<
      'aftercare-decision',
      {
        body: 'council' | 'icb' | 'trust';
        decision: string;
        decidedOn: Day;
        reasons: DecisionReason[];
        personInvolved: boolean;
        evidence: string | null;
      }
    >
  | Stated<'notice-given', { on: Day }>
  | Stated<'reinstated', { from: Day; reason: string }>
  | Stated<'plan', AgreedPlan>
  | Stated<'review', { heldOn: Day; attended: string[]; outcome: string; nextDue: Day | null }>
  | Stated<
      'charge',
      {
        from: Day;
        to: Day | null;
        amountPerWeek: string;
        for: string;
        /** Under what the one who charges has it. */
        recordedAs?: 's117' | 'care-act' | 'other';
        /** A contribution to accommodation. */
        accommodation?: boolean;
      }
    >
  | Stated<
      'register-entry',
      {
        body: 'council' | 'icb' | 'trust';
        on: Day;
        status: RegisterStatus;
        from: Day | null;
        to: Day | null;
        council: string | null;
        icb: string | null;
        caseId: string | null;
        birthDate?: Day;
      }
    >
  | Stated<'reply', { body: 'council' | 'icb'; on: Day } & Answered>
  | Stated<'history-checked', { on: Day; found: string; sources: string[] }>
  | Stated<'died-stated', { on: Day; verified: boolean }>
  | Stated<'identity-separated', { from: string }>
  | Stated<'answer', { question: string; option: string; because: string }>
  | Stated<'withdrawn', { fact: string; because: string }>;
