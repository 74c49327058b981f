import { expect, test } from '@jest/globals';
import { compare } from '../../src/flow/held.js';
import { publish } from '../../src/publish/publish.js';
import { type Stamped, stamp } from '../../src/publish/stamp.js';
import type { Held } from '../../src/wire/fhir.js';
import { CONTEXT, entry, episode, everywhere, IDS } from '../publish/entries.js';

const [publication] = publish(entry([episode()]), everywhere());

const version = (recordVersion: number, recordedAt = CONTEXT.recordedAt): Stamped => {
  if (!publication) throw new Error('nobody is told');
  return stamp(publication, IDS, recordVersion, { ...CONTEXT, recordedAt });
};

/** What a council holds that was sent this. */
const heldOf = ({ resources }: Stamped, change: (resource: object) => object = (same) => same): Held[] =>
  resources.map((resource) => {
    const [{ system, value }] = resource.identifier;
    return {
      resourceType: resource.resourceType,
      system,
      value,
      id: '1',
      versionId: '1',
      resource: { ...change(resource) },
    };
  });

const withoutContained = (resource: object): object => {
  const { contained: _, ...rest } = resource as { contained?: unknown };
  return rest;
};

test.each([
  { story: 'what was sent', held: heldOf(version(2)), verdict: 'same' },
  { story: 'the version before', held: heldOf(version(1)), verdict: 'behind' },
  { story: 'nothing', held: [], verdict: 'behind' },
  { story: 'half of it', held: heldOf(version(2)).slice(1), verdict: 'behind' },
  { story: 'a later version', held: heldOf(version(3)), verdict: 'ahead' },
  {
    story: 'the same number of another moment that says something else, given before this ledger was restored',
    held: heldOf(version(2, '2026-11-20T08:00:00Z'), (resource) => ({ ...resource, status: 'inactive' })),
    verdict: 'ahead',
  },
  {
    story: 'the same number of another moment that says the same',
    held: heldOf(version(2, '2026-11-20T08:00:00Z')),
    verdict: 'same',
  },
  {
    story: 'what was sent, by a server that keeps nothing that is contained',
    held: heldOf(version(2), withoutContained),
    verdict: 'same',
  },
])('a council that holds $story: $verdict', ({ held, verdict }) => {
  expect(compare(held, version(2), 2)).toBe(verdict);
});
