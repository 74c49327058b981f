import { describe, expect, test } from '@jest/globals';
import { type Adt, OTHER, PERSON } from '../scenarios/adt.js';
import { type Stated, tell, told as toldBy } from '../scenarios/tell.js';
import { FOURTH, merged, people, separated, THIRD } from './people.js';
import { TODAY } from './story.js';

const conflictsOf = (messages: readonly Adt[], stated: readonly Stated[]) =>
  tell(messages, TODAY, stated).register.flatMap(({ questions }) =>
    questions.filter(({ kind }) => kind === 'identity-conflict'),
  );
const idsOf = (messages: readonly Adt[], stated: readonly Stated[] = []): string[] => {
  const told = toldBy(messages, stated);
  return [...told.messages.filter(({ kind }) => kind === 'identity-merged'), ...told.facts].map(({ id }) => id).sort();
};

/** Which number went into which, on which day of March. */
const into = (kept: string, gone: string, day: number): Adt =>
  merged(`202603${day}090000`, [kept, `L-${kept}`], { nhsNumber: gone, mrn: `L-${gone}` });
const [first, second, third] = [into(PERSON, OTHER, 10), into(OTHER, THIRD, 11), into(THIRD, FOURTH, 12)];

describe('two numbers that people have separated, and that are one only through others', () => {
  test('through one other: both merges are named', () => {
    const ends = separated(PERSON, THIRD);
    const [question] = conflictsOf([first, second], [ends]);
    expect(question?.facts).toEqual(idsOf([first, second], [ends]));
  });

  test('stated of the one and of the other: one question, which rests on both statements', () => {
    const ends = [separated(PERSON, THIRD), separated(THIRD, PERSON)];
    const asked = conflictsOf([first, second], ends);
    expect(asked.map(({ facts }) => facts)).toEqual([idsOf([first, second], ends)]);
  });

  test('two pairs of them: two questions, each with the merges on its own way', () => {
    const [near, far] = [separated(PERSON, THIRD), separated(OTHER, FOURTH)];
    const asked = conflictsOf([first, second, third], [near, far]);
    expect(asked.map(({ facts }) => facts.join()).sort()).toEqual(
      [idsOf([first, second], [near]), idsOf([second, third], [far])].map((ids) => ids.join()).sort(),
    );
    expect(new Set(asked.map(({ id }) => id)).size).toBe(2);
  });

  test('a merge that was told the other way round too is on the way with both tellings', () => {
    const back = into(OTHER, PERSON, 13);
    const ends = separated(PERSON, THIRD);
    const [question] = conflictsOf([first, second, back], [ends]);
    expect(question?.facts).toEqual(idsOf([first, second, back], [ends]));
  });

  test('a merge without which they are one all the same is not on the way', () => {
    const around = [into(PERSON, FOURTH, 13), into(FOURTH, OTHER, 14)];
    const ends = separated(PERSON, THIRD);
    const [question] = conflictsOf([first, second, ...around], [ends]);
    expect(question?.facts).toEqual(idsOf([second], [ends]));
  });

  test('nothing is asked where people have said that the two of a merge between them are one', () => {
    const recorded = '2026-08-01T12:00:00Z';
    const again = { ...into(PERSON, OTHER, 10), sentAt: '20260901090000', controlId: 'again' };
    const apart = separated(PERSON, OTHER, recorded);
    const [question] = conflictsOf([first, second, again], [apart]);
    const one: Stated = { kind: 'answer', question: question?.id, option: 'one-person', because: 'both were asked' };
    expect(people([first, second, again], [apart, one])).toEqual([
      `${PERSON} < ${OTHER} < ${THIRD}: L-${PERSON} L-${OTHER}`,
    ]);
  });

  test('a number that is separated from itself says nothing', () => {
    expect(conflictsOf([first, second], [separated(PERSON, PERSON)])).toEqual([]);
  });
});
