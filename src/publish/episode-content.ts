import type { InactiveReason } from '../fhir/s117.js';
import type { Episode, Responsibility } from '../register/entry.js';
import type { EpisodeContent, FlagContent, PlanContent, ResponsibleBody, Side } from './content.js';

type Statuses = Pick<EpisodeContent, 'episodeOfCare' | 'flag' | 'carePlan'>;

const ACTIVE: FlagContent = { status: 'active', reason: null };
const ENTERED_IN_ERROR: Statuses = {
  episodeOfCare: 'entered-in-error',
  flag: { status: 'entered-in-error', reason: null },
  carePlan: 'entered-in-error',
};
const inactive = (reason: InactiveReason): FlagContent => ({ status: 'inactive', reason });

/** A Flag says that aftercare is owed, which begins on leaving hospital; one sent before a cancelled discharge exists too. */
const hadFlag = (episode: Episode): boolean => episode.from !== null || episode.dischargeCancelled;

/** The table "What a body is sent" of the contract, for a body that is responsible or may be. */
function statusesOf(episode: Episode): Statuses {
  switch (episode.status) {
    case 'prospective':
      return {
        episodeOfCare: 'planned',
        flag: episode.dischargeCancelled ? inactive('discharge-cancelled') : null,
        carePlan: 'draft',
      };
    case 'active':
      if (episode.onHold) return { episodeOfCare: 'onhold', flag: ACTIVE, carePlan: 'on-hold' };
      return { episodeOfCare: 'active', flag: ACTIVE, carePlan: carePlanOf(episode) };
    case 'superseded':
      return { episodeOfCare: 'finished', flag: inactive('redetained'), carePlan: 'revoked' };
    case 'ended':
      return { episodeOfCare: 'finished', flag: inactive('joint-decision'), carePlan: 'completed' };
    case 'died':
      return { episodeOfCare: 'finished', flag: hadFlag(episode) ? inactive('died') : null, carePlan: 'revoked' };
    case 'entered-in-error':
      return ENTERED_IN_ERROR;
  }
}

/** In prison the plan waits for the release. */
function carePlanOf({ inCustody, plan }: Episode): EpisodeContent['carePlan'] {
  if (inCustody) return 'on-hold';
  return plan ? 'active' : 'draft';
}

/** What a responsible body, or each of those that may be, is told of an episode. */
export function currentContent(episode: Episode, sendLegalBasis: boolean): EpisodeContent {
  if (episode.status === 'entered-in-error') return erroneous(episode.anchors);
  return {
    anchors: episode.anchors,
    start: episode.from,
    end: episode.to,
    ...statusesOf(episode),
    plan: episode.plan && planContent(episode.plan),
    ...(episode.toldLateOn === null ? {} : { toldLateOn: episode.toldLateOn }),
    bodies: [bodyOf('council', episode.council), bodyOf('icb', episode.icb)],
    legalBasis: sendLegalBasis ? episode.qualifying.map(({ basis, from, to }) => ({ basis, from, to })) : [],
  };
}

/** What a body is told that is no longer responsible: that, and nothing of what has happened since. */
export function formerContent(episode: Episode, why?: Moved): EpisodeContent {
  if (episode.status === 'entered-in-error') return erroneous(episode.anchors);
  return moved({ anchors: episode.anchors, start: episode.from, flag: hadFlag(episode) ? ACTIVE : null }, why);
}

type Moved = Extract<InactiveReason, 'responsibility-moved' | 'moved-within-council'>;

/** Another body has the episode, or another system of the same council. */
export function moved(
  { anchors, start, flag }: Pick<EpisodeContent, 'anchors' | 'start' | 'flag'>,
  why: Moved = 'responsibility-moved',
): EpisodeContent {
  return {
    anchors,
    start,
    end: null,
    episodeOfCare: 'finished',
    flag: flag ? inactive(why) : null,
    carePlan: 'revoked',
    plan: null,
    bodies: [],
    legalBasis: [],
  };
}

/** It should never have been said: only that remains of it. */
export function erroneous(anchors: string[], flag: FlagContent | null = ENTERED_IN_ERROR.flag): EpisodeContent {
  return {
    anchors,
    start: null,
    end: null,
    ...ENTERED_IN_ERROR,
    flag: flag ? ENTERED_IN_ERROR.flag : null,
    plan: null,
    bodies: [],
    legalBasis: [],
  };
}

/** What the other body needs of it to provide its part. */
const planContent = ({ agreedOn, lead, needs, reviewDue }: PlanContent): PlanContent => ({
  agreedOn,
  lead,
  needs,
  reviewDue,
});

const bodyOf = (kind: Side, body: Responsibility): ResponsibleBody => ({
  kind,
  code: body.code,
  standing: body.standing,
  basis: body.basis,
  asWritten: body.asWritten,
  since: body.since,
  candidates: [...body.candidates].sort(),
});
