import { describe, expect, test } from '@jest/globals';
import { type Adt, OTHER, PERSON } from '../scenarios/adt.js';
import { type Stated, tell } from '../scenarios/tell.js';

const THIRD = '9990000034';
const at = '20260702090000';

const merged = (nhsNumber: string, retired: string, sentAt = at): Adt => ({
  trigger: 'A40',
  sentAt,
  nhsNumber,
  mrn: `L-${nhsNumber}`,
  mergedAway: { nhsNumber: retired, mrn: `L-${retired}` },
});
const lookedUp = (nhsNumber: string): Stated => ({
  kind: 'history-checked',
  nhsNumber,
  on: '2026-08-01',
  found: 'no-qualifying-detention',
  sources: ['the archive'],
});
const numbers = (messages: Adt[], stated: Stated[] = []) =>
  tell(messages, '2026-11-21', stated).register.map(({ nhsNumber, formerNhsNumbers }) => [
    nhsNumber,
    ...formerNhsNumbers,
  ]);

describe('the number that merges leave', () => {
  test.each([
    ['one after the other', [merged(PERSON, OTHER), merged(THIRD, PERSON, '20260703090000')]],
    ['the other way round', [merged(PERSON, OTHER, '20260703090000'), merged(THIRD, PERSON)]],
    ['at one moment', [merged(PERSON, OTHER), merged(THIRD, PERSON)]],
  ])('is the one that went into no other: %s', (_when, messages) => {
    expect(numbers(messages)).toEqual([[THIRD, PERSON, OTHER]]);
    for (const number of [PERSON, OTHER]) {
      expect(numbers(messages, [lookedUp(number)])).toEqual([[THIRD, PERSON, OTHER]]);
    }
  });

  test('is the one that went before, when it is merged back, at once or through another', () => {
    const back = merged(PERSON, THIRD, '20260704090000');
    expect(numbers([merged(THIRD, PERSON), back])).toEqual([[PERSON, THIRD]]);
    const through = [merged(OTHER, PERSON), merged(THIRD, OTHER, '20260703090000'), back];
    expect(numbers(through)).toEqual([[PERSON, OTHER, THIRD]]);
  });

  test('is what the last merge kept, where one record went into two', () => {
    const two = [merged(PERSON, OTHER), merged(THIRD, OTHER, '20260703090000')];
    expect(numbers(two)).toEqual([[THIRD, PERSON, OTHER]]);
    expect(numbers(two, [lookedUp(PERSON)])).toEqual([[THIRD, PERSON, OTHER]]);
  });
});
