import { describe, expect, test } from '@jest/globals';
import { readStatedFacts } from '../../src/interpret/stated.js';
import { HOME, PERSON } from '../scenarios/adt.js';
import { onlyRow, type Stated, tables, tell } from '../scenarios/tell.js';
import { statedBy } from '../support/stated-by.js';

const mistakesOf = (...stated: Stated[]): string[] => {
  const ndjson = stated.map((fact) => JSON.stringify({ nhsNumber: PERSON, statedBy: statedBy(fact), ...fact }));
  const read = readStatedFacts(ndjson.join('\n'), tables.mappings.codes);
  return read.kind === 'mistakes' ? read.mistakes : [];
};

const decided: Stated = {
  kind: 'aftercare-decision',
  body: 'council',
  decision: 'no-longer-needed',
  decidedOn: '2026-10-01',
  reasons: ['needs-reassessed-none-remaining'],
  personInvolved: true,
};
const review: Stated = {
  kind: 'review',
  heldOn: '2026-09-01',
  attended: ['person', 'council', 'icb'],
  outcome: 'continue',
};
const checked: Stated = { kind: 'history-checked', on: '2026-03-01', found: 'no-qualifying-detention', sources: ['x'] };

const replied: Stated = { kind: 'reply', body: 'council', on: '2026-03-04', outcome: 'accepted' };

describe('a word that decides something is one of those that are known', () => {
  test.each<[string, Stated]>([
    ['decision: is none of no-longer-needed, still-needed', { ...decided, decision: 'no longer needed' }],
    ['outcome: is none of accepted, accepted-responsibility-disputed, rejected', { ...replied, outcome: 'no' }],
    ['reason: is missing: why it is rejected', { ...replied, outcome: 'rejected' }],
    ['reason: is longer than 2000 characters', { ...replied, outcome: 'rejected', reason: 'no '.repeat(1_000) }],
    ['caseId: is longer than 100 characters', { ...replied, caseId: '7'.repeat(101) }],
    ['body: is none of council, icb', { ...replied, body: 'trust' }],
    ['found: is none of no-qualifying-detention, qualifying-detention', { ...checked, found: 'none' }],
  ])('%s', (says, stated) => {
    expect(mistakesOf(stated)).toEqual([expect.stringContaining(`line 1: ${says}`)]);
  });

  test('what came of a review and who was there is said in any words, and read in one spelling', () => {
    const said = { ...review, heldOn: '2026-03-03', attended: ['Person', 'her sister'], outcome: 'Follow up' };
    const { clocks } = onlyRow(tell([HOME], '2026-03-10', [said]));
    expect(clocks).toContainEqual(expect.objectContaining({ kind: 'follow-up', doneOn: '2026-03-03' }));
    expect(clocks).toContainEqual(expect.objectContaining({ kind: 'review', doneOn: null }));
  });

  test('the known ones are taken', () => {
    const long = { ...replied, reason: 'n'.repeat(2_000), caseId: '7'.repeat(100) };
    expect(mistakesOf(decided, { ...decided, decision: 'still-needed' }, review, checked, long)).toEqual([]);
  });
});

describe('a charge', () => {
  const charge: Stated = { kind: 'charge', from: '2026-05-01', amountPerWeek: '120.50', for: 'home care' };
  test.each<[string, Stated]>([
    ['amountPerWeek: is not an amount such as 120.50', { ...charge, amountPerWeek: '40515001234567.00' }],
    ['to: is before from', { ...charge, to: '2026-04-30' }],
  ])('%s', (says, stated) => {
    expect(mistakesOf(stated)).toEqual([expect.stringContaining(`line 1: ${says}`)]);
  });

  test('of one day, or of any sum that is paid in a week', () => {
    expect(mistakesOf({ ...charge, to: '2026-05-01' }, { ...charge, amountPerWeek: '999999.99' })).toEqual([]);
  });
});

describe('how a detention is known', () => {
  const detained = (certainty: string): Stated => ({
    kind: 'detention',
    section: { system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland', code: '03' },
    from: '1984-05-01',
    to: '1984-09-01',
    certainty,
  });
  const statusOf = (certainty: string) => {
    const { status, questions } = onlyRow(
      tell([], '2026-11-21', [detained(certainty), { kind: 'left-hospital', on: '1984-09-01' }]),
    );
    return [status, questions.some(({ kind }) => kind === 'legal-status-unclear')];
  };

  test.each(['papers-seen', 'record-seen', 'feed-stated', 'reported'])('%s counts', (certainty) => {
    expect(statusOf(certainty)).toEqual(['active', false]);
  });

  test.each(['reported-by-family', 'reported-by-person', 'perhaps', 'paper seen'])(
    '%s is weighed by a person before it counts',
    (certainty) => {
      expect(statusOf(certainty)).toEqual(['not-known', true]);
    },
  );
});

test('a file in another character set than UTF-8 is refused by its lines, so that no accent is lost', () => {
  const lines = ['René', 'Rene', 'Zoë'].map((name) =>
    JSON.stringify({ kind: 'left-hospital', nhsNumber: PERSON, on: '2026-03-01', statedBy: { ...statedBy({}), name } }),
  );
  const read = (encoding: BufferEncoding) =>
    readStatedFacts(Buffer.from(lines.join('\r\n'), encoding), tables.mappings.codes);
  const mistakes = [1, 3].map((line) => `line ${line}: is not UTF-8: save the file as UTF-8`);
  expect(read('latin1')).toEqual({ kind: 'mistakes', mistakes });
  expect(read('utf8')).toMatchObject({ kind: 'facts', facts: [{}, {}, {}] });
  const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(lines.join('\n'))]);
  expect(readStatedFacts(marked, tables.mappings.codes)).toMatchObject({ kind: 'facts' });
});

test('fields that are not known are named, unless what stands there may say of somebody', () => {
  expect(mistakesOf({ kind: 'left-hospital', on: '2026-03-01', onDay: 1, [PERSON]: 'x', 'Ms Example': 1 })).toEqual([
    'line 1: fact: has fields that this kind does not: onDay, 2 that cannot be the name of one',
  ]);
});
