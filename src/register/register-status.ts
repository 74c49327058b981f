import type { Day } from './day.js';
import type { Entry, Episode } from './entry.js';
import type { RegisterStatus } from './fact.js';

/** An entry as far as another register is held against it. */
export type Ours = Pick<Entry, 'diedOn' | 'birthDate'> & {
  episodes: readonly Episode[];
  /** Of each episode, in their order: back in hospital since leaving, by recall or revocation. */
  returned: readonly boolean[];
  /** Councils are told before a person leaves hospital. */
  tellsProspective: boolean;
};

/** How a person stood on a day, and by which episode; `at` is -1 where by none. */
export type Standing = { status: Entry['status']; episode: Episode | null; at: number; hasReturned: boolean };

/** By what is known now of that day: what was told late of it counts. */
export function standingOn(day: Day, { episodes, returned, diedOn }: Ours): Standing {
  const at = episodes.findLastIndex(({ qualifying }) => (qualifying[0]?.from ?? '') <= day);
  const episode = episodes[at] ?? null;
  return {
    episode,
    at,
    hasReturned: returned[at] ?? false,
    status: diedOn !== null && day >= diedOn ? 'died' : statusOn(day, episode),
  };
}

function statusOn(day: Day, episode: Episode | null): Entry['status'] {
  if (episode === null) return 'not-known';
  const { status, from, to } = episode;
  if (status === 'entered-in-error') return status;
  if (from === null || day < from) return 'prospective';
  // From a new detention on it is the episode of that, and from a death on there is none.
  return to !== null && day >= to ? 'ended' : 'active';
}

/** What a register may say of a person who stood so without differing: who is out of it need not be in theirs. */
export function agreeing({ status, hasReturned }: Standing, { tellsProspective }: Ours): readonly RegisterStatus[] {
  switch (status) {
    case 'not-known':
    case 'entered-in-error':
      return ['none'];
    case 'prospective':
      return tellsProspective ? ['prospective'] : ['prospective', 'none'];
    case 'active':
      return hasReturned ? ['active', 'prospective'] : ['active'];
    case 'ended':
      return ['ended', 'none'];
    case 'died':
      return ['died', 'ended', 'none'];
  }
}
