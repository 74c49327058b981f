import { createHash } from 'node:crypto';
import type { Rule } from './rule.js';
import { communityTreatmentOrder } from './rules/community-treatment-order.js';
import { sectionLeave } from './rules/concurrent.js';
import { death } from './rules/death.js';
import { silenceIsNotNo } from './rules/history-unchecked.js';
import { jointEnding, reinstatement } from './rules/joint-ending.js';
import {
  conditionalDischarge,
  dischargeCancelled,
  leavingHospital,
  transferIsNotLeaving,
} from './rules/leaving-hospital.js';
import { verifiedIdentity } from './rules/nhs-number.js';
import { courtOrder, qualifyingDetention, recordedInError } from './rules/qualifying-detention.js';
import { recall, redetention } from './rules/redetention.js';
import { disputeChangesNothing, responsibleCouncil } from './rules/responsible-council.js';
import { responsibleIcb } from './rules/responsible-icb.js';

/** Every rule of the register, in the order in which it is applied. */
export const RULES: readonly Rule[] = [
  qualifyingDetention,
  courtOrder,
  recordedInError,
  leavingHospital,
  transferIsNotLeaving,
  dischargeCancelled,
  communityTreatmentOrder,
  conditionalDischarge,
  sectionLeave,
  redetention,
  recall,
  death,
  jointEnding,
  reinstatement,
  responsibleCouncil,
  disputeChangesNothing,
  responsibleIcb,
  silenceIsNotNo,
  verifiedIdentity,
];

/** Digest of the rules an entry was folded with. */
export const RULES_VERSION: string = createHash('sha256').update(JSON.stringify(RULES)).digest('hex').slice(0, 12);
