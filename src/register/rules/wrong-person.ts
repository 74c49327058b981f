import type { Rule } from '../rule.js';

export const wrongPerson: Rule = {
  id: 'wrong-person',
  says: 'What counted for a person and was of another, through a merge that people have undone or a stay that was moved, moved on or moved back, brings this person nothing: it is entered in error, whoever was told of it under this number hears so, and it is asked whether that is handled as a confidentiality incident.',
  cites: 'MHA 1983 s117(1): owed to the person who was detained',
  inForce: { from: null, to: null },
  heldBy: [
    'two records are merged, separated and merged again: the right one is active, the other in error, and no identifier ever names another patient',
  ],
};
