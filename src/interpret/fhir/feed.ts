import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { ENCOUNTER_STATUSES } from '../../fhir/resources.js';
import { readYaml } from '../yaml-file.js';

const text = z.string().min(1, 'is empty');
const addresses = z.array(z.string().regex(/^\S+$/, 'is not the address of a system or an extension'));

const effect = z.enum([
  'admitted',
  'admission-cancelled',
  'left',
  'left-if-stated',
  'left-cancelled',
  'leave-started',
  'leave-ended',
  'deleted',
]);
export type FhirEffect = z.infer<typeof effect>;

const FhirFeed = z.strictObject({
  format: z.literal('fhir'),
  feed: z.string().regex(/^[a-z0-9.-]+$/, 'is not a feed name'),
  title: text,
  nhsNumber: addresses.min(1, 'is empty'),
  organisations: addresses.min(1, 'is empty'),
  authorities: z.record(text, text),
  visitSystems: addresses,
  sharedNumbers: addresses,
  deletionReasons: z.array(text),
  nhsNumberStatus: addresses,
  dischargeMethod: addresses,
  legalStatus: z.strictObject({
    extensions: addresses,
    context: text,
    classification: text,
    whenUnnamed: text.optional(),
  }),
  detention: addresses,
  communityStatus: addresses,
  carePlan: z
    .strictObject({
      categories: z.array(z.strictObject({ system: text, code: text })).default([]),
      reviewDue: addresses.default([]),
      funding: addresses.default([]),
      crisisPlan: addresses.default([]),
      copyGiven: addresses.default([]),
      accommodation: addresses.default([]),
    })
    .prefault({}),
  patients: z.enum(['tell', 'name']).default('tell'),
  statuses: z.record(z.enum(ENCOUNTER_STATUSES), z.array(effect)),
});

/** A feed definition for FHIR: which systems and extensions a kind of sender uses. Data, not code (`mappings/feeds/README.md`). */
export type FhirFeed = z.infer<typeof FhirFeed>;

export type FhirFeedResult = { kind: 'feed'; feed: FhirFeed; text: string } | { kind: 'mistakes'; mistakes: string[] };

/** Whether a definition says that it is one of FHIR. */
export const isFhirFeed = (file: string): boolean => /^format:\s*fhir\s*(#.*)?$/m.test(readFileSync(file, 'utf8'));

/** Reads one definition. Every mistake names its line, and all are reported at once. */
export function readFhirFeed(file: string): FhirFeedResult {
  const written = readFileSync(file, 'utf8');
  const read = readYaml(written, file, FhirFeed);
  if (read.kind === 'mistakes') return read;
  if (read.value.feed === basename(file, '.yaml')) return { kind: 'feed', feed: read.value, text: written };
  return { kind: 'mistakes', mistakes: read.say([{ path: ['feed'], what: 'is not the name of the file' }]) };
}
