import { describe, expect, test } from '@jest/globals';
import type { Body, Directory } from '../../src/organisations/directory.js';
import { organisationReference, organisationsOn } from '../../src/publish/organisations.js';

const body = (changes: Partial<Body>): Body => ({
  code: 'E06000064',
  kind: 'council',
  name: 'Westmorland and Furness Council',
  ods: 'W8X1Q',
  gss: 'E06000064',
  from: '2023-04-01',
  to: null,
  source: 'SI 2022/331',
  ...changes,
});

/** Eden, abolished in 2023, was succeeded by Westmorland and Furness; nothing else is known. */
const directory: Directory = {
  version: 'test',
  tables: { bodies: [], successions: [] },
  shipped: null,
  council: (code) =>
    code === 'E06000064' || code === 'E07000030' ? { kind: 'found', body: body({}), steps: [] } : { kind: 'unknown' },
  commissioner: (code) =>
    code === 'QHL'
      ? {
          kind: 'found',
          body: body({ code, kind: 'icb', name: 'NHS Birmingham and Solihull', ods: 'QHL', gss: null }),
          steps: [],
        }
      : { kind: 'unknown' },
  smallArea: () => [],
  icbOfPractice: () => ({ kind: 'unknown' }),
  livingOn: () => [],
  meanings: () => [],
  nextChange: () => null,
  imported: null,
  area: () => null,
};
const organisationOf = organisationsOn(directory, '2026-11-21');
const referenceTo = (kind: 'council' | 'icb', code: string) => organisationReference(code, organisationOf(kind, code));

describe('how a receiver recognises a body', () => {
  test('a council by its ODS code and name', () => {
    expect(referenceTo('council', 'E06000064')).toEqual({
      type: 'Organization',
      identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'W8X1Q' },
      display: 'Westmorland and Furness Council',
    });
  });

  test('a council that was abolished is never shown under the name or code of its successor', () => {
    expect(referenceTo('council', 'E07000030')).toEqual({
      type: 'Organization',
      identifier: { system: 'https://aftercare-bridge.example/fhir/sid/gss', value: 'E07000030' },
    });
  });

  test('an ICB by its code, which is its ODS code, whether or not the directory knows it', () => {
    expect(referenceTo('icb', 'QHL')).toMatchObject({
      identifier: { value: 'QHL' },
      display: 'NHS Birmingham and Solihull',
    });
    expect(referenceTo('icb', 'QZZ')).toEqual({
      type: 'Organization',
      identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'QZZ' },
    });
  });
});
