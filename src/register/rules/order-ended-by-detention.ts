import type { Rule } from '../rule.js';

export const orderEndedByDetention: Rule = {
  id: 'order-ended-by-detention',
  says: 'A community treatment order is over once the person is detained anew under a qualifying section: the application under it ceases to have effect. A recall does not end it, nor a section as one of which it is told: people say whether it had ended.',
  cites: 'MHA 1983 ss17C(c), 6(4), 40(5); 45B(2), 47(3), 48(3); recall: ss17E, 17F',
  inForce: { from: '2008-11-03', to: null },
  heldBy: [
    '6: an order of before a new section 3 is over with it: what both decide after the next leaving ends aftercare',
    '6: an order that goes on is not over with a section of its recall, or with the section that it is told under',
  ],
};
