import type { Fact } from '../register/fact.js';
import { standingWithdrawals } from '../register/history.js';
import type { LearntFact } from '../store/closure.js';
import { statementStore } from '../store/statements.js';
import type { AppDeps } from './deps.js';
import { factsById, factText, statedByText, trueSince } from './fact-text.js';
import type { PersonView } from './register-schemas.js';

type FactRow = PersonView['facts'][number];

/** In the order of when they were true. The tenth identical statement is one fact, said ten times. */
export async function factRows(learnt: readonly LearntFact[], { pool }: Pick<AppDeps, 'pool'>): Promise<FactRow[]> {
  const said = new Map<string, LearntFact[]>();
  for (const each of learnt) said.set(each.fact.id, [...(said.get(each.fact.id) ?? []), each]);
  const stated = learnt.flatMap(({ fact }) => (fact.source.by === 'person' ? [fact.id] : []));
  const recordedBy = await statementStore(pool).recordedBy(stated);
  const others = factsById(learnt.map(({ fact }) => fact));
  const withdrawals = withdrawalsIn(learnt.map(({ fact }) => fact));
  const rows = [...said].flatMap(([id, [first, ...again]]) => {
    if (!first) return [];
    const { fact, learntAt, messageId } = first;
    return [
      {
        id,
        kind: fact.kind,
        says: factText(fact, others),
        effectiveAt: trueSince(fact, learntAt.toISOString()),
        learntAt: learntAt.toISOString(),
        by: statedByText(fact),
        recordedBy: recordedBy.get(id.toLowerCase()) ?? null,
        withdrawn: withdrawals.get(id.toLowerCase()) ?? null,
        messageId,
        times: 1 + again.length,
      },
    ];
  });
  return rows.sort((a, b) => Date.parse(a.effectiveAt) - Date.parse(b.effectiveAt));
}

/** What people have taken back, by its id. */
const withdrawalsIn = (facts: readonly Fact[]): Map<string, FactRow['withdrawn']> =>
  new Map(
    standingWithdrawals(facts).map((fact) => [
      fact.fact.toLowerCase(),
      { by: statedByText(fact), because: fact.because },
    ]),
  );
