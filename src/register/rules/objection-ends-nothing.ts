import type { Rule } from '../rule.js';

export const objectionEndsNothing: Rule = {
  id: 'objection-ends-nothing',
  says: 'A body that rejects what it was told, or disputes that it is responsible, is asked about. Its answer ends nothing and takes nothing back: the duty lasts until both bodies are satisfied that aftercare is no longer needed.',
  cites: 'MHA 1983 s117(2)',
  inForce: { from: null, to: null },
  heldBy: [
    'a council rejects what it was told: a question names it and its reason, and everything stays as it was',
    'whatever bodies answer, it begins, ends and moves nothing',
  ],
};
