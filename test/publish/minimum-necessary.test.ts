import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { transactionBundle } from '../../src/publish/bundle.js';
import { digestOf } from '../../src/publish/digest.js';
import { publish } from '../../src/publish/publish.js';
import { stamp } from '../../src/publish/stamp.js';
import type { Entry, Episode } from '../../src/register/entry.js';
import { faultsOf } from '../profiles/validator.js';
import { anyDay, anyEntry } from './any-entry.js';
import * as people from './entries.js';

const { BIRMINGHAM, CONTEXT, IDS, PLAN } = people;

const bundles = (entry: Entry, sendLegalBasis: boolean) =>
  publish(entry, people.everywhere({ sendLegalBasis })).map((publication) =>
    transactionBundle(publication.patient, stamp(publication, IDS, 7, CONTEXT)),
  );

const SECTION = /"(s3|s37|s37-41|s45A|s47|s47-49|s48|s48-49|cpia-hospital-order)"|legal-basis|LegalStatus/;

test('whatever happened, what is sent is valid against base R4 and our profiles', () => {
  fc.assert(
    fc.property(anyEntry, fc.boolean(), (entry, sendLegalBasis) => {
      const resources = bundles(entry, sendLegalBasis).flatMap(({ entry = [] }) =>
        entry.flatMap((e) => e.resource ?? []),
      );
      expect(resources.flatMap(faultsOf)).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

test('whatever happened, no section is sent unless the partnership asks for it', () => {
  fc.assert(
    fc.property(anyEntry, (entry) => {
      expect(JSON.stringify(bundles(entry, false))).not.toMatch(SECTION);
    }),
  );
});

test('the section is sent where the partnership asks for it', () => {
  const sent = bundles(people.entry([people.episode()]), true);
  expect(sent).toHaveLength(2);
  for (const bundle of sent) {
    expect(JSON.stringify(bundle)).toMatch(SECTION);
  }
});

test('whatever happened, the person is an NHS number, a name and a birth date, and nobody hears a diagnosis', () => {
  fc.assert(
    fc.property(anyEntry, fc.boolean(), (entry, sendLegalBasis) => {
      for (const bundle of bundles(entry, sendLegalBasis)) {
        const { meta: _, ...patient } = bundle.entry?.[0]?.resource ?? {};
        expect(['birthDate', 'identifier', 'name', 'resourceType']).toEqual(
          expect.arrayContaining(Object.keys(patient)),
        );
        expect(JSON.stringify(bundle)).not.toMatch(/"(address|telecom|diagnosis|addresses|gender|postalCode)"/);
        expect(JSON.stringify(bundle)).not.toContain('"123"');
      }
    }),
  );
});

test('the day on which the register was read changes nothing', () => {
  fc.assert(
    fc.property(anyEntry, anyDay, (entry, asOf) => {
      const digests = (read: Entry) => publish(read, people.everywhere()).map(digestOf);
      expect(digests({ ...entry, asOf, nextChangeOn: asOf })).toEqual(digests(entry));
    }),
  );
});

test('a digest does not depend on the order of keys, nor on what the register calls the episode', () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, part]) => [key, shuffled(part)]),
    );
  };
  fc.assert(
    fc.property(anyEntry, (entry) => {
      for (const publication of publish(entry, people.everywhere({ sendLegalBasis: true }))) {
        const renamed = publication.episodes.map((episode) => ({
          ...episode,
          anchors: ['RXT|late', ...episode.anchors],
        }));
        expect(digestOf(shuffled(publication) as typeof publication)).toBe(digestOf(publication));
        expect(digestOf({ ...publication, episodes: renamed })).toBe(digestOf(publication));
      }
    }),
  );
});

test.each<[string, Partial<Episode>]>([
  ['the day of leaving', { from: '2026-02-28' }],
  ['an agreed plan', { plan: PLAN }],
  ['a need in the plan', { plan: { ...PLAN, needs: PLAN.needs.slice(1) } }],
  ['a later review', { plan: { ...PLAN, reviewDue: '2027-01-01' } }],
  ['how firmly the council is known', { council: people.provisional(BIRMINGHAM) }],
])('%s is news', (_story, changes) => {
  const digests = [people.episode(), people.episode(changes)].map((episode) =>
    publish(people.entry([episode]), people.everywhere()).map(digestOf),
  );
  expect(digests[0]?.[0]).not.toBe(digests[1]?.[0]);
});
