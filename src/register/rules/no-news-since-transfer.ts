import type { Rule } from '../rule.js';

export const noNewsSinceTransfer: Rule = {
  id: 'no-news-since-transfer',
  says: 'Nobody stays "still in hospital" in silence: of a person moved to a hospital that sends nothing it is asked again and again where the person is.',
  cites: 'MHA 1983 s117(1): the duty begins on leaving, whoever tells of it',
  inForce: { from: null, to: null },
  heldBy: [
    'is asked about after the partnership’s interval, and is prospective meanwhile',
    'an answer is good for one interval; then it is asked again, as another question',
  ],
};
