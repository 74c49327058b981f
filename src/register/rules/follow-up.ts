import type { Rule } from '../rule.js';

export const followUp: Rule = {
  id: 'follow-up',
  says: 'The person is contacted within the hours after leaving hospital that the partnership has agreed; 72 where it has agreed none. So it is after each leaving, also when aftercare went on through a readmission.',
  cites: 'NHS Standard Contract, Schedule 4',
  inForce: { from: '2020-04-01', to: null },
  heldBy: ['follow-up is due within the hours of the partnership', 'follow-up is due after each leaving'],
};
