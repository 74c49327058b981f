import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { validateTypedValue } from '@medplum/core';
import type { Encounter, Extension } from 'fhir/r4.js';
import { readFeedExamples } from '../../src/interpret/feed-example.js';
import { readFhirFeed } from '../../src/interpret/fhir/feed.js';
import { isNhsNumber } from '../../src/interpret/nhs-number.js';
import { MAPPINGS } from '../../src/tables.js';
import { faultsOf, readProfileJson } from '../profiles/validator.js';
import { detention } from './samples.js';
import { tellFhir } from './tell.js';

type Profile = NonNullable<NonNullable<Parameters<typeof validateTypedValue>[1]>['profile']>;
const OURS = 'https://aftercare-bridge.example/fhir/StructureDefinition/';
const url = `${OURS}s117-detention`;
const profileOf = (id: string) => readProfileJson<Profile>(`StructureDefinition-${id}.json`);

/** What a validator that we did not write finds wrong with one of our extensions, and with those of ours inside it. */
function faultsOfOurs(value: Extension): string[] {
  const inside = (value.extension ?? []).filter((each) => each.url.startsWith(OURS)).flatMap(faultsOfOurs);
  try {
    validateTypedValue({ type: 'Extension', value }, { profile: profileOf(value.url.slice(OURS.length)) });
    return inside;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return [error.message, ...inside];
  }
}

const { examples } = readFeedExamples(join(MAPPINGS, 'feeds/fhir-ukcore/examples'));
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

/** Shown because they are wrong, or because they hold something of that kind. */
const WRONG = ['batch-one-entry-not-taken', 'other-resources', 'parked-period-without-start'];

describe('the examples of the feed', () => {
  test.each(examples.filter(({ name }) => !WRONG.includes(name)))(
    '$name is valid R4, of an invented person',
    ({ bytes }) => {
      expect(faultsOf(JSON.parse(textOf(bytes)))).toEqual([]);
      for (const [number] of textOf(bytes).matchAll(/\b\d{10}\b/g)) {
        expect(number).toMatch(/^999/);
        // One example is about a number that fails its check.
        expect(isNhsNumber(number) || number === '9990000019').toBe(true);
      }
    },
  );

  test.each(examples.filter(({ name }) => !WRONG.includes(name)))(
    '$name: each detention in it is valid',
    ({ bytes }) => {
      const { extension = [] } = JSON.parse(textOf(bytes)) as Encounter;
      for (const each of extension.filter((one) => one.url === url)) expect(faultsOfOurs(each)).toEqual([]);
    },
  );

  test('every status of an Encounter is in the definition, and shown by an example', () => {
    const read = readFhirFeed(join(MAPPINGS, 'feeds/fhir-ukcore.yaml'));
    if (read.kind === 'mistakes') throw new Error(read.mistakes.join('\n'));
    const shown = examples.map(({ bytes }) => textOf(bytes)).join('\n');
    const untold = Object.entries(read.feed.statuses).filter(
      ([status, effects]) => effects.length > 0 && !shown.includes(`"status": "${status}"`),
    );
    expect(untold).toEqual([]);
    expect(Object.keys(read.feed.statuses)).toHaveLength(9);
  });
});

describe('the detention extension', () => {
  test('is published with an example, which means what it says', () => {
    const example = readProfileJson<Encounter>('examples/Encounter-s117-encounter-example.json');
    expect(faultsOf(example)).toEqual([]);
    for (const each of (example.extension ?? []).filter((one) => one.url === url))
      expect(faultsOfOurs(each)).toEqual([]);
    const { register } = tellFhir([{ ...example, meta: { lastUpdated: '2026-03-01T10:05:00Z' } }]);
    expect(register).toMatchObject([
      {
        status: 'active',
        episodes: [{ from: '2026-03-01', qualifying: [{ basis: 's3', from: '2026-01-05', to: '2026-02-20' }] }],
      },
    ]);
  });

  const whole = detention({
    council: 'E08000025',
    postcode: 'B99 1AA',
    community: [{ status: 'CTO', start: '2026-03-01' }],
  });
  const without = (name: string): Extension => ({
    ...whole,
    extension: whole.extension?.filter((part) => part.url !== name),
  });
  const withPart = (part: Extension): Extension => ({ ...whole, extension: [...(whole.extension ?? []), part] });

  test.each<[string, Extension]>([
    ['a period without an identifier', without('identifier')],
    ['a period without a section', without('section')],
    ['a period without a first day', without('period')],
    ['two sections', withPart({ url: 'section', valueCoding: { code: '02' } })],
    [
      'a community status without a status',
      withPart({
        url: `${OURS}s117-community-status`,
        extension: [{ url: 'period', valuePeriod: { start: '2026-03-01' } }],
      }),
    ],
  ])('refuses %s', (_story, broken) => {
    expect(faultsOfOurs(whole)).toEqual([]);
    expect(faultsOfOurs(broken)).not.toEqual([]);
  });

  test('and the code system for what hangs off a detention has the codes of the code table', () => {
    const { concept } = readProfileJson<{ concept: { code: string }[] }>('CodeSystem-community-status.json');
    const table = readFileSync(join(MAPPINGS, 'codes/community-status.csv'), 'utf8');
    const codes = table
      .trim()
      .split('\n')
      .slice(1)
      .map((row) => row.split(',')[1]);
    expect(concept.map(({ code }) => code)).toEqual(codes);
  });
});
