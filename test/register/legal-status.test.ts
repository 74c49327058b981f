import { describe, expect, test } from '@jest/globals';
import type { Encounter } from 'fhir/r4.js';
import { encounter, HOME, legalStatus, VISIT, WALES } from '../fhir/samples.js';
import { tellFhir } from '../fhir/tell.js';

/** The detentions of the only person's episodes, by their keys without the sender. */
const detentions = (...resources: object[]): string[][] =>
  tellFhir(resources).register.flatMap(({ episodes }) =>
    episodes.map(({ qualifying }) => qualifying.map(({ basis, from }) => `${basis} ${from}`)),
  );
const anchorsOf = (...resources: object[]): (number | undefined)[] =>
  tellFhir(resources).register.flatMap(({ episodes }) => episodes.map(({ anchors }) => anchors.length));

const stay = (
  visit: string,
  [start, end]: [string, string],
  ...extension: Encounter['extension'] & object
): Encounter =>
  encounter({
    ...HOME,
    identifier: [{ system: VISIT, value: visit }],
    meta: { lastUpdated: `${end}T10:05:00Z` },
    period: { start: `${start}T08:00:00Z`, end: `${end}T10:00:00Z` },
    extension,
  });

describe('the same section on admission and on discharge', () => {
  const first = stay(
    'V1',
    ['2026-01-01', '2026-03-01'],
    legalStatus('admission', '03'),
    legalStatus('discharge', '03'),
  );
  const second = stay(
    'V2',
    ['2026-05-01', '2026-06-01'],
    legalStatus('admission', '03'),
    legalStatus('discharge', '03'),
  );

  test('is one detention of each stay, and each keeps what was told of its own', () => {
    expect(detentions(first, second)).toEqual([['s3 2026-01-01'], ['s3 2026-05-01']]);
    expect(anchorsOf(first, second)).toEqual([2, 2]);
  });

  test('of the list of England and of that of Wales is two', () => {
    const both = stay(
      'V1',
      ['2026-01-01', '2026-03-01'],
      legalStatus('admission', '03'),
      legalStatus('discharge', '03', WALES),
    );
    expect(detentions(both)).toEqual([['s3 2026-01-01', 's3 2026-03-01']]);
  });

  test('alone on admission is one, of which nothing else was told', () => {
    expect(anchorsOf(stay('V1', ['2026-01-01', '2026-03-01'], legalStatus('admission', '03')))).toEqual([1]);
  });
});
