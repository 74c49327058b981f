import { adultOn, type Day } from '../register/day.js';
import type { Entry, Episode } from '../register/entry.js';
import type { Policies } from '../register/policy.js';
import type { Recipient, Side } from './content.js';

/** A recipient as one word: its code, and which system of the body where it has one for children. */
export const recipientKey = ({ code, system }: Recipient): string => (system ? `${code}-${system}` : code);

/** Which systems of a body an episode concerns: the one that is to hold it, and one that may hold it from before. */
export type Route = { current: Recipient; former: Recipient | null };

/**
 * A council may have a system of its own for children. An episode is in it until the person is eighteen, and stays there
 * where it was over before. No lower age limit and no birthday ends the duty (MHA 1983 s117): only the route within the
 * council changes. Of whom no birth date is known is nobody said to be a child.
 */
export function routeTo(
  { kind, code }: { kind: Side; code: string },
  episode: Episode,
  { entry: { asOf, birthDate }, policies }: { entry: Pick<Entry, 'asOf' | 'birthDate'>; policies: Policies },
): Route {
  const adults: Recipient = { kind, code };
  const hasOther = kind === 'council' && policies.childrensSystems?.has(code);
  if (!hasOther || birthDate === null) return { current: adults, former: null };
  const adult = adultOn(birthDate);
  const childrens: Recipient = { kind, code, system: 'children' };
  if (earlier(asOf, episode.to ?? asOf) < adult) return { current: childrens, former: null };
  const began = beganOn(episode);
  return { current: adults, former: began !== null && began < adult ? childrens : null };
}

const earlier = (a: Day, b: Day): Day => (a < b ? a : b);

const beganOn = ({ qualifying, from }: Episode): Day | null => qualifying[0]?.from ?? from;
