import type { Stated } from '../tell.js';

/** Who may decide, or at least say something, for each body. */
const DECIDERS = {
  council: { organisation: 'E08000025', name: 'A Team Manager', role: 'team manager, adult social care' },
  icb: { organisation: 'QHL', name: 'A Commissioner', role: 'commissioner of section 117 aftercare' },
  trust: { organisation: 'RXT', name: 'A Consultant', role: 'responsible clinician' },
};

/** One body finds that no need remains: reassessed, with the person involved, by somebody of its own. */
export const decisionOf = (body: keyof typeof DECIDERS, decidedOn: string, over: object = {}): Stated => ({
  kind: 'aftercare-decision',
  body,
  decision: 'no-longer-needed',
  decidedOn,
  reasons: ['needs-reassessed-none-remaining'],
  personInvolved: true,
  statedBy: DECIDERS[body],
  ...over,
});
