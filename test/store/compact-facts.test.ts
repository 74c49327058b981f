import { expect, test } from '@jest/globals';
import type { MessageFact } from '../../src/register/fact.js';
import { compactFacts, expandFacts } from '../../src/store/compact-facts.js';

const said = { by: 'message', sender: 'RXT', sentAt: '2026-03-01T10:05:00Z' } as const;
const anna = {
  nhsNumber: '9990000018',
  localIds: [{ sender: 'RXT', authority: 'RXT', value: '1' }],
  effectiveAt: '2026-03-01T10:00:00Z',
};
const lives: MessageFact = { kind: 'residence', id: 'a', ...anna, source: { ...said, seq: 0 }, postcode: 'ZZ99 3VZ' };

/** As the database gives it back. */
const kept = (facts: MessageFact[]) => expandFacts(JSON.parse(JSON.stringify(compactFacts(facts))));

test('facts come back as they were found, whatever they share with the first of their message', () => {
  const facts: MessageFact[] = [
    lives,
    {
      kind: 'admitted',
      id: 'b',
      ...anna,
      effectiveAt: '2026-03-01T08:00:00Z',
      source: { ...said, seq: 1 },
      visit: 'V1',
      patientClass: 'I',
    },
    { ...lives, id: 'c', nhsNumber: null, localIds: [], source: { ...said, seq: 2 } },
    { ...lives, id: 'd', source: { by: 'message', sender: 'RRE', sentAt: '2026-03-02T10:00:00Z', seq: 3 } },
    {
      kind: 'identity-merged',
      id: 'e',
      ...anna,
      source: { ...said, seq: 4 },
      retired: { nhsNumber: null, localIds: [] },
    },
  ];
  expect(kept(facts)).toEqual(facts);
  expect(kept([])).toEqual([]);
});

test('rows from before facts were compacted hold them as they are', () => {
  expect(expandFacts([lives])).toEqual([lives]);
});
