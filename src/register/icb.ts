import type { Directory } from '../organisations/directory.js';
import type { Desk } from './desk.js';
import type { Responsibility } from './entry.js';
import type { StatedFact } from './fact.js';
import { dayOf, type History } from './history.js';
import { determinedNaming, statedFor } from './naming.js';
import { ruleOn } from './rule.js';
import { ccgOfDestination } from './rules/ccg-of-destination.js';
import { ccgOfResidence } from './rules/ccg-of-residence.js';
import { disputeChangesNothing } from './rules/dispute-changes-nothing.js';
import { originatingCcg } from './rules/originating-ccg.js';
import { primaryCareTrust } from './rules/pct-residence.js';
import { responsibleIcb } from './rules/responsible-icb.js';
import type { Span } from './spans.js';
import { whoAnswers } from './who-answers.js';

/** In the order of their days; which it was when the detention began that the duty goes back to. */
const NHS_TESTS = [primaryCareTrust, ccgOfDestination, ccgOfResidence, originatingCcg, responsibleIcb] as const;

type Determination = Extract<StatedFact, { kind: 'icb-determined' }>;

/** The NHS side of the whole entry, and every other body that was named for it before. */
export function icbOf(
  spans: readonly Span[],
  history: History,
  directory: Directory,
  desk: Desk,
): { icb: Responsibility; former: string[] } {
  const detentions = spans.flatMap((span) => span.detentions);
  const determined = history.stated.filter(
    (f): f is Determination => f.kind === 'icb-determined' && desk.hasCome(dayOf(f)),
  );
  const { body, former } = whoAnswers(
    {
      side: 'icb',
      stated: statedFor(detentions, history.commissioners, {
        codeOf: (f) => f.icb,
        isDeleted: (f) => f.icb === null,
        basis: 'commissioner-when-detention-began',
      }),
      determined: determined.map(determinedNaming),
      mergedOn: history.mergedOn,
      rule: ruleOn(detentions[0]?.from ?? desk.asOf, NHS_TESTS),
      disputeRule: disputeChangesNothing,
      differing: null,
      nobody: {
        text: 'No NHS commissioner was stated. Which ICB was responsible when the detention began? Record it.',
        about: detentions.slice(0, 1).map(({ key }) => key),
        facts: detentions.map(({ factId }) => factId),
      },
    },
    directory,
    desk,
  );
  return { icb: body, former };
}
