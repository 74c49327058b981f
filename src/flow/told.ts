import type { Pool } from 'pg';
import { sameEpisode } from '../publish/content.js';
import type { EpisodeIds } from '../publish/parts.js';
import type { BodyReply, Entry } from '../register/entry.js';
import { type DeliveryRow, deliveryStore } from '../store/deliveries.js';
import { ledgerStore, type Publication } from '../store/ledger.js';
import { personKeyStore } from '../store/person-keys.js';
import type { LedgerContent } from './versions.js';

/** One version for one body, and how its delivery stands today; `confirmedAt` null where that was not yet known then. */
export type VersionTold = { publication: Publication; delivery: DeliveryRow; confirmedAt: Date | null };

/** What a version says of one episode, in the codes of FHIR; `flag` with the reason for which it is inactive. */
export type EpisodeTold = { episodeOfCare: string; flag: string | null; carePlan: string };

const VERSIONS_SHOWN = 200;

/** What each body was told of the person of a key, the newest first; with `knownAt` what had been said by then. */
export async function versionsTold(pool: Pool, personKey: string, knownAt: Date | null): Promise<VersionTold[]> {
  const keys = await personKeyStore(pool).keysUnder(personKey);
  const [publications, rows] = await Promise.all([
    ledgerStore(pool).history(keys),
    deliveryStore(pool).list({ personKeys: keys, limit: VERSIONS_SHOWN }),
  ]);
  const isThen = (at: Date) => knownAt === null || at <= knownAt;
  return rows.flatMap((delivery) => {
    const publication = publications.find(({ id }) => id === delivery.publicationId);
    if (!publication || !isThen(publication.publishedAt)) return [];
    const { confirmedAt } = publication;
    return [{ publication, delivery, confirmedAt: confirmedAt && isThen(confirmedAt) ? confirmedAt : null }];
  });
}

/** Of each body and number: a merge may have retired the number that a body was told. */
export function latestOfEach(told: readonly VersionTold[]): VersionTold[] {
  const latest = new Map<string, VersionTold>();
  for (const each of told) {
    const key = `${each.publication.body} ${numberTold(each.publication)}`;
    const before = latest.get(key);
    if (!before || before.publication.recordVersion < each.publication.recordVersion) latest.set(key, each);
  }
  return [...latest.values()];
}

/** Each version with what its body last answered to the latest aftercare in it, beside the newest that it was told. */
export function withReplies<V extends VersionTold>(
  told: readonly V[],
  { replies = [] }: Pick<Entry, 'replies'>,
): (V & { reply: BodyReply | null })[] {
  const newest = new Set(latestOfEach(told).map(({ publication }) => publication.id));
  return told.map((version) => {
    const { id, body, content } = version.publication;
    return { ...version, reply: newest.has(id) ? replyTo(latestIn(content as LedgerContent), body, replies) : null };
  });
}

/** The identifiers under which the latest episode was told, and those that it had before it turned out to be one with it. */
function latestIn({ publication, ids, retired }: LedgerContent): EpisodeIds[] {
  const latest = publication.episodes.at(-1);
  return latest ? [...ids, ...retired].filter((each) => sameEpisode(each, latest)) : [];
}

/** What was answered last to what was told under these identifiers; people state it of the body, and of an aftercare. */
export function replyTo(told: readonly EpisodeIds[], body: string, replies: readonly BodyReply[]): BodyReply | null {
  const [code] = body.split('-');
  const answers = ({ of, body }: BodyReply) =>
    told.some(
      ({ anchors, episode, flag, carePlan }) =>
        [episode, flag, carePlan].some((id) => of.includes(id)) ||
        (body === code && sameEpisode({ anchors: of }, { anchors })),
    );
  return replies.find(answers) ?? null;
}

/** The NHS number of which a version tells. */
export const numberTold = ({ content }: Pick<Publication, 'content'>): string =>
  (content as LedgerContent).publication.patient.nhsNumber;

/** What a version says of each episode. */
export function episodesTold({ content }: Pick<Publication, 'content'>): EpisodeTold[] {
  const { publication } = content as LedgerContent;
  return publication.episodes.map(({ episodeOfCare, flag, carePlan }) => ({
    episodeOfCare,
    flag: flag === null ? null : flag.reason === null ? flag.status : `${flag.status}, ${flag.reason}`,
    carePlan,
  }));
}
