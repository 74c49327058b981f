import { isDeepStrictEqual } from 'node:util';
import type { MessageFact } from '../register/fact.js';

/** What the facts of one message mostly share: whom they are about, who said it, when it was true. */
type Shared = Pick<MessageFact, 'nhsNumber' | 'localIds' | 'effectiveAt'> & {
  source: Omit<MessageFact['source'], 'seq'>;
};
type Own = Record<string, unknown> & { seq: number };

/** Facts as the database keeps them: what they share is written once. */
export type CompactFacts = { shared: Shared | null; facts: Own[] };

const SHARED = ['nhsNumber', 'localIds', 'effectiveAt', 'source'] as const;

export function compactFacts(facts: readonly MessageFact[]): CompactFacts {
  const [first] = facts;
  if (!first) return { shared: null, facts: [] };
  const shared: Shared = { ...pick(first), source: sourceOf(first) };
  return { shared, facts: facts.map((fact) => ownOf(fact, shared)) };
}

const pick = ({ nhsNumber, localIds, effectiveAt }: MessageFact) => ({ nhsNumber, localIds, effectiveAt });

function sourceOf({ source: { seq: _, ...source } }: MessageFact): Shared['source'] {
  return source;
}

function ownOf(fact: MessageFact, shared: Shared): Own {
  const { source, ...members } = fact;
  const own: Own = { ...members, seq: source.seq };
  for (const name of SHARED) {
    const value = name === 'source' ? sourceOf(fact) : fact[name];
    if (isDeepStrictEqual(value, shared[name])) delete own[name];
    else own[name] = value;
  }
  return own;
}

/** The facts as they were found; rows written before facts were compacted hold them as they are. */
export function expandFacts(stored: CompactFacts | MessageFact[]): MessageFact[] {
  if (Array.isArray(stored)) return stored;
  const { shared, facts } = stored;
  return facts.map(({ seq, ...own }) => {
    const whole = { ...shared, ...own };
    return { ...whole, source: { ...whole.source, seq } } as MessageFact;
  });
}
