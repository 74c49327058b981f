import type { Day } from './day.js';
import type { Entry, Episode } from './entry.js';
import type { RegisterStatus } from './fact.js';
import type { Span } from './spans.js';

/** An entry as far as another register is held against it; `spans` are those of its episodes, in their order. */
export type Ours = {
  episodes: readonly Episode[];
  spans: readonly Span[];
  diedOn: Day | null;
  /** Councils are told before a person leaves hospital. */
  tellsProspective: boolean;
};

/** How a person stood on a day, and by which episode. */
export type Standing = { status: Entry['status']; episode: Episode | null; span: Span | null };

/** By what is known now of that day: what was told late of it counts. */
export function standingOn(day: Day, { episodes, spans, diedOn }: Ours): Standing {
  const at = episodes.findLastIndex(({ qualifying }) => (qualifying[0]?.from ?? '') <= day);
  const [episode = null, span = null] = [episodes[at], spans[at]];
  return { episode, span, status: diedOn !== null && day >= diedOn ? 'died' : statusOn(day, episode) };
}

function statusOn(day: Day, episode: Episode | null): Entry['status'] {
  if (episode === null) return 'not-known';
  const { status, from, to } = episode;
  if (status === 'entered-in-error') return status;
  if (from === null || day < from) return 'prospective';
  return status === 'ended' && to !== null && day >= to ? 'ended' : 'active';
}

/** What a register may say of a person who stood so without differing: who is out of it need not be in theirs. */
export function agreeing({ status, span }: Standing, { tellsProspective }: Ours): readonly RegisterStatus[] {
  switch (status) {
    case 'not-known':
    case 'entered-in-error':
      return ['none'];
    case 'prospective':
      return tellsProspective ? ['prospective'] : ['prospective', 'none'];
    case 'active':
      return span && span.returns.length > 0 ? ['active', 'prospective'] : ['active'];
    case 'ended':
      return ['ended', 'none'];
    case 'died':
      return ['died', 'ended', 'none'];
  }
}
