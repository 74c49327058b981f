import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newGraph } from '../../src/register/graph.js';
import { localNode, nodesOf } from '../../src/register/nodes.js';
import { type Adt, adt, HOME, OTHER, PERSON } from '../scenarios/adt.js';
import { type Stated, tell, told as toldBy } from '../scenarios/tell.js';
import { FOURTH, merged, people, seen, separated, THIRD } from './people.js';
import { TODAY } from './story.js';

/** A message with two of the trust's own numbers and no NHS number. */
const twoRecords = (first: string, second: string): string =>
  adt(seen(null, first, '20260401090000')).replace(`${first}^^^RXT^MR`, `${first}^^^RXT^MR~${second}^^^RXT^MR`);

describe('the identifiers that a fact names', () => {
  test('a merge names those that it retires, a moved stay those that it is moved from, a separation the other number', () => {
    const { messages, facts } = toldBy(
      [
        merged('20260302090000', [PERSON, 'L1'], { nhsNumber: OTHER, mrn: 'L2' }),
        seen(PERSON, 'L1', '20260303090000', { trigger: 'A45', mergedAway: { nhsNumber: THIRD, mrn: 'L3' } }),
      ],
      [separated(PERSON, OTHER)],
    );
    const own = [`nhs:${PERSON}`, 'local:RXT:RXT:L1'];
    const named = (kind: string) => [...messages, ...facts].filter((fact) => fact.kind === kind).map(nodesOf);
    expect(named('identity-merged')).toEqual([[...own, `nhs:${OTHER}`, 'local:RXT:RXT:L2']]);
    expect(named('visit-moved')).toEqual([[...own, `nhs:${THIRD}`, 'local:RXT:RXT:L3']]);
    expect(named('identity-separated')).toEqual([[`nhs:${PERSON}`, `nhs:${OTHER}`]]);
    expect(named('demographics')).toContainEqual(own);
  });

  test('each is named once', () => {
    const { facts } = toldBy([], [separated(PERSON, PERSON)]);
    expect(facts.map(nodesOf)).toEqual([[`nhs:${PERSON}`]]);
  });

  test('for all senders and authorities: two identifiers never make one node', () => {
    const name = fc.string({ unit: fc.constantFrom(':', '%', '2', '3', '5', 'A'), minLength: 0, maxLength: 4 });
    fc.assert(
      fc.property(name, name, name, name, (sender, authority, otherSender, otherAuthority) => {
        const one = localNode({ sender, authority, value: '1' });
        const other = localNode({ sender: otherSender, authority: otherAuthority, value: '1' });
        expect(one === other).toBe(sender === otherSender && authority === otherAuthority);
      }),
      { numRuns: 2_000 },
    );
  });
});

test('parts of a graph: each under its smallest node, all in the order of their names', () => {
  const graph = newGraph();
  graph.add('z');
  graph.join('y', 'b');
  graph.join('x', 'c', 'a');
  graph.join('m', 'm');
  graph.join('b', 'y');
  expect(graph.parts()).toEqual([['a', 'c', 'x'], ['b', 'y'], ['m'], ['z']]);
  expect(['x', 'y', 'm', 'z'].map((node) => graph.partOf(node))).toEqual(['a', 'b', 'm', 'z']);
});

describe('who is one person', () => {
  test('those with a number come first, in its order; then those without, by their records', () => {
    expect(people([seen(null, 'L9'), seen(OTHER, 'L2'), seen(null, 'L5'), seen(PERSON, 'L1')])).toEqual([
      `${PERSON}: L1`,
      `${OTHER}: L2`,
      'no number: L5',
      'no number: L9',
    ]);
  });

  test('a separation from somebody of whom nothing is known makes nobody', () => {
    expect(people([seen(PERSON, 'L1')], [separated(PERSON, OTHER)])).toEqual([`${PERSON}: L1`]);
  });

  test('records of one message without a number belong together, and to the one number of them', () => {
    expect(people([twoRecords('L1', 'L2')])).toEqual(['no number: L1 L2']);
    expect(people([seen(PERSON, 'L2'), twoRecords('L1', 'L2')])).toEqual([`${PERSON}: L1 L2`]);
  });

  test('unless that would make two numbers one person', () => {
    const told = people([seen(PERSON, 'L1'), seen(OTHER, 'L2'), twoRecords('L1', 'L2')]);
    expect(told).toHaveLength(2);
    expect(told.every((person) => !person.includes('<'))).toBe(true);
  });

  test('the trust’s own numbers are told in one order', () => {
    const told = [seen(PERSON, 'L7', '20260301090000'), seen(PERSON, 'L3', '20260302090000')];
    expect(people(told)).toEqual([`${PERSON}: L3 L7`]);
  });
});

describe('one record with two NHS numbers', () => {
  const told = [seen(PERSON, 'L1'), seen(OTHER, 'L1', '20260302090000')];

  test('joins nobody: both are asked about, the record is neither’s, and both facts are named', () => {
    expect(people(told)).toEqual([`${PERSON}:  asked`, `${OTHER}:  asked`]);
    const [first] = tell(told, TODAY).register;
    const facts = first?.questions.find(({ kind }) => kind === 'identity-conflict')?.facts ?? [];
    expect(facts).toHaveLength(2);
    expect(facts).toEqual([...facts].sort());
  });

  const slip = seen(OTHER, 'L1', '20260302090000', { trigger: 'A31', visit: '' });
  const again = seen(PERSON, 'L1', '20260303090000');

  test('the sender says again what it said before: what it said in between was a slip, and nothing is asked', () => {
    expect(people([told[0] ?? '', slip, again])).toEqual([`${PERSON}: L1`, `${OTHER}: `]);
    expect(people([again, slip, told[0] ?? '', slip])).toEqual([`${PERSON}: L1`, `${OTHER}: `]);
  });

  test('but not where it goes on with the other, or told under it more than who the person is', () => {
    const on = { ...slip, sentAt: '20260304090000', family: 'Again' };
    expect(people([told[0] ?? '', slip, again, on])).toEqual([`${PERSON}:  asked`, `${OTHER}:  asked`]);
    const stay: Adt = { ...slip, trigger: 'A01', visit: 'V8', admitted: '20260302080000' };
    expect(people([told[0] ?? '', stay, again])).toEqual([`${PERSON}:  asked`, `${OTHER}:  asked`]);
  });

  test('what people withdrew counts no more', () => {
    const { messages } = toldBy([slip], []);
    const withdrawn = messages.map(
      ({ id }): Stated => ({ kind: 'withdrawn', nhsNumber: OTHER, fact: id, because: 'a slip' }),
    );
    expect(people([told[0] ?? '', slip], withdrawn)).toEqual([`${PERSON}: L1`, `${OTHER}: `]);
    expect(people([slip], withdrawn)).toEqual([`${OTHER}: L1`]);
  });

  const questionOf = (nhsNumber: string) =>
    tell(told, TODAY)
      .register.find((entry) => entry.nhsNumber === nhsNumber)
      ?.questions.find(({ kind }) => kind === 'identity-conflict');
  const answer = (nhsNumber: string, option: string): Stated => ({
    kind: 'answer',
    nhsNumber,
    question: questionOf(nhsNumber)?.id,
    option,
    because: 'the notes were read',
  });
  const alone = seen(null, 'L1', '20260305090000');

  test.each([
    ['of one that it is theirs', [answer(PERSON, 'record-is-theirs')]],
    ['of the other that it is not', [answer(OTHER, 'record-is-anothers')]],
    ['of both, in agreement', [answer(OTHER, 'record-is-anothers'), answer(PERSON, 'record-is-theirs')]],
  ])('is whose people say that it is: %s', (_whose, stated) => {
    expect(people([...told, alone], stated)).toEqual([`${PERSON}: L1`, `${OTHER}: `]);
  });

  test('whatever is told of it under the two numbers since', () => {
    const more = seen(OTHER, 'L1', '20260401090000', { family: 'Later' });
    expect(people([...told, more, alone], [answer(PERSON, 'record-is-theirs')])).toEqual([
      `${PERSON}: L1`,
      `${OTHER}: `,
    ]);
  });

  test('is neither’s, if people say so; and if they contradict each other both are asked on', () => {
    const neither = [answer(PERSON, 'record-is-anothers'), answer(OTHER, 'record-is-anothers')];
    expect(people([...told, alone], neither)).toEqual([`${PERSON}: `, `${OTHER}: `, 'no number: L1']);
    const both = [answer(PERSON, 'record-is-theirs'), answer(OTHER, 'record-is-theirs')];
    expect(people([...told, alone], both)).toEqual([`${PERSON}:  asked`, `${OTHER}:  asked`, 'no number: L1 asked']);
  });

  test('that a merge has made one person’s: it is asked whether the two are one, unless the merge is withdrawn', () => {
    const merge = merged('20260301080000', [PERSON, 'L5'], { mrn: 'L1' });
    const asked = [`${PERSON}: L1 L5 asked`, `${OTHER}:  asked`];
    expect(people([merge, ...told])).toEqual(asked);
    expect(people([merge, ...told], [answer(OTHER, 'record-is-theirs')])).toEqual(asked);
    const question = tell([merge, ...told], TODAY).register[0]?.questions.find(
      ({ kind }) => kind === 'identity-conflict',
    );
    const said = (option: string): Stated => ({ ...answer(OTHER, option), question: question?.id });
    const fact = toldBy([merge], []).messages.find(({ kind }) => kind === 'identity-merged')?.id;
    expect(question?.facts).toContain(fact);
    expect(people([merge, ...told], [said('two-people')])).toEqual([`${PERSON}: L1 L5`, `${OTHER}: `]);
    expect(people([merge, ...told], [said('one-person')])).toEqual([`${PERSON} < ${OTHER}: L1 L5`]);
    expect(
      people([merge, ...told], [answer(OTHER, 'record-is-theirs'), { kind: 'withdrawn', fact, because: 'another' }]),
    ).toEqual([`${PERSON}: L5`, `${OTHER}: L1`]);
  });

  test('of three, it is asked on until one is left', () => {
    const three = [...told, seen(THIRD, 'L1', '20260303090000', { visit: 'V3' })];
    const asked = tell(three, TODAY).register[0]?.questions.find(({ kind }) => kind === 'identity-conflict')?.id;
    const isNot = (nhsNumber: string): Stated => ({ ...answer(nhsNumber, 'record-is-anothers'), question: asked });
    expect(people(three, [isNot(OTHER)])).toEqual([`${PERSON}:  asked`, `${OTHER}: `, `${THIRD}:  asked`]);
    expect(people(three, [isNot(OTHER), isNot(THIRD)])).toEqual([`${PERSON}: L1`, `${OTHER}: `, `${THIRD}: `]);
  });

  test('what is told of the record alone is a person without a number', () => {
    expect(people([...told, seen(null, 'L1', '20260303090000')])).toContain('no number: L1 asked');
  });

  test('a message that gives it beside another record of the same number decides nothing', () => {
    const beside = adt(seen(PERSON, 'L5', '20260303090000')).replace('L5^^^RXT^MR', 'L5^^^RXT^MR~L1^^^RXT^MR');
    expect(people([...told, beside, seen(null, 'L1', '20260304090000')])).toContain('no number: L1 asked');
  });

  test('merged since: one person, whose record it is, and nothing is asked', () => {
    const merge = merged('20260304090000', [PERSON, 'L5'], { nhsNumber: OTHER });
    expect(people([...told, merge, seen(null, 'L1', '20260305090000')])).toEqual([`${PERSON} < ${OTHER}: L1 L5`]);
  });

  test('a merge of it says nothing of whose it is', () => {
    const merge = merged('20260304090000', [OTHER, 'L1'], { mrn: 'L9' });
    const after = people([
      seen(PERSON, 'L1'),
      merge,
      seen(null, 'L1', '20260305090000'),
      seen(null, 'L9', '20260306090000'),
    ]);
    expect(after).toEqual([`${PERSON}:  asked`, `${OTHER}: L9 asked`, 'no number: L1 asked']);
  });
});

describe('merges', () => {
  test('of records without a number: of the people whose records they are', () => {
    const told = [seen(PERSON, 'L1'), seen(OTHER, 'L2'), merged('20260302090000', [null, 'L1'], { mrn: 'L2' })];
    expect(people(told)).toEqual([`${PERSON} < ${OTHER}: L1 L2`]);
  });

  test('of two records of one person retire no number', () => {
    const told = [
      seen(PERSON, 'L1'),
      seen(PERSON, 'L2'),
      merged('20260302090000', [PERSON, 'L1'], { nhsNumber: PERSON, mrn: 'L2' }),
    ];
    expect(people(told)).toEqual([`${PERSON}: L1 L2`]);
  });

  test('into a record without a number leave the number that there is', () => {
    const told = [seen(null, 'L1'), seen(OTHER, 'L2'), merged('20260302090000', [null, 'L1'], { mrn: 'L2' })];
    expect(people(told)).toEqual([`${OTHER}: L1 L2`]);
  });

  describe('of a record that had no number yet', () => {
    const merge = merged('20260302090000', [PERSON, 'L1'], { mrn: 'L9' });
    const before = [seen(null, 'L9'), merge];
    const late = seen(OTHER, 'L9', '20260401090000');

    test('and gets another than that of whom it went into: nobody has said that they are one, and it is asked', () => {
      const asked = [`${PERSON}: L1 L9 asked`, `${OTHER}:  asked`];
      expect(people([...before, late])).toEqual(asked);
      expect(people([late, ...before, late])).toEqual(asked);
      const kept = merged('20260302090000', [null, 'L9'], { nhsNumber: PERSON, mrn: 'L1' });
      expect(people([seen(null, 'L9'), kept, late])).toEqual([`${PERSON}: L9 asked`, `${OTHER}:  asked`]);
    });

    test('and they are what people say that they are, whichever of the two they say it of', () => {
      const [question] =
        tell([...before, late], TODAY).register[0]?.questions.filter(({ kind }) => kind === 'identity-conflict') ?? [];
      expect(question?.options).toEqual(['one-person', 'two-people']);
      for (const nhsNumber of [PERSON, OTHER]) {
        const said = (option: string): Stated[] => [
          { kind: 'answer', nhsNumber, question: question?.id, option, because: 'both were asked' },
        ];
        expect(people([...before, late], said('one-person'))).toEqual([`${PERSON} < ${OTHER}: L1 L9`]);
        expect(people([...before, late], said('two-people'))).toEqual([`${PERSON}: L1 L9`, `${OTHER}: `]);
      }
    });

    test('and the merge was wrong: withdrawn, or its numbers separated, the record is under its own number', () => {
      const own = [`${PERSON}: L1`, `${OTHER}: L9`];
      const fact = toldBy([merge], []).messages.find(({ kind }) => kind === 'identity-merged')?.id;
      expect(people([...before, late], [{ kind: 'withdrawn', fact, because: 'another' }])).toEqual(own);
      expect(people([...before, late], [separated(OTHER, PERSON)])).toEqual(own);
    });

    test('and gets the same, or is merged with nobody who has one: nothing is asked', () => {
      expect(people([...before, seen(PERSON, 'L9', '20260401090000')])).toEqual([`${PERSON}: L1 L9`]);
      const unnumbered = merged('20260302090000', [null, 'L8'], { mrn: 'L9' });
      expect(people([seen(null, 'L9'), seen(null, 'L8'), unnumbered, late])).toEqual([`${OTHER}: L8 L9`]);
      const again = merged('20260402090000', [PERSON, 'L1'], { nhsNumber: OTHER, mrn: 'L9' });
      expect(people([...before, late, again])).toEqual([`${PERSON} < ${OTHER}: L1 L9`]);
    });
  });

  test('into a record of which nothing is known but its number', () => {
    expect(people([seen(OTHER, 'L2'), merged('20260302090000', [PERSON, null], { nhsNumber: OTHER })])).toEqual([
      `${PERSON} < ${OTHER}: L2`,
    ]);
  });

  test('of two that contradict each other the one sent last counts, whenever each is said to have happened', () => {
    const first = merged(
      '20260302090000',
      [PERSON, 'L1'],
      { nhsNumber: OTHER, mrn: 'L2' },
      { eventAt: '20260302080000' },
    );
    const last = merged(
      '20260303090000',
      [OTHER, 'L2'],
      { nhsNumber: PERSON, mrn: 'L1' },
      { eventAt: '20260301080000' },
    );
    expect(people([first, last])).toEqual([`${OTHER} < ${PERSON}: L1 L2`]);
  });

  test('a merge into a number that had gone itself leads on to where it went, whatever is said of any of them', () => {
    const first = merged('20260302090000', [PERSON, 'L1'], { nhsNumber: OTHER, mrn: 'L2' });
    const second = merged('20260303090000', [OTHER, 'L2'], { nhsNumber: THIRD, mrn: 'L3' });
    expect(people([first, second])).toEqual([`${PERSON} < ${OTHER} < ${THIRD}: L1 L2`]);
    const again = seen(OTHER, 'L2', '20260304090000', { family: 'Again' });
    expect(people([first, second, again])).toEqual([`${PERSON} < ${OTHER} < ${THIRD}: L1 L2`]);
    const retired = seen(THIRD, 'L3', '20260305090000', { family: 'Later' });
    expect(people([first, second, again, retired])).toEqual([`${PERSON} < ${OTHER} < ${THIRD}: L1 L2 L3`]);
  });
});

describe('separations', () => {
  const merge = merged('20260302090000', [PERSON, 'L1'], { nhsNumber: OTHER, mrn: 'L2' });
  const both = [seen(PERSON, 'L1'), seen(OTHER, 'L2')];

  test.each([
    ['the kept from the retired', separated(PERSON, OTHER)],
    ['the retired from the kept', separated(OTHER, PERSON)],
  ])('%s undo the merge, and each has its own records again', (_which, stated) => {
    expect(people([...both, merge, seen(null, 'L2', '20260303090000')], [stated])).toEqual([
      `${PERSON}: L1`,
      `${OTHER}: L2`,
    ]);
  });

  test('of two that are one through a third undo nothing, and it is asked which merge was wrong', () => {
    const chain = [
      merged('20260302090000', [OTHER, 'L2'], { nhsNumber: THIRD, mrn: 'L3' }),
      merged('20260303090000', [PERSON, 'L1'], { nhsNumber: OTHER, mrn: 'L2' }),
      merged('20260304090000', [PERSON, 'L1'], { nhsNumber: FOURTH, mrn: 'L4' }),
    ];
    const ends = separated(PERSON, THIRD);
    const one = `${PERSON} < ${OTHER} < ${THIRD} < ${FOURTH}: L1 L2`;
    expect(people(chain)).toEqual([one]);
    expect(people(chain, [ends])).toEqual([`${one} asked`]);
    expect(people(chain, [separated(THIRD, PERSON), ends])).toEqual([`${one} asked`]);
    const [question] =
      tell(chain, TODAY, [ends]).register[0]?.questions.filter(({ options }) => options.length === 0) ?? [];
    const { messages, facts } = toldBy(chain, [ends]);
    const onTheWay = messages.filter(({ kind }) => kind === 'identity-merged').slice(0, 2);
    expect(question?.facts).toEqual([...onTheWay, ...facts].map(({ id }) => id).sort());
    expect(people(chain, [ends, separated(OTHER, THIRD)])).toEqual([`${PERSON} < ${OTHER} < ${FOURTH}: L1 L2`]);
  });

  test('a record that the sender gave the other number while they were one is under its own again', () => {
    const meanwhile = adt(seen(PERSON, 'L1', '20260303090000')).replace('L1^^^RXT^MR', 'L1^^^RXT^MR~L2^^^RXT^MR');
    const apart = [`${PERSON}: L1`, `${OTHER}: L2`];
    const after = [seen(PERSON, 'L1', '20260701090000'), seen(OTHER, 'L2', '20260701090000')];
    const byRecords = merged('20260302090000', [null, 'L1'], { mrn: 'L2' });
    for (const joined of [merge, byRecords]) {
      expect(people([...both, joined, meanwhile], [separated(PERSON, OTHER)])).toEqual(apart);
      expect(people([...both, joined, meanwhile, ...after], [separated(OTHER, PERSON)])).toEqual(apart);
    }
    const stay: Adt = { ...seen(PERSON, 'L1', '20260301100000'), trigger: 'A01', admitted: '20260301080000' };
    const before = adt(stay).replace('L1^^^RXT^MR', 'L1^^^RXT^MR~L2^^^RXT^MR');
    expect(people([...both, before, merge], [separated(PERSON, OTHER)])).toEqual([
      `${PERSON}: L1 asked`,
      `${OTHER}:  asked`,
    ]);
  });

  test('a record that only the merge told of stays with the number that the merge gave it', () => {
    const told = [seen(PERSON, 'L1'), merge, seen(null, 'L2', '20260303090000')];
    expect(people(told, [separated(PERSON, OTHER)])).toEqual([`${PERSON}: L1`, `${OTHER}: L2`]);
  });

  test('from somebody else undo no merge', () => {
    const third = seen(THIRD, 'L3');
    const all = [`${PERSON} < ${OTHER}: L1 L2`, `${THIRD}: L3`];
    expect(people([...both, third, merge], [separated(PERSON, THIRD)])).toEqual(all);
    expect(people([...both, third, merge], [separated(THIRD, OTHER)])).toEqual(all);
    expect(people([...both, third, merge], [separated(OTHER, THIRD)])).toEqual(all);
    expect(people([...both, third, merge], [separated(THIRD, PERSON)])).toEqual(all);
  });
});

describe('stays that are moved to another person', () => {
  const stay: Adt = { ...HOME, mrn: 'L1', visit: 'V1' };
  const move = (sentAt: string, to: string, mrn: string, from: string, visit = 'V1'): Adt =>
    seen(to, mrn, sentAt, { trigger: 'A45', visit, mergedAway: { nhsNumber: from, mrn: 'L1' } });
  const statuses = (messages: readonly Adt[]) =>
    tell(messages, TODAY).register.map(({ nhsNumber, concurrent, episodes }) => [
      nhsNumber,
      episodes.length,
      concurrent.includes('inpatient'),
    ]);
  const inHospital: Adt = { trigger: 'A01', sentAt: '20260401090000', visit: 'V1', admitted: '20260401080000' };

  test('are told of whom they were moved to, and the detention stays where it was told', () => {
    expect(statuses([inHospital, seen(OTHER, 'L2'), move('20260402090000', OTHER, 'L2', PERSON)])).toEqual([
      [PERSON, 0, false],
      [OTHER, 0, true],
    ]);
  });

  test('the latest move counts, whenever it is said to have happened', () => {
    const first = { ...move('20260402090000', OTHER, 'L2', PERSON), eventAt: '20260402080000' };
    const last = { ...move('20260403090000', THIRD, 'L3', OTHER), eventAt: '20260401100000' };
    expect(statuses([inHospital, first, last]).filter(([, , isIn]) => isIn)).toEqual([[THIRD, 0, true]]);
  });

  test('another stay stays with whom it was', () => {
    const other = { ...inHospital, visit: 'V7', sentAt: '20260405090000' };
    expect(statuses([stay, other, move('20260406090000', OTHER, 'L2', PERSON)]).at(0)).toEqual([PERSON, 1, true]);
  });
});
