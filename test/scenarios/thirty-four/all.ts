import { BODIES } from './bodies.js';
import { ENDING } from './ending.js';
import { IDENTITY } from './identity.js';
import { LEAVING } from './leaving.js';
import { REDETENTION } from './redetention.js';
import type { Story } from './scenario.js';
import { WHO_QUALIFIES } from './who-qualifies.js';
import { WITHDRAWN_AND_MERGED } from './withdrawn-and-merged.js';

/** Every story of the hard scenarios, in the order in which they are counted. */
export const STORIES: readonly Story[] = [
  ...WHO_QUALIFIES,
  ...LEAVING,
  ...REDETENTION,
  ...WITHDRAWN_AND_MERGED,
  ...IDENTITY,
  ...ENDING,
  ...BODIES,
].toSorted((a, b) => a.scenario - b.scenario);

/** The title of a story in a list of tests. */
export const titleOf = ({ scenario, mode, name }: Story): string => `${scenario} (${mode}): ${name}`;
