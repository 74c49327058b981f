import type { Entry, Episode } from '../register/entry.js';
import type { Policies } from '../register/policy.js';
import { type EpisodeContent, type Publication, type Recipient, sameEpisode } from './content.js';
import { currentContent, erroneous, moved } from './episode-content.js';
import { isHeld, patientOf, policyOf, publish, type ResponsibleSide, sidesOf, takesBack } from './publish.js';
import { recipientKey, routeTo } from './route.js';

/**
 * What each body should now hold, given what it was last told. A body hears of an end, a move or a correction only
 * where it had heard of the thing itself. What it was told and would not be told today is taken back: as moved where
 * another body has that episode, as an error where the person has no such episode. While nobody else has it, the body
 * that was told goes on being told: a doubt about who must leave nobody with a Flag that is out of date.
 *
 * `told` is the last publication for each body under the number that answers; `retired`, under numbers that merges have
 * since retired: who heard of such a record goes on being told of the person, and only what it heard under the number
 * that answers is taken back from it under that number.
 * Telling a body what this returns, and asking again, changes nothing.
 */
export function publishAfter(
  entry: Entry,
  policies: Policies,
  told: readonly Publication[],
  retired: readonly Publication[] = [],
): Publication[] {
  const patient = patientOf(entry);
  if (patient === null || isHeld(entry)) return [];
  const current = publish(entry, policies);

  return recipients([...current, ...told, ...retired]).flatMap((to) => {
    const before = told.find((publication) => isTo(publication, to));
    const own = before?.episodes ?? [];
    const known = [
      ...own,
      ...retired.filter((publication) => isTo(publication, to)).flatMap(({ episodes }) => episodes),
    ];
    const now = current.find((publication) => isTo(publication, to))?.episodes ?? [];
    const episodes = eachOnce([
      ...now.flatMap((episode) => hearable(episode, own)),
      ...known
        .flatMap((episode) => partsOf(episode, entry))
        .filter((part) => !now.some((other) => sameEpisode(part.told, other)))
        .flatMap((part) => hearable(noLongerTold(part, to, { entry, policies }), own)),
    ]);
    if (episodes.length === 0) return [];
    const withdrawal = episodes.every(takesBack);
    // A body that is no longer responsible does not hear of a new name either.
    return [{ to, withdrawal, patient: withdrawal ? (before?.patient ?? patient) : patient, episodes }];
  });
}

/**
 * What each body hears of a number that a merge has retired, having been told of it: that another body has the episode,
 * or that the record was an error, beside the one of the number that answers. No identifier comes to name another number.
 */
export function retiredAfter(entry: Entry, policies: Policies, told: readonly Publication[]): Publication[] {
  if (isHeld(entry)) return [];
  const current = publish(entry, policies);
  return told.map(({ to, patient, episodes }) => {
    const now = current.find((publication) => isTo(publication, to))?.episodes ?? [];
    const after = (last: EpisodeContent): EpisodeContent => {
      if (takesBack(last)) return last;
      const episode = entry.episodes.find((other) => sameEpisode(last, other)) ?? null;
      const is =
        now.find((other) => sameEpisode(last, other)) ?? noLongerTold({ told: last, episode }, to, { entry, policies });
      return isMoved(is) ? moved(last) : erroneous(last.anchors, last.flag);
    };
    return { to, withdrawal: true, patient, episodes: episodes.map(after) };
  });
}

/** What was told of a person of whom nothing is left that anybody said: every body hears that it never was. */
export const takenBack = (told: readonly Publication[]): Publication[] =>
  told.map(({ to, patient, episodes }) => ({
    to,
    withdrawal: true,
    patient,
    episodes: episodes.map(({ anchors, flag }) => erroneous(anchors, flag)),
  }));

function hearable(episode: EpisodeContent, known: readonly EpisodeContent[]): EpisodeContent[] {
  const last = known.find((other) => sameEpisode(episode, other));
  if (!last) return takesBack(episode) ? [] : [withoutCorrection(episode)];
  if (isMoved(episode)) {
    const isWithin = episode.flag?.reason === 'moved-within-council';
    return [moved({ ...last, anchors: episode.anchors }, isWithin ? 'moved-within-council' : 'responsibility-moved')];
  }
  if (last.flag === null) return [withoutCorrection(episode)];
  // What was marked as an error says nothing that could be out of date.
  return [last.flag.status === 'entered-in-error' ? episode : takingBackFlag(episode)];
}

/** A Flag that was told must not go on saying what no longer holds: nobody has left hospital after all. */
function takingBackFlag(episode: EpisodeContent): EpisodeContent {
  if (episode.flag) return episode;
  const reason = episode.episodeOfCare === 'planned' ? 'discharge-cancelled' : 'died';
  return { ...episode, flag: { status: 'inactive', reason } };
}

const isMoved = (episode: EpisodeContent): boolean =>
  episode.episodeOfCare === 'finished' && takesBack(episode) && episode.bodies.length === 0;

/** A Flag that only takes an earlier one back is no news where there was none. */
function withoutCorrection(episode: EpisodeContent): EpisodeContent {
  const corrects = episode.flag !== null && episode.flag.status !== 'active' && episode.start === null;
  return corrects ? { ...episode, flag: null } : episode;
}

/** What a body was told, and the episode of today that it is, or is a part of. */
type Part = { told: EpisodeContent; episode: Episode | null };

/** Where it turned out to be several, a body may go on with one of them, and another is no longer its own. */
function partsOf(told: EpisodeContent, { episodes }: Entry): Part[] {
  const parts = episodes.filter((episode) => sameEpisode(told, episode));
  if (parts.length < 2) return [{ told, episode: parts[0] ?? null }];
  return parts.map((episode) => ({ told: { ...told, anchors: episode.anchors }, episode }));
}

function noLongerTold(
  { told, episode }: Part,
  to: Recipient,
  { entry, policies }: { entry: Entry; policies: Policies },
): EpisodeContent {
  if (!episode) return erroneous(told.anchors, told.flag);
  if (takesBack(told)) return told;
  const side = sidesOf(episode).find(({ kind }) => kind === to.kind);
  const others = side?.current.filter((code) => code !== to.code) ?? [];
  if (!side || (others.length > 0 && !mayHave(to.code, side))) {
    return isAnothersToo(told, to, { side, entry }) ? erroneous(told.anchors, told.flag) : moved(told);
  }
  const { current } = routeTo(to, episode, { entry, policies });
  // The body goes on, and tells it in another of its systems.
  if (side.current.includes(to.code) && !isSame(current, to)) return moved(told, 'moved-within-council');
  const { sendLegalBasis } = policyOf(to, episode, policies);
  return currentContent(episode, sendLegalBasis);
}

/** Told because of another person's detention alone: nobody ever named this body for the person's own. */
const isAnothersToo = (
  { anchors }: EpisodeContent,
  { code }: Recipient,
  { side, entry }: { side: ResponsibleSide | undefined; entry: Entry },
): boolean => anchors.some((anchor) => entry.notTheirs?.includes(anchor)) && side?.former.includes(code) !== true;

/** While it is asked who is responsible, a body that may be is not told that another is. */
const mayHave = (code: string, { current, asked }: ResponsibleSide): boolean =>
  current.includes(code) || asked.includes(code);

/** Two that were told of become one by a merge. */
const eachOnce = (episodes: EpisodeContent[]): EpisodeContent[] =>
  episodes.filter((episode, i) => !episodes.slice(0, i).some((earlier) => sameEpisode(earlier, episode)));

const isTo = ({ to }: Publication, other: Recipient): boolean => isSame(to, other);

const isSame = (a: Recipient, b: Recipient): boolean => a.kind === b.kind && recipientKey(a) === recipientKey(b);

function recipients(publications: readonly Publication[]): Recipient[] {
  const byKey = new Map(publications.map(({ to }) => [`${to.kind} ${recipientKey(to)}`, to]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, to]) => to);
}
