import type { Directory } from '../../organisations/directory.js';
import type { Desk } from '../desk.js';
import type { Responsibility } from '../entry.js';
import type { StatedFact } from '../fact.js';
import { dayOf, type History } from '../history.js';
import { determinedNaming, statedFor } from '../naming.js';
import type { Rule } from '../rule.js';
import { whoAnswers } from '../who-answers.js';
import type { Span } from './redetention.js';
import { disputeChangesNothing } from './responsible-council.js';

export const responsibleIcb: Rule = {
  id: 'responsible-icb',
  says: 'The NHS body that was responsible when detention began keeps the duty through detention and aftercare, also through a later detention: unlike the council, it does not reset.',
  cites: 'MHA 1983 s117(2E); SI 2022/635 regs 5, 7',
  inForce: { from: '2022-07-01', to: null },
};

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
      rule: responsibleIcb,
      disputeRule: disputeChangesNothing,
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
