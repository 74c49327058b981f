import { createHash } from 'node:crypto';
import type { Rule } from './rule.js';
import { absenceWithoutLeave } from './rules/absence-without-leave.js';
import { assessmentThenTreatment } from './rules/assessment-then-treatment.js';
import { ccgOfDestination } from './rules/ccg-of-destination.js';
import { ccgOfResidence } from './rules/ccg-of-residence.js';
import { communityTreatmentOrder } from './rules/community-treatment-order.js';
import { conditionalDischarge } from './rules/conditional-discharge.js';
import { currentNeeds } from './rules/current-needs.js';
import { custody } from './rules/custody.js';
import { death } from './rules/death.js';
import { dischargeCancelled } from './rules/discharge-cancelled.js';
import { disputeChangesNothing } from './rules/dispute-changes-nothing.js';
import { whileReadingsChanged } from './rules/disputed-while-readings-changed.js';
import { followUp } from './rules/follow-up.js';
import { freeOfCharge } from './rules/free-of-charge.js';
import { courtOrder } from './rules/insanity-act-hospital-order.js';
import { jointEnding } from './rules/joint-ending.js';
import { leavingHospital } from './rules/leaving-hospital.js';
import { movedAbroad } from './rules/moved-abroad.js';
import { nhsSuccessorByPractice } from './rules/nhs-successor-by-practice.js';
import { nhsSuccessorByResidence } from './rules/nhs-successor-by-residence.js';
import { noEndingOnAnOrder } from './rules/no-ending-on-an-order.js';
import { noNewsSinceTransfer } from './rules/no-news-since-transfer.js';
import { objectionEndsNothing } from './rules/objection-ends-nothing.js';
import { orderEndedByDetention } from './rules/order-ended-by-detention.js';
import { ordinaryResidence } from './rules/ordinary-residence.js';
import { originatingCcg } from './rules/originating-ccg.js';
import { primaryCareTrust } from './rules/pct-residence.js';
import { personInvolved } from './rules/person-involved.js';
import { placementDeeming } from './rules/placement-deeming.js';
import { planning } from './rules/planning.js';
import { qualifyingDetention } from './rules/qualifying-detention.js';
import { recall } from './rules/recall-or-revocation.js';
import { recordedInError } from './rules/recorded-in-error.js';
import { redetention } from './rules/redetention.js';
import { registersAgree } from './rules/registers-agree.js';
import { reinstatement } from './rules/reinstatement.js';
import { residentBefore2015 } from './rules/residence-before-2015.js';
import { residenceBeforeCustody } from './rules/residence-before-custody.js';
import { responsibleIcb } from './rules/responsible-icb.js';
import { review } from './rules/review.js';
import { sectionLeave } from './rules/section-17-leave.js';
import { silenceIsNotNo } from './rules/silence-is-not-a-no.js';
import { successorByResidence } from './rules/successor-by-residence.js';
import { toldLate } from './rules/told-late.js';
import { transferIsNotLeaving } from './rules/transfer-is-not-leaving.js';
import { twoDeciders } from './rules/two-deciders.js';
import { verifiedIdentity } from './rules/verified-identity.js';
import { writtenNotice } from './rules/written-notice.js';
import { wrongPerson } from './rules/wrong-person.js';

export type Chapter = { title: string; rules: readonly Rule[] };

/** Every rule of the register, by what it is about. */
export const CHAPTERS: readonly Chapter[] = [
  {
    title: 'Who is owed aftercare',
    rules: [qualifyingDetention, courtOrder, recordedInError, wrongPerson, silenceIsNotNo, verifiedIdentity],
  },
  {
    title: 'When it begins',
    rules: [
      leavingHospital,
      transferIsNotLeaving,
      dischargeCancelled,
      toldLate,
      communityTreatmentOrder,
      conditionalDischarge,
      custody,
      sectionLeave,
      absenceWithoutLeave,
      noNewsSinceTransfer,
    ],
  },
  { title: 'Back in hospital', rules: [redetention, recall] },
  {
    title: 'Which council',
    rules: [
      residentBefore2015,
      ordinaryResidence,
      assessmentThenTreatment,
      residenceBeforeCustody,
      whileReadingsChanged,
      placementDeeming,
      successorByResidence,
      movedAbroad,
      disputeChangesNothing,
    ],
  },
  {
    title: 'Which NHS body',
    rules: [
      primaryCareTrust,
      ccgOfDestination,
      ccgOfResidence,
      originatingCcg,
      responsibleIcb,
      nhsSuccessorByPractice,
      nhsSuccessorByResidence,
    ],
  },
  {
    title: 'How it ends',
    rules: [
      jointEnding,
      twoDeciders,
      currentNeeds,
      personInvolved,
      noEndingOnAnOrder,
      orderEndedByDetention,
      writtenNotice,
      reinstatement,
      death,
    ],
  },
  { title: 'What is due', rules: [planning, followUp, review, freeOfCharge] },
  { title: 'What the bodies say', rules: [objectionEndsNothing, registersAgree] },
];

export const RULES: readonly Rule[] = CHAPTERS.flatMap(({ rules }) => rules);

/** Digest of the rules an entry was folded with, as they are worded; which tests hold them plays no part. */
export const RULES_VERSION: string = createHash('sha256')
  .update(JSON.stringify(RULES.map(({ heldBy: _, ...rule }) => rule)))
  .digest('hex')
  .slice(0, 12);
