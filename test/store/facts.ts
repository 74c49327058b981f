import { randomUUID } from 'node:crypto';
import type { LocalId, MessageFact, StatedFact } from '../../src/register/fact.js';
import type { Interpretation, Statement } from '../../src/store/facts.js';

export const nhs = (number: string): string => `nhs:${number}`;
export const local = (value: string): string => `local:RXT:MRN:${value}`;

/** What a message said of the people whom these nodes name: enough of a fact for the store, which never reads it. */
export function residence(postcode: string): MessageFact {
  return {
    kind: 'residence',
    id: randomUUID(),
    effectiveAt: '2026-03-01T10:00:00Z',
    source: { by: 'message', sender: 'RXT', sentAt: '2026-03-01T10:00:00Z', seq: 0 },
    nhsNumber: null,
    localIds: [] as LocalId[],
    postcode,
  };
}

export function found(messageId: string, nodes: string[], over: Partial<Interpretation> = {}): Interpretation {
  return {
    messageId,
    definition: 'zmh-1',
    outcome: 'interpreted',
    fault: null,
    facts: [residence(`of message ${messageId}`)],
    nodes,
    periods: [],
    ...over,
  };
}

export function stated(nodes: string[], id: string = randomUUID()): Statement {
  const fact: StatedFact = {
    kind: 'history-checked',
    id,
    effectiveAt: '2026-03-01T00:00:00Z',
    source: { by: 'person', statedBy: { organisation: 'QHL', name: 'A. Officer', role: 'officer' } },
    nhsNumber: null,
    localIds: [],
    on: '2026-03-01',
    found: 'no-qualifying-detention',
    sources: [],
  };
  return { recordedBy: 'A. Officer', fact, nodes };
}
