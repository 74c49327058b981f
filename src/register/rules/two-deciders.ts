import type { Rule } from '../rule.js';

export const twoDeciders: Rule = {
  id: 'two-deciders',
  says: 'The council and the NHS body decide each by itself: two decisions, by two people who act for the two bodies. A trust proposes, and so does a council or an ICB that nobody named as the responsible one; a body that was responsible when it decided goes on counting.',
  cites: 'MHA 1983 s117(2), (2E), (3); a check of our own after the themes of the ombudsmen’s joint guidance (2022)',
  inForce: { from: null, to: null },
  heldBy: [
    'one person cannot decide for both bodies: asked whether they are two, active meanwhile',
    'a council that nobody named proposes; its decision counts once it is recorded as the responsible one',
    'an ICB that nobody named proposes; its decision counts once it is recorded as the responsible one',
    '24: the trust says aftercare ended, the council is silent: stays active, the ending is proposed',
  ],
};
