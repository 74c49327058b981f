import type { Rule } from '../rule.js';

export const originatingCcg: Rule = {
  id: 'originating-ccg',
  says: 'Commissioning follows ordinary residence immediately before detention; payment stays with the clinical commissioning group of the GP registration from which the person came.',
  cites: 'NHS England, Who Pays? (from 1 September 2020)',
  inForce: { from: '2020-09-01', to: '2022-06-30' },
  heldBy: ['the NHS side of a person detained on %s: %s'],
};
