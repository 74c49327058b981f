import type { InactiveReason } from '../fhir/s117.js';
import type { Day } from '../register/day.js';
import type { Plan, QualifyingDetention } from '../register/entry.js';
import type { Standing } from '../register/fact.js';

/** Which of the two bodies of MHA 1983 s117(2). */
export type Side = 'council' | 'icb';

/** Who is told: a GSS code for a council, an ODS code for the NHS body; `system` where a council has another for children. */
export type Recipient = { kind: Side; code: string; system?: 'children' };

/**
 * What one body should now know of one person. It holds no identifiers and no versions, and nothing that depends on
 * today, so that it can be compared with what the body was told last.
 */
export type Publication = {
  to: Recipient;
  /** True when it matters only to a body that was told before: a body that never was hears nothing. */
  withdrawal: boolean;
  patient: PatientContent;
  episodes: EpisodeContent[];
};

export type PatientContent = { nhsNumber: string; family: string | null; given: string[]; birthDate: Day | null };

export type FlagContent =
  | { status: 'active' | 'entered-in-error'; reason: null }
  | { status: 'inactive'; reason: InactiveReason };

type EpisodeOfCareStatus = 'planned' | 'active' | 'onhold' | 'finished' | 'entered-in-error';
type CarePlanStatus = 'draft' | 'active' | 'on-hold' | 'revoked' | 'completed' | 'entered-in-error';

export type PlanContent = Pick<Plan, 'agreedOn' | 'lead' | 'needs' | 'reviewDue'>;

export type EpisodeContent = {
  /** The register's keys of the episode: they find its identifiers, are never sent and do not count as content. */
  anchors: string[];
  start: Day | null;
  end: Day | null;
  episodeOfCare: EpisodeOfCareStatus;
  /** Null where there never was one: nobody has left hospital. */
  flag: FlagContent | null;
  carePlan: CarePlanStatus;
  plan: PlanContent | null;
  /** The day on which the detention was told, late: aftercare was owed, and free, before anybody knew. */
  toldLateOn?: Day;
  bodies: ResponsibleBody[];
  /** Empty unless the partnership's policy asks for it. */
  legalBasis: Omit<QualifyingDetention, 'key'>[];
};

export type ResponsibleBody = {
  kind: Side;
  code: string | null;
  standing: Standing;
  basis: string | null;
  asWritten: string | null;
  since: Day | null;
  candidates: string[];
};

/** The same episode: the register's keys grow when a detention is learnt late or two records are merged. */
export const sameEpisode = (a: { anchors: string[] }, b: { anchors: string[] }): boolean =>
  a.anchors.some((anchor) => b.anchors.includes(anchor));
