import type { CarePlan, EpisodeOfCare, Flag } from 'fhir/r4.js';
import { Fault } from '../fault.js';
import { carePlan } from './care-plan.js';
import { type Publication, sameEpisode } from './content.js';
import { erroneous } from './episode-content.js';
import { episodeOfCare } from './episode-of-care.js';
import { flag } from './flag.js';
import type { Context, EpisodeIds, Identified, Stamping } from './parts.js';

export type StampedResource = Identified<EpisodeOfCare> | Identified<Flag> | Identified<CarePlan>;
export type Stamped = { resources: StampedResource[] };

/**
 * Content with its identifiers and version: EpisodeOfCare, Flag (where there is one) and CarePlan of each episode.
 * `retired` are identifiers that no episode goes by any more: what they named is marked as an error.
 *
 * @throws Fault when an episode has no identifiers: the ledger gives them before anything is stamped.
 */
export function stamp(
  { patient, episodes }: Publication,
  ids: readonly EpisodeIds[],
  recordVersion: number,
  context: Context & { retired?: readonly EpisodeIds[] },
): Stamped {
  const living = episodes.map((content) => {
    const own = ids.find((candidate) => sameEpisode(candidate, content));
    if (!own) throw withoutIdentifiers();
    return { content, patient, ids: own, recordVersion, context };
  });
  const duplicates = (context.retired ?? []).map((own) => ({
    content: erroneous(own.anchors),
    patient,
    ids: own,
    recordVersion,
    context,
  }));
  return { resources: [...living, ...duplicates].flatMap(resourcesOf) };
}

function resourcesOf(stamping: Stamping): StampedResource[] {
  const { content } = stamping;
  return [episodeOfCare(stamping), ...(content.flag ? [flag(stamping, content.flag)] : []), carePlan(stamping)];
}

const withoutIdentifiers = () =>
  new Fault({
    code: 'interpret-failed',
    where: 'publication',
    text: 'an episode has no identifiers',
    next: 'this is a defect of the service: report it with the log of this moment',
  });
