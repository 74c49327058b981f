import type { Rule } from '../rule.js';

export const planning: Rule = {
  id: 'planning',
  says: 'Planning begins with the first qualifying detention, and the plan is there before the person leaves hospital: written, with a named lead, needs and the services that meet them, a review date, a crisis plan, who took part, and a copy given to the person.',
  cites:
    'Code of Practice 2015 paras 33.10, 34.19; a check of our own after the themes of the ombudsmen’s joint guidance (2022)',
  inForce: { from: null, to: null },
  heldBy: [
    'planning starts with the first qualifying status, and is due when the person leaves hospital',
    'a plan without all that the ombudsmen ask for is none yet, and the register says what it lacks',
  ],
};
