import { describe, expect, test } from '@jest/globals';
import { answersFor } from '../../src/hl7v2/answers.js';

const asked = (acceptAck: string, applicationAck: string) => ({ messageCode: 'ADT', acceptAck, applicationAck });

describe('MSH-15 and MSH-16 decide', () => {
  test.each([
    { accept: '', application: '', stored: ['AA'], failed: ['AE'], refused: ['AR'] },
    { accept: 'AL', application: 'AL', stored: ['CA', 'AA'], failed: ['CE'], refused: ['CR'] },
    { accept: 'AL', application: 'NE', stored: ['CA'], failed: ['CE'], refused: ['CR'] },
    { accept: 'AL', application: '', stored: ['CA'], failed: ['CE'], refused: ['CR'] },
    { accept: 'NE', application: 'AL', stored: ['AA'], failed: ['AE'], refused: ['AR'] },
    { accept: '', application: 'AL', stored: ['AA'], failed: ['AE'], refused: ['AR'] },
    { accept: 'NE', application: 'NE', stored: [], failed: [], refused: [] },
    { accept: 'ER', application: 'NE', stored: [], failed: ['CE'], refused: ['CR'] },
    { accept: 'NE', application: 'ER', stored: [], failed: ['AE'], refused: ['AR'] },
    { accept: 'SU', application: 'NE', stored: ['CA'], failed: [], refused: [] },
    { accept: 'SU', application: 'AL', stored: ['CA', 'AA'], failed: ['AE'], refused: ['AR'] },
    { accept: 'ER', application: 'SU', stored: ['AA'], failed: ['CE'], refused: ['CR'] },
    { accept: 'al', application: 'ne', stored: ['CA'], failed: ['CE'], refused: ['CR'] },
    { accept: '??', application: 'NE', stored: ['CA'], failed: ['CE'], refused: ['CR'] },
  ])('$accept / $application', ({ accept, application, stored, failed, refused }) => {
    expect(answersFor(asked(accept, application), 'stored')).toEqual(stored);
    expect(answersFor(asked(accept, application), 'failed')).toEqual(failed);
    expect(answersFor(asked(accept, application), 'refused')).toEqual(refused);
  });
});

test('an acknowledgement is not acknowledged, or two systems would never stop', () => {
  expect(answersFor({ ...asked('AL', 'AL'), messageCode: 'ACK' }, 'stored')).toEqual([]);
  expect(answersFor({ ...asked('', ''), messageCode: 'MCF' }, 'refused')).toEqual([]);
});
