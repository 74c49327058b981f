import type { Rule } from '../rule.js';

export const dischargeCancelled: Rule = {
  id: 'discharge-cancelled',
  says: 'A discharge that its sender cancelled by the next day did not happen: the person is still in hospital, and who was told of it hears so. Cancelled later, the person may have left and come back: it is asked, and nothing is taken away until it is answered.',
  cites: 'MHA 1983 s117(1): nobody has left hospital',
  inForce: { from: null, to: null },
  heldBy: [
    '16: a discharge is cancelled: prospective again, and a council that heard of it hears so',
    '16: cancelled days later: never left, or left and came back? Asked, and nothing is taken away meanwhile',
  ],
};
