import { describe, expect, test } from '@jest/globals';
import { registerRow } from '../../src/flow/explain.js';
import { encounter, legalStatus, NHS } from '../fhir/samples.js';
import { tellFhir } from '../fhir/tell.js';
import { type Adt, HOME as home, OTHER, PERSON, SECTION_3 } from './adt.js';
import { kindsOf, onlyRow, type Stated, sent, tell } from './tell.js';

const elsewhere: Adt = { ...home, nhsNumber: OTHER, mrn: 'L2', visit: 'V9' };
const TODAY = '2026-11-21';

/** What is asked of each person, in the order of their numbers, and how they stand. */
const rows = (messages: readonly (Adt | string)[], stated: readonly Stated[] = []) =>
  tell(messages, TODAY, stated).register.map((entry) => {
    const row = registerRow(entry);
    return [row.nhsNumber, row.status, kindsOf(row)];
  });

const questionOf = (messages: readonly Adt[], nhsNumber: string) => {
  const asked = tell(messages).register.filter((entry) => entry.nhsNumber === nhsNumber);
  return asked.flatMap(({ questions }) => questions)[0];
};

const both = [
  [PERSON, 'active', ['identity-conflict']],
  [OTHER, 'active', ['identity-conflict']],
];

describe('one Mental Health Act period is told of two people', () => {
  test('both are asked about, in whatever order it is told, and nothing is decided or taken from either', () => {
    expect(rows([home, elsewhere])).toEqual(both);
    expect(rows([elsewhere, home, elsewhere])).toEqual(both);
    const { register, publications } = tell([home, elsewhere]);
    expect(register.map(({ council }) => council.code)).toEqual(['E08000025', 'E08000025']);
    expect(publications).toEqual([]);
  });

  test('the question says what it is about, why, and keeps its id when the period has got its end', () => {
    const running = { ...SECTION_3, to: '' };
    const before = questionOf([{ ...home, trigger: 'A08', periods: [running] }, elsewhere], PERSON);
    const after = questionOf([home, elsewhere], PERSON);
    expect(after).toMatchObject({ id: before?.id, options: ['number-given-twice'] });
    expect(after?.text).toContain('RXT|P1');
    const [entry] = tell([home, elsewhere]).register;
    expect(entry?.because).toContainEqual(
      expect.objectContaining({
        rule: 'verified-identity',
        facts: after?.facts,
        cites: expect.stringContaining('251A'),
      }),
    );
  });

  test('another period of a person, or one number of two trusts, is nobody else’s', () => {
    const another: Adt = { ...elsewhere, periods: [{ ...SECTION_3, id: 'P2' }] };
    expect(rows([home, another]).map(([, , kinds]) => kinds)).toEqual([[], []]);
    expect(rows([home, { ...elsewhere, sender: 'RXX' }]).map(([, , kinds]) => kinds)).toEqual([[], []]);
  });

  test('a local record without an NHS number is another person, until a message says that they are one', () => {
    const unnumbered: Adt = { ...elsewhere, nhsNumber: null };
    expect(rows([home, unnumbered])).toEqual([
      [PERSON, 'active', ['identity-conflict']],
      [null, 'active', ['identity-conflict', 'identity-unverified']],
    ]);
    const named: Adt = { trigger: 'A31', sentAt: '20260402090000', mrn: 'L2' };
    expect(rows([home, unnumbered, named])).toEqual([[PERSON, 'active', []]]);
  });

  test('a sender that counts each person’s periods from 1 holds up nobody', () => {
    const third: Adt = { ...home, nhsNumber: '9990000034', mrn: 'L3', visit: 'V8' };
    expect(rows([third, home, elsewhere]).map(([, , kinds]) => kinds)).toEqual([[], [], []]);

    // So few have a second that it is told of two: that is no conflict either, of such a sender.
    const second = { sentAt: '20260502090000', periods: [{ ...SECTION_3, id: 'P2', from: '20260501', to: '' }] };
    const [back, again]: [Adt, Adt] = [
      { ...home, ...second },
      { ...elsewhere, ...second },
    ];
    for (const [, , asked] of rows([third, home, elsewhere, back, again]))
      expect(asked).not.toContain('identity-conflict');
    for (const [, , asked] of rows([back, again])) expect(asked).toContain('identity-conflict');
  });
});

describe('whose the period is, is settled', () => {
  test('the records are merged: one person, one detention, and the council is told', () => {
    const merge: Adt = { trigger: 'A40', sentAt: '20260702090000', mergedAway: { nhsNumber: OTHER, mrn: 'L2' } };
    const told = tell([home, elsewhere, merge]);
    expect(onlyRow(told)).toMatchObject({ questions: [], episodes: [{ qualifying: [{ basis: 's3' }] }] });
    expect(sent(told)).toEqual(['E08000025: Flag active, CarePlan draft']);
  });

  test('the sender withdraws it from one: the other is as before, and of the first it is asked what was withdrawn', () => {
    const withdrawn: Adt = {
      ...elsewhere,
      trigger: 'A08',
      sentAt: '20260402090000',
      periods: [{ id: 'P1', action: 'D' }],
    };
    const expected = [
      [PERSON, 'active', []],
      [OTHER, 'active', ['detention-withdrawn']],
    ];
    expect(rows([home, elsewhere, withdrawn])).toEqual(expected);
    expect(rows([withdrawn, elsewhere, home])).toEqual(expected);
  });

  test('people withdraw what was told of the wrong one', () => {
    const [, detention] = tell([home, elsewhere]).messages.map(({ facts }) =>
      facts.find((f) => f.kind === 'detention'),
    );
    const wrong = {
      kind: 'withdrawn',
      nhsNumber: OTHER,
      fact: detention?.id,
      because: 'the papers are of another person',
    };
    expect(rows([home, elsewhere], [wrong])).toEqual([
      [PERSON, 'active', []],
      [OTHER, 'not-known', []],
    ]);
  });

  test('people find that each was detained and the number was given twice: each is told of once that is said', () => {
    const answer = (nhsNumber: string): Stated => ({
      kind: 'answer',
      nhsNumber,
      question: questionOf([home, elsewhere], nhsNumber)?.id,
      option: 'number-given-twice',
      because: 'both sets of papers were seen',
    });
    expect(rows([home, elsewhere], [answer(PERSON)])).toEqual([
      [PERSON, 'active', []],
      [OTHER, 'active', ['identity-conflict']],
    ]);
    const settled = tell([home, elsewhere], TODAY, [answer(PERSON), answer(OTHER)]);
    expect(settled.publications.map(({ nhsNumber }) => nhsNumber)).toEqual([PERSON, OTHER]);
  });
});

test('a period that its sender does not number is nobody else’s: two people may be detained on one day', () => {
  const stay = (nhsNumber: string) => {
    const { identifier: _none, ...unnumbered } = encounter({
      subject: { identifier: { system: NHS, value: nhsNumber } },
      meta: { lastUpdated: '2026-01-02T09:00:00Z' },
      extension: [legalStatus('admission', '03')],
    });
    return unnumbered;
  };
  const { register } = tellFhir([stay(PERSON), stay(OTHER)]);
  expect(register.map(({ status, questions }) => [status, questions.map(({ kind }) => kind)])).toEqual([
    ['prospective', ['which-council', 'which-icb']],
    ['prospective', ['which-council', 'which-icb']],
  ]);
});
