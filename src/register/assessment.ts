import { addDays } from './day.js';
import type { Detention, History } from './history.js';
import type { Naming } from './responsibility.js';
import { assessmentThenTreatment } from './rules/assessment-then-treatment.js';
import type { Differing } from './who-answers.js';

/** The detentions that do not qualify and ran straight into this one, such as a section 2. */
export const assessedBefore = (first: Detention | undefined, { detentions }: History): Detention[] =>
  detentions.filter(
    (d) =>
      first && d.status.bearing === 'no' && d.from <= first.from && (d.to === null || d.to >= addDays(first.from, -1)),
  );

/** Where the two days give two councils, both readings are put before a person. */
export function differingTests(own: readonly Naming[], assessment: readonly Naming[]): Differing | null {
  const [after] = own;
  const before = assessment.find(({ code }) => after && code !== after.code);
  if (!after || !before) return null;
  return {
    rule: assessmentThenTreatment,
    text: `One reading tests residence before the section 2, when the person was first detained: ${before.code}. The other tests it before the section 3, the detention that brings aftercare: ${after.code}. The law is unsettled (MHA 1983 s117(3); the doubt is noted in the Secretary of State's determination OR 5/2020).`,
  };
}
