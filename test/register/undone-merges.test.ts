import { describe, expect, test } from '@jest/globals';
import { type Adt, adt, HOME, OTHER, PERSON } from '../scenarios/adt.js';
import { type Stated, tell, told as toldBy } from '../scenarios/tell.js';
import { merged, ofRecords, people, seen, separated, THIRD } from './people.js';
import { TODAY } from './story.js';

const RECORDED = '2026-08-01T12:00:00Z';
const both = [seen(PERSON, 'L1'), seen(OTHER, 'L2')];
const merge = merged('20260302090000', [PERSON, 'L1'], { nhsNumber: OTHER, mrn: 'L2' });
const byRecords = merged('20260302090000', [null, 'L1'], { mrn: 'L2' });
const apart = separated(PERSON, OTHER, RECORDED);
const own = [`${PERSON}: L1`, `${OTHER}: L2`];

const idsOfMerges = (...messages: Adt[]): string[] =>
  toldBy(messages, [])
    .messages.filter(({ kind }) => kind === 'identity-merged')
    .map(({ id }) => id)
    .sort();
/** What is asked of each person about who they are. */
const conflictsOf = (messages: readonly (Adt | string)[], stated: readonly Stated[] = []) =>
  tell(messages, TODAY, stated).register.map(({ questions }) =>
    questions.filter(({ kind }) => kind === 'identity-conflict'),
  );

describe('what a sender said while two people were one, once that is undone', () => {
  test('another record of the number that went, which the merge does not name, is under its own again', () => {
    const meanwhile = [seen(OTHER, 'L5'), seen(PERSON, 'L5', '20260401090000')];
    expect(people([...both, ...meanwhile, merge], [apart])).toEqual([`${PERSON}: L1`, `${OTHER}: L2 L5`]);
  });

  test('also where the record that went had come with two numbers', () => {
    const meanwhile = [seen(OTHER, 'L5'), seen(PERSON, 'L5', '20260401090000')];
    const several = seen(THIRD, 'L2', '20260301100000');
    const told = people([...both, several, ...meanwhile, byRecords], [apart]);
    expect(told).toEqual([`${PERSON}: L1`, `${OTHER}: L5 asked`, `${THIRD}:  asked`]);
  });

  test('a record that had no number before, and was given that of the other, keeps it', () => {
    const gone = merged('20260302090000', [PERSON, 'L1'], { mrn: 'L9' });
    const withdrawn: Stated = { kind: 'withdrawn', fact: idsOfMerges(gone)[0], because: 'another', recorded: RECORDED };
    const story = [seen(PERSON, 'L1'), seen(null, 'L9'), gone, seen(PERSON, 'L9', '20260401090000')];
    expect(people(story, [withdrawn])).toEqual([`${PERSON}: L1 L9`]);
  });

  test('the record of a third, given the number meanwhile, is asked about all the same', () => {
    const third = [seen(THIRD, 'L3'), seen(PERSON, 'L3', '20260401090000')];
    const asked = [`${PERSON}: L1 asked`, `${OTHER}: L2`, `${THIRD}:  asked`];
    expect(people([...both, ...third, merge], [apart])).toEqual(asked);
    const given = ofRecords(PERSON, ['L1', 'L2'], '20260401090000');
    expect(people([...both, ...third, given, byRecords], [apart])).toEqual(asked);
  });

  test('the record that the merge itself gives both numbers is under its own again', () => {
    const naming = adt(merge).replace('L1^^^RXT^MR', 'L1^^^RXT^MR~L2^^^RXT^MR');
    expect(people([...both, naming], [apart])).toEqual(own);
  });

  test('what the sender goes on to say of the record counts, and is asked about', () => {
    const asked = [`${PERSON}: L1 asked`, `${OTHER}:  asked`];
    const [meanwhile, since] = [seen(PERSON, 'L2', '20260401090000'), seen(PERSON, 'L2', '20260901090000')];
    expect(people([...both, merge, since], [apart])).toEqual(asked);
    expect(people([...both, merge, meanwhile, since], [apart])).toEqual(asked);
    expect(people([...both, merge, meanwhile], [apart])).toEqual(own);
    expect(people([...both, merge, seen(PERSON, 'L2', '20260801130000')], [apart])).toEqual(own);
  });

  test('while they are one, nothing that was said of a record is left out of the question whose it is', () => {
    const numbers = [seen(PERSON, 'L2', '20260401090000'), seen(THIRD, 'L2', '20260402090000')];
    const [[question] = []] = conflictsOf([...both, merge, ...numbers]);
    // What was told of each, and the merge.
    expect(question?.facts).toHaveLength(4);
  });

  test('records without a number: what was told of the one counted for the other in error', () => {
    const gone = merged('20260302090000', [PERSON, 'L1'], { mrn: 'L9' });
    const story = [informal, { ...HOME, nhsNumber: null, mrn: 'L9', visit: 'V9' }, gone];
    const withdrawn: Stated = { kind: 'withdrawn', fact: idsOfMerges(gone)[0], because: 'another' };
    const after = tell(story, TODAY, [withdrawn]).register;
    expect(after.map(({ nhsNumber, status }) => [nhsNumber, status])).toEqual([
      [PERSON, 'entered-in-error'],
      [null, 'active'],
    ]);
  });
});

const informal: Adt = { trigger: 'A01', sentAt: '20260201090000', visit: 'V1', admitted: '20260201080000' };

describe('merges that are told again after people have undone them', () => {
  const again = { ...merge, sentAt: '20260901090000', controlId: 'again' };
  const otherWay = merged('20260901090000', [OTHER, 'L2'], { nhsNumber: PERSON, mrn: 'L1' });
  const withoutNumbers = merged('20260902090000', [null, 'L1'], { mrn: 'L2' });
  const tellings = [again, otherWay, withoutNumbers];
  const answered = (question: string | undefined, option: string): Stated => ({
    kind: 'answer',
    question,
    option,
    because: 'both were asked',
  });

  test('of the same two, however they are told, are one question that rests on each of them', () => {
    const asked = conflictsOf([...both, merge, ...tellings], [apart]);
    expect(asked.map((questions) => questions.map(({ facts }) => facts))).toEqual([
      [idsOfMerges(...tellings)],
      [idsOfMerges(...tellings)],
    ]);
    const alone = conflictsOf([...both, merge, withoutNumbers], [apart]);
    expect(alone[0]?.[0]?.id).toBe(asked[0]?.[0]?.id);
  });

  test('of two pairs are two questions, and the answer to the one is none to the other', () => {
    const third = (sentAt: string) => merged(sentAt, [PERSON, 'L1'], { nhsNumber: THIRD, mrn: 'L3' });
    const story = [...both, seen(THIRD, 'L3'), merge, third('20260303090000'), again, third('20260903090000')];
    const apartFromBoth = [apart, separated(PERSON, THIRD, RECORDED)];
    const asked = conflictsOf(story, apartFromBoth);
    expect(asked.map((questions) => questions.length)).toEqual([2, 1, 1]);
    const one = answered(asked[1]?.[0]?.id, 'one-person');
    expect(people(story, [...apartFromBoth, one])).toEqual([`${PERSON} < ${OTHER}: L1 L2 asked`, `${THIRD}: L3 asked`]);
  });
});
