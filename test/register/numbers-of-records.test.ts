import { describe, expect, test } from '@jest/globals';
import { OTHER, PERSON } from '../scenarios/adt.js';
import { type Stated, tell, told as toldBy } from '../scenarios/tell.js';
import { FOURTH, merged, ofRecords, people, seen, THIRD } from './people.js';
import { TODAY } from './story.js';

const conflictsOf = (messages: Parameters<typeof people>[0], stated: readonly Stated[] = []) =>
  tell(messages, TODAY, stated).register.map(({ questions }) =>
    questions.filter(({ kind }) => kind === 'identity-conflict'),
  );
/** Without a stay: who the person is, and no more. */
const named = (nhsNumber: string, sentAt: string) =>
  seen(nhsNumber, 'L1', sentAt, { trigger: 'A31', visit: '', controlId: `${nhsNumber}${sentAt}` });

describe('a record that its sender gives another number and then its own again', () => {
  const asked = [`${PERSON}:  asked`, `${OTHER}:  asked`];
  const slip = named(OTHER, '20260302090000');
  const [before, after] = [named(PERSON, '20260301090000'), named(PERSON, '20260303090000')];

  test('what it said at the very moment of the first, or of the last, is no slip between them', () => {
    expect(people([before, named(OTHER, '20260301090000'), after])).toEqual(asked);
    expect(people([before, named(OTHER, '20260303090000'), after])).toEqual(asked);
    const beside = ofRecords(PERSON, ['L1', 'L5'], '20260304090000');
    expect(people([before, named(OTHER, '20260303090000'), after, beside])).toEqual([
      `${PERSON}: L5 asked`,
      `${OTHER}:  asked`,
    ]);
  });

  test('where it gave two numbers last, none is a slip', () => {
    const [between, beside] = [named(THIRD, '20260302090000'), named(OTHER, '20260303090000')];
    expect(people([before, between, after, beside])).toEqual([...asked, `${THIRD}:  asked`]);
  });

  test('what it gave before the first telling of its own is no slip', () => {
    expect(people([slip, after])).toEqual(asked);
  });

  test('one of several others that was said between is a slip, and the one from before is asked about', () => {
    const third = named(THIRD, '20260228090000');
    expect(people([third, before, slip, after])).toEqual([`${PERSON}:  asked`, `${OTHER}: `, `${THIRD}:  asked`]);
  });

  test('said again beside a record of another kind is said of this record alone', () => {
    const ofAnotherKind = ofRecords(PERSON, ['L1'], '20260303090000').replace('L1^^^RXT^MR', 'L1^^^RXT^MR~77^^^GUM^MR');
    expect(people([before, slip, ofAnotherKind])[1]).toBe(`${OTHER}: `);
  });
});

test('a record that came with the numbers of two people makes them no one when it is merged', () => {
  const told = [seen(OTHER, 'L9'), seen(THIRD, 'L9', '20260301100000')];
  const merge = merged('20260302090000', [PERSON, 'L1'], { mrn: 'L9' });
  expect(people([...told, merge])).toEqual([`${PERSON}: L1 asked`, `${OTHER}:  asked`, `${THIRD}:  asked`]);
});

describe('a number that comes to a record after a merge', () => {
  const merge = merged('20260302090000', [PERSON, 'L1'], { mrn: 'L9' });
  const late = (sentAt: string) => seen(OTHER, 'L9', sentAt);

  test('at the very moment of the merge is a number that it had', () => {
    const told = people([seen(null, 'L9'), merge, late('20260302090000')]);
    expect(told).toEqual([`${PERSON} < ${OTHER}: L1 L9`]);
  });

  test('which it had had before, is no late one', () => {
    const again = [seen(OTHER, 'L9'), merge, late('20260401090000')];
    expect(people(again)).toEqual([`${PERSON} < ${OTHER}: L1 L9`]);
  });

  test('and before it was merged again: the second merge means that number too', () => {
    const again = merged('20260501090000', [FOURTH, 'L4'], { mrn: 'L9' });
    const into = merged('20260501090000', [null, 'L9'], { nhsNumber: FOURTH, mrn: 'L4' });
    for (const second of [again, into]) {
      const [one, ...others] = people([seen(null, 'L9'), merge, late('20260401090000'), second]);
      expect([one, others]).toEqual([expect.not.stringContaining('asked'), []]);
    }
  });

  test('the question rests on the merge and on what gave the number', () => {
    const messages = [seen(null, 'L9'), merge, late('20260401090000')];
    const [[question] = []] = conflictsOf(messages);
    const { messages: facts } = toldBy([merge, late('20260401090000')], []);
    const ids = facts
      .filter(({ kind, nhsNumber }) => kind === 'identity-merged' || nhsNumber === OTHER)
      .map(({ id }) => id);
    expect(question?.facts).toHaveLength(2);
    expect(ids).toEqual(expect.arrayContaining([...(question?.facts ?? [])]));
  });

  test('two records of one person: one question for all of their numbers', () => {
    const second = merged('20260303090000', [PERSON, 'L1'], { mrn: 'L8' });
    const messages = [seen(null, 'L9'), seen(null, 'L8'), merge, second, late('20260401090000')];
    expect(people([...messages, seen(THIRD, 'L8', '20260401090000')])).toEqual([
      `${PERSON}: L1 L8 L9 asked`,
      `${OTHER}:  asked`,
      `${THIRD}:  asked`,
    ]);
    const asked = conflictsOf([...messages, seen(THIRD, 'L8', '20260401090000')]);
    expect(asked.map((questions) => questions.length)).toEqual([1, 1, 1]);
    expect(new Set(asked.flat().map(({ id }) => id)).size).toBe(1);
  });

  test('of two people: each has a question of their own', () => {
    const elsewhere = merged('20260303090000', [THIRD, 'L3'], { mrn: 'L8' });
    const messages = [seen(null, 'L9'), seen(null, 'L8'), merge, elsewhere, late('20260401090000')];
    const asked = conflictsOf([...messages, seen(FOURTH, 'L8', '20260401090000')]);
    expect(asked.map((questions) => questions.length)).toEqual([1, 1, 1, 1]);
    expect(new Set(asked.flat().map(({ id }) => id)).size).toBe(2);
  });
});

describe('whose a record is that came with the numbers of two people', () => {
  const told = [seen(PERSON, 'L1'), seen(OTHER, 'L1', '20260302090000'), seen(null, 'L1', '20260305090000')];
  const answer = (nhsNumber: string, option: string, of = 0): Stated => ({
    kind: 'answer',
    nhsNumber,
    question: conflictsOf(told)[of]?.[0]?.id,
    option,
    because: 'the notes were read',
  });
  const asked = [`${PERSON}:  asked`, `${OTHER}:  asked`, 'no number: L1 asked'];

  test('is not a third person’s, whatever is said of them', () => {
    const third = people([...told, seen(THIRD, 'L3')], [answer(THIRD, 'record-is-theirs')]);
    expect(third).toEqual([`${PERSON}:  asked`, `${OTHER}:  asked`, `${THIRD}: L3`, 'no number: L1 asked']);
    expect(people([...told, seen(THIRD, 'L3')], [answer(THIRD, 'record-is-anothers')])).toEqual(third);
  });

  test('is asked on, while it is said of one person that it is theirs and that it is not', () => {
    const both = [answer(PERSON, 'record-is-theirs'), answer(PERSON, 'record-is-anothers')];
    expect(people(told, both)).toEqual(asked);
  });

  test('says nothing of another record of the same two', () => {
    const another = [seen(PERSON, 'L2'), seen(OTHER, 'L2', '20260302090000'), seen(null, 'L2', '20260305090000')];
    const after = people([...told, ...another], [answer(PERSON, 'record-is-theirs')]);
    expect(after).toEqual([`${PERSON}: L1 asked`, `${OTHER}:  asked`, 'no number: L2 asked']);
  });
});
