import type { Rule } from '../rule.js';

export const courtOrder: Rule = {
  id: 'insanity-act-hospital-order',
  says: 'A disposal under the Criminal Procedure (Insanity) Act 1964 that is a hospital order qualifies; a person confirms that it was one.',
  cites: 'CP(Insanity) Act 1964 s5; MHA 1983 s117(1)',
  inForce: { from: null, to: null },
  heldBy: ['a hospital order of the Insanity Act counts once a person has confirmed what it was'],
};
