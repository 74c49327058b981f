import type { Rule } from '../rule.js';

export const writtenNotice: Rule = {
  id: 'written-notice',
  says: 'When aftercare has ended the person is told in writing.',
  cites: 'a check of our own after the themes of the ombudsmen’s joint guidance (2022)',
  inForce: { from: null, to: null },
  heldBy: ['the written notice is due after an ending'],
};
