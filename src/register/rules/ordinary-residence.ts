import type { Rule } from '../rule.js';

export const ordinaryResidence: Rule = {
  id: 'ordinary-residence',
  says: 'The council is that of the area where the person was ordinarily resident immediately before being detained, wherever the person was placed since; else where resident, or sent on discharge. A new qualifying detention tests it anew.',
  cites: 'MHA 1983 s117(3); R (Worcestershire CC) v SSHSC [2023] UKSC 31',
  inForce: { from: '2015-04-01', to: null },
  heldBy: ['detained on %s: %s'],
};
