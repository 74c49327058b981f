import type { Rule } from '../rule.js';

export const wrongPerson: Rule = {
  id: 'wrong-person',
  says: 'What counted for a person and was of another, through a merge that people have undone or a stay that its sender has moved, brings this person nothing: it is entered in error, whoever was told of it under this number hears so, and it is asked whether that is handled as a confidentiality incident.',
  cites: 'MHA 1983 s117(1): owed to the person who was detained',
  inForce: { from: null, to: null },
  heldBy: ['20 (ASK): a merge is taken back: what was told of the one was of the other'],
};
