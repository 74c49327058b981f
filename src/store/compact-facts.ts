import { isDeepStrictEqual } from 'node:util';
import type { MessageFact } from '../register/fact.js';

/** What the facts of one message mostly share: whom they are about, who said it, when it was true. */
type Shared = Pick<MessageFact, 'nhsNumber' | 'localIds' | 'effectiveAt'> & {
  source: Omit<MessageFact['source'], 'seq'>;
};
type Own = Record<string, unknown> & { seq: number };

/** Facts as the database keeps them: what they share is written once. */
export type CompactFacts = { shared: Shared | null; facts: Own[] };

export function compactFacts(facts: readonly MessageFact[]): CompactFacts {
  const [first] = facts;
  if (!first) return { shared: null, facts: [] };
  const { nhsNumber, localIds, effectiveAt } = first;
  const { seq: _, ...source } = first.source;
  const shared: Shared = { nhsNumber, localIds, effectiveAt, source };
  return { shared, facts: facts.map((fact) => ownOf(fact, shared)) };
}

function ownOf({ nhsNumber, localIds, effectiveAt, source, ...content }: MessageFact, shared: Shared): Own {
  const { seq, ...said } = source;
  const own: Record<string, unknown> = content;
  if (effectiveAt !== shared.effectiveAt) own.effectiveAt = effectiveAt;
  if (nhsNumber !== shared.nhsNumber) own.nhsNumber = nhsNumber;
  if (!isDeepStrictEqual(localIds, shared.localIds)) own.localIds = localIds;
  const isSaidSo = said.sender === shared.source.sender && said.sentAt === shared.source.sentAt;
  return { ...own, seq, ...(isSaidSo ? {} : { source: said }) };
}

/** The facts as they were found; rows written before facts were compacted hold them as they are. */
export function expandFacts(stored: CompactFacts | MessageFact[]): MessageFact[] {
  if (Array.isArray(stored)) return stored;
  const { shared, facts } = stored;
  return facts.map((own) => expanded(own, shared));
}

/**
 * Whatever is read of every fact comes first and in one order, and nothing is taken out of an object again: everything
 * that folds reads such facts several times as fast.
 */
function expanded(own: Own, shared: Shared | null): MessageFact {
  const said = (own.source ?? shared?.source) as Shared['source'];
  const source: MessageFact['source'] = { by: said.by, sender: said.sender, sentAt: said.sentAt, seq: own.seq };
  const fact: Record<string, unknown> = {
    nhsNumber: shared?.nhsNumber,
    localIds: shared?.localIds,
    effectiveAt: shared?.effectiveAt,
    source,
  };
  for (const [name, value] of Object.entries(own)) if (name !== 'seq' && name !== 'source') fact[name] = value;
  return fact as MessageFact;
}
