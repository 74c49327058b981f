import type { Rule } from '../rule.js';

export const absenceWithoutLeave: Rule = {
  id: 'absence-without-leave',
  says: 'A detained patient who is absent without leave for six months, or longer while the authority to detain runs, may no longer be taken back; a restricted patient may. Whether detention has lapsed, and aftercare begun, is asked.',
  cites: 'MHA 1983 ss18(4), 21',
  inForce: { from: null, to: null },
  heldBy: ['for six months: asked whether detention has lapsed, with the section that says so'],
};
