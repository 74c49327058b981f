import type { Directory } from '../../organisations/directory.js';
import type { Desk } from '../desk.js';
import { type Responsibility, UNKNOWN_BODY } from '../entry.js';
import type { StatedFact } from '../fact.js';
import { dayOf, type History } from '../history.js';
import { formerOf, fromStatements, type Naming, responsibilityOf, statedFor } from '../responsibility.js';
import type { Rule } from '../rule.js';
import type { Span } from './redetention.js';

export const responsibleIcb: Rule = {
  id: 'responsible-icb',
  says: 'The NHS body that was responsible when detention began keeps the duty through detention and aftercare, also through a later detention: unlike the council, it does not reset.',
  cites: 'MHA 1983 s117(2E); SI 2022/635 regs 5, 7',
  inForce: { from: '2022-07-01', to: null },
};

type Determination = Extract<StatedFact, { kind: 'icb-determined' }>;

/** The NHS side of the whole entry, and every other body that was named for it before. */
export function icbOf(
  spans: Span[],
  history: History,
  directory: Directory,
  desk: Desk,
): { icb: Responsibility; former: string[] } {
  const stated = statedFor(
    spans.flatMap((span) => span.detentions),
    history.commissioners,
    { codeOf: (f) => f.icb, basis: 'commissioner-when-detention-began' },
  );
  const determined = history.stated.filter(
    (f): f is Determination => f.kind === 'icb-determined' && desk.hasCome(dayOf(f)),
  );
  const icb = chosen(spans, stated.current, determined.map(namingOf), directory, desk);
  const everyNaming = [...stated.current, ...stated.corrected, ...determined.map(namingOf)];
  return { icb, former: formerOf('icb', everyNaming, icb, directory, desk.asOf) };
}

function chosen(
  spans: Span[],
  stated: Naming[],
  determined: Naming[],
  directory: Directory,
  desk: Desk,
): Responsibility {
  const latest = determined.at(-1);
  if (latest) {
    desk.because(responsibleIcb, `${latest.code} determined by people from ${latest.since}.`, [latest.factId]);
    return responsibilityOf('icb', latest, directory, desk);
  }
  const [first, ...rest] = stated;
  if (!first) {
    desk.ask({
      kind: 'which-icb',
      text: 'No NHS commissioner was stated. Which ICB was responsible when the detention began? Record it.',
      options: [],
      facts: spans.flatMap((span) => span.detentions.map((d) => d.factId)),
    });
    return UNKNOWN_BODY;
  }
  return fromStatements('icb', [first, ...rest], responsibleIcb, directory, desk);
}

const namingOf = (d: Determination): Naming => ({
  code: d.icb,
  writtenOn: dayOf(d),
  standing: d.standing,
  basis: d.basis,
  since: dayOf(d),
  factId: d.id,
});
