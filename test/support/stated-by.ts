const OF_THE_COUNCIL = { organisation: 'E08000025', name: 'An Officer', role: 'social worker' };
const OF_THE_ICB = { organisation: 'QHL', name: 'A Manager', role: 'aftercare lead' };

/** Who states a fact where the story does not say: the ICB's decision is its own officer's. */
export const statedBy = (fact: object): typeof OF_THE_COUNCIL =>
  'body' in fact && fact.body === 'icb' ? OF_THE_ICB : OF_THE_COUNCIL;
