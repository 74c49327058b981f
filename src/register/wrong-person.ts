import { type Desk, openDesk } from './desk.js';
import { anchorsOf, type Qualifying, qualifyingDetentions } from './detentions.js';
import type { Episode } from './entry.js';
import { type History, historyOf } from './history.js';
import type { Person } from './identity.js';
import { wrongPerson } from './rules/wrong-person.js';

/** Another's detentions that counted for this person; `history` as it was while they did. */
export type OfAnother = { detentions: Qualifying[]; history: History };

/**
 * The detentions of others that counted for this person until a merge was undone or a stay was moved, and are not the
 * person's own too. What is asked about them is asked of whose they are; of this person it is asked whether telling it was
 * an incident.
 */
export function detentionsOfAnother(
  { facts, countedInError }: Person,
  own: { standing: readonly Qualifying[]; inError: readonly Qualifying[] },
  desk: Desk,
): OfAnother | null {
  if (countedInError.facts.length === 0) return null;
  const history = historyOf([...facts, ...countedInError.facts]);
  const aside = openDesk(
    desk.asOf,
    history.stated.filter((f) => f.kind === 'answer'),
  );
  const ownKeys = new Set(anchorsOf([...own.standing, ...own.inError]));
  const detentions = qualifyingDetentions(history, aside).standing.filter(({ key }) => !ownKeys.has(key));
  desk.changesOn(aside.nextDay());
  if (detentions.length === 0) return null;
  askWhetherDisclosed(countedInError.because, desk);
  return { detentions, history };
}

function askWhetherDisclosed(facts: readonly string[], desk: Desk): void {
  desk.because(wrongPerson, "What counted as this person's detention was of another.", facts);
  desk.ask({
    kind: 'confidentiality-incident',
    text: 'A merge was undone, or a stay was moved, or moved back, to the person whose it was: until then detentions of another counted for this one. Whoever was told of them under this NHS number is told that it was in error. Is what was disclosed handled as a confidentiality incident?',
    options: ['handled-as-incident', 'nothing-was-disclosed'],
    about: facts,
    facts,
  });
}

/** Under which power the other was detained, and when, and what the other needs, is not this person's to be shown. */
export function withoutAnothers(
  episodes: readonly Episode[],
  another: OfAnother | null,
  ownPlan: Episode['plan'],
): Episode[] {
  const theirs = new Set(another?.detentions.map(({ key }) => key));
  return episodes.map((episode) => ({
    ...episode,
    plan: ownPlan,
    qualifying: episode.qualifying.filter(({ key }) => !theirs.has(key)),
  }));
}
