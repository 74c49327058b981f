import type { Rule } from '../rule.js';

export const assessmentThenTreatment: Rule = {
  id: 'assessment-then-treatment',
  says: 'Where a section 2 became a section 3, it is unsettled whether residence is tested before the first or before the second. Where the two differ, a person is asked.',
  cites: "MHA 1983 s117(3); the doubt is noted in the Secretary of State's determination OR 5/2020",
  inForce: { from: '2015-04-01', to: null },
  heldBy: [
    '2: another council before the section 2 than before the section 3: both readings, and who was named for the section 3 meanwhile',
  ],
};
