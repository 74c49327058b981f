import type { Rule } from '../rule.js';

export const registersAgree: Rule = {
  id: 'registers-agree',
  says: 'What the registers of the trust, the council and the ICB have of a person is held against this one, and each field that differs is asked about. None counts because it spoke last: nothing begins, ends or moves by it.',
  cites: 'MHA 1983 s117(2); a check of our own after the themes of the ombudsmen’s joint guidance (2022)',
  inForce: { from: null, to: null },
  heldBy: [
    'a register that says nobody, ended or dead changes nothing here, nor what anybody is sent',
    'whatever the registers of bodies say, it begins, ends and moves nothing',
  ],
};
