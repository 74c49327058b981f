import type { Rule } from '../rule.js';

export const redetention: Rule = {
  id: 'redetention',
  says: "A new detention under a qualifying section ends the council's duty by law; a new duty begins on leaving hospital again.",
  cites: 'R (Worcestershire CC) v SSHSC [2023] UKSC 31',
  inForce: { from: null, to: null },
  heldBy: ['10: from another area: the new council is proposed, and a person confirms it'],
};
