import type { Entry, Episode, Responsibility } from '../register/entry.js';
import type { Policies, Policy } from '../register/policy.js';
import type { EpisodeContent, PatientContent, Publication, Recipient, Side } from './content.js';
import { currentContent, formerContent } from './episode-content.js';
import { recipientKey, routeTo } from './route.js';

/** Questions about who the person is: telling the wrong person's council cannot be untold. */
const HOLDING = new Set(['identity-unverified', 'identity-conflict']);

/** While it is not certain who the person is, nobody is told anything, and nothing told is taken back. */
export const isHeld = (entry: Entry): boolean =>
  entry.nhsNumber === null || entry.questions.some((question) => HOLDING.has(question.kind));

/**
 * What each body should hold about one person: one publication a body, with every episode that concerns it.
 * Nobody is told of a person of whom nothing qualifying is known; a body that is unknown is not guessed.
 */
export function publish(entry: Entry, policies: Policies): Publication[] {
  const patient = patientOf(entry);
  if (patient === null || isHeld(entry)) return [];

  const told = new Map<string, { to: Recipient; episodes: EpisodeContent[] }>();
  for (const episode of entry.episodes) {
    for (const { to, content } of tellings(episode, entry, policies)) {
      const key = `${to.kind} ${recipientKey(to)}`;
      const publication = told.get(key) ?? { to, episodes: [] };
      publication.episodes.push(content);
      told.set(key, publication);
    }
  }
  return [...told]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { to, episodes }]) => ({ to, withdrawal: episodes.every(takesBack), patient, episodes }));
}

/** Says only that something told earlier no longer holds for this body. */
export const takesBack = (episode: EpisodeContent): boolean =>
  episode.episodeOfCare === 'entered-in-error' ||
  episode.flag?.reason === 'responsibility-moved' ||
  episode.flag?.reason === 'moved-within-council' ||
  (episode.episodeOfCare === 'finished' && episode.flag === null);

/** The council goes on: only its system for children has it no longer. */
const WITHIN = 'moved-within-council';

type Telling = { to: Recipient; content: EpisodeContent };

function tellings(episode: Episode, entry: Entry, policies: Policies): Telling[] {
  const told: Telling[] = [];
  for (const { kind, current, former } of sidesOf(episode)) {
    for (const code of [...current, ...former]) {
      const to = { kind, code };
      const { tellProspective, sendLegalBasis } = policyOf(to, episode, policies);
      if (!hasLeft(episode) && !tellProspective) continue;
      const isCurrent = current.includes(code);
      const content = isCurrent ? currentContent(episode, sendLegalBasis) : formerContent(episode);
      const route = routeTo(to, episode, { entry, policies });
      told.push({ to: route.current, content });
      if (isCurrent && route.former) told.push({ to: route.former, content: formerContent(episode, WITHIN) });
    }
  }
  return told;
}

/** On each side: who is responsible for an episode, who else may be while that is asked, and who was named before. */
export type ResponsibleSide = { kind: Side; current: string[]; asked: string[]; former: string[] };

export const sidesOf = ({ council, formerCouncils, icb, formerIcbs }: Episode): ResponsibleSide[] => [
  sideOf('council', council, formerCouncils),
  sideOf('icb', icb, formerIcbs),
];

function sideOf(kind: Side, body: Responsibility, named: readonly string[]): ResponsibleSide {
  const current = answering(body);
  const asked = body.candidates;
  return { kind, current, asked, former: named.filter((code) => !current.includes(code)) };
}

/** What a body agreed to with the one that is responsible on the other side. */
export const policyOf = ({ kind, code }: Recipient, { council, icb }: Episode, policies: Policies): Policy =>
  kind === 'council' ? policies(code, icb.code) : policies(council.code, code);

/** A dispute about who never changes whether, so each candidate answers until it is settled. */
function answering(body: Responsibility): string[] {
  const codes = body.standing === 'disputed' ? [...body.candidates, body.code] : [body.code];
  return [...new Set(codes.filter((code) => code !== null))];
}

/** Left hospital, or was said to have left: from then on the policy about telling early no longer matters. */
const hasLeft = (episode: Episode): boolean =>
  episode.from !== null || episode.dischargeCancelled || episode.status === 'entered-in-error';

/** Null without an NHS number. */
export function patientOf(entry: Entry): PatientContent | null {
  if (entry.nhsNumber === null) return null;
  return {
    nhsNumber: entry.nhsNumber,
    family: entry.name?.family ?? null,
    given: entry.name?.given ?? [],
    birthDate: entry.birthDate,
  };
}
