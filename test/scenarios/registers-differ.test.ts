import { describe, expect, test } from '@jest/globals';
import { type Adt, HOME, SECTION_3 } from './adt.js';
import { onlyRow, type Stated, sent, tablesWith, tell, told } from './tell.js';
import { decisionOf } from './thirty-four/decision.js';

const TODAY = '2026-11-21';
const BIRMINGHAM = 'E08000025';
const SOLIHULL = 'E08000029';
const ESSEX = 'E10000012';

/** What the register of a body says: the council's, that it owes aftercare, where the story names nothing else. */
const register = (over: object = {}, organisation = BIRMINGHAM): Stated => ({
  kind: 'register-entry',
  body: 'council',
  on: '2026-09-01',
  status: 'active',
  statedBy: { organisation, ...OFFICER },
  ...over,
});

const OFFICER = { name: 'An Officer', role: 'keeps the register' };
const BOARD = { ...OFFICER, organisation: 'QHL' };

const row = (...stated: Stated[]) => onlyRow(tell([HOME], TODAY, stated));
const asked = ({ questions }: ReturnType<typeof row>) => questions.filter(({ kind }) => kind === 'registers-differ');
const textOf = (found: ReturnType<typeof row>): string =>
  asked(found)
    .map(({ text }) => text)
    .join('\n');
const reasons = ({ because }: ReturnType<typeof row>): [string, string[]][] =>
  because.map(({ rule, facts }) => [rule, facts]);
const noted = ({ because }: ReturnType<typeof row>): string[] =>
  because.filter(({ rule }) => rule === 'registers-agree').map(({ text }) => text);

/** Detained and home years ago, in an area whose bodies have changed since. */
const longAgo: Adt = {
  ...HOME,
  sentAt: '20190901100500',
  admitted: '20190501080000',
  left: '20190901100000',
  periods: [{ ...SECTION_3, from: '20190501', to: '20190801', council: ESSEX, commissioner: '06T' }],
};

describe('registers that agree', () => {
  test('nothing is asked, and nothing said', () => {
    const agreed = row(
      register({ from: '2026-03-01', council: BIRMINGHAM, icb: 'QHL', caseId: 'C-117' }),
      register({ body: 'icb', council: BIRMINGHAM }, 'QHL'),
      register({ body: 'trust' }, 'RXT'),
    );
    expect({ asked: asked(agreed), noted: noted(agreed) }).toEqual({ asked: [], noted: [] });
  });

  test('an old code of the same body is no difference: it is said, and not asked', () => {
    const found = onlyRow(tell([longAgo], TODAY, [register({ body: 'icb', on: '2024-05-01', council: ESSEX }, 'QJG')]));
    expect(asked(found)).toEqual([]);
    const ended = onlyRow(tell([longAgo], TODAY, [register({ icb: '06T', on: '2020-05-01' }, ESSEX)]));
    expect(asked(ended)).toEqual([]);
    expect(noted(ended)).toEqual([expect.stringMatching(/06T, another code of D7T5G/)]);
  });

  test('a code of a council that was divided agrees with the part that answers here', () => {
    const divided = { ...longAgo, periods: [{ ...SECTION_3, from: '20190501', to: '20190801', council: 'E06000064' }] };
    const found = onlyRow(
      tell([divided], TODAY, [register({ body: 'trust', on: '2021-05-01', council: 'E10000006' }, 'RXT')]),
    );
    expect(textOf(found)).toBe('');
    expect(noted(found)).toEqual([expect.stringMatching(/E10000006, another code of E06000064/)]);
  });

  test('before the person left hospital it is planned and not owed', () => {
    expect(asked(row(register({ on: '2026-02-01', status: 'prospective' })))).toEqual([]);
    expect(textOf(row(register({ on: '2026-02-01' })))).toMatch(
      /active in the register of E08000025 .*where this one has prospective/,
    );
    expect(textOf(row(register({ on: '2026-02-01', status: 'none' })))).toMatch(
      /none in .*where this one has prospective/,
    );
    expect(asked(row(register({ on: '2025-12-01', status: 'none' })))).toEqual([]);
  });

  test('a council that is told nothing before the person leaves cannot have it in its register', () => {
    const later = tablesWith({ partnerships: [{ council: BIRMINGHAM, icb: 'QHL', tellProspective: false }] });
    const found = onlyRow(tell([HOME], TODAY, [register({ on: '2026-02-01', status: 'none' })], later));
    expect(asked(found)).toEqual([]);
  });

  test('a council that was never responsible need not have the person', () => {
    expect(asked(row(register({ status: 'none' }, SOLIHULL)))).toEqual([]);
    expect(textOf(row(register({ status: 'none' }, BIRMINGHAM)))).toMatch(/none in the register of E08000025/);
  });
});

describe('registers that differ', () => {
  test('a council that has the person as its own differs in the council, whether it names itself or not', () => {
    for (const council of [SOLIHULL, null]) {
      const text = textOf(row(register({ council }, SOLIHULL)));
      expect(text).toMatch(/Council: E08000029 in .*where this one has E08000025/);
      expect(text).not.toMatch(/Status:/);
    }
  });

  test('a code that no table knows is a difference, as it is written', () => {
    expect(textOf(row(register({ body: 'icb', icb: 'ZZZ' }, 'QHL')))).toMatch(/ICB: ZZZ in .*where this one has QHL/);
  });

  test('a register that says nobody, ended or dead changes nothing here, nor what anybody is sent', () => {
    const before = tell([HOME], TODAY);
    for (const status of ['none', 'ended', 'died']) {
      const after = tell([HOME], TODAY, [register({ status, to: '2026-08-01' })]);
      const { questions: _, because: __, ...said } = onlyRow(after);
      const { questions: ___, because: ____, ...was } = onlyRow(before);
      expect(said).toEqual(was);
      expect(sent(after)).toEqual(sent(before));
      expect(textOf(onlyRow(after))).toMatch(new RegExp(`${status} in the register of E08000025`));
    }
  });

  test('a person who died: whose register has them still is asked', () => {
    const died: Stated = { kind: 'died', on: '2026-08-01', verified: true };
    expect(textOf(row(died, register()))).toMatch(/active in .*where this one has died/);
    expect(asked(row(died, register({ status: 'none' })))).toEqual([]);
    expect(asked(row(died, register({ on: '2026-07-01' })))).toEqual([]);
  });

  test('a later detention elsewhere is no difference of what was so before', () => {
    const again: Adt = {
      ...HOME,
      sentAt: '20261001100000',
      visit: 'V2',
      admitted: '20260910080000',
      left: '20261001090000',
    };
    const period = { ...SECTION_3, id: 'P2', from: '20260911', to: '20260930', council: SOLIHULL };
    const found = onlyRow(tell([HOME, { ...again, periods: [period] }], TODAY, [register({ council: BIRMINGHAM })]));
    expect(found.episodes.map(({ status }) => status)).toEqual(['superseded', 'active']);
    expect(textOf(found)).toBe('');
  });
});

describe('an ICB of before aftercare ended, and another after it', () => {
  const ended = [decisionOf('council', '2026-05-01'), decisionOf('icb', '2026-05-01')];
  const again: Adt = {
    ...HOME,
    sentAt: '20260801100500',
    visit: 'V2',
    admitted: '20260701080000',
    left: '20260801100000',
    periods: [{ ...SECTION_3, id: 'P2', from: '20260701', to: '20260801', commissioner: 'QUA' }],
  };
  const textFor = (on: string, icb: string) =>
    textOf(onlyRow(tell([HOME, again], TODAY, [...ended, register({ on, icb })])));

  test('each register is held against the one of the day on which it spoke', () => {
    expect(textFor('2026-04-01', 'QHL')).toBe('');
    expect(textFor('2026-09-01', 'QUA')).toBe('');
    expect(textFor('2026-04-01', 'QUA')).toMatch(/ICB: QUA in .*where this one has QHL/);
    expect(textFor('2026-09-01', 'QHL')).toMatch(/ICB: QHL in .*where this one has QUA/);
  });
});

describe('which statement of a register counts', () => {
  test('the newest of each register, by whichever of its codes it is named; other registers go on counting', () => {
    const mended = row(register({ status: 'none' }), register({ on: '2026-10-01' }, '406'));
    expect(asked(mended)).toEqual([]);
    const two = row(
      register({ status: 'none' }),
      register({ body: 'trust', status: 'none' }, 'RXT'),
      register({ on: '2026-10-01' }),
    );
    expect(textOf(two)).toMatch(/none in the register of RXT/);
    expect(textOf(two)).not.toMatch(/none in the register of E08000025/);
  });

  test.each([
    ['STRASSEN TRUST', 'Straßen Trust'],
    ['\u200b\u00a0A Trust', 'a trust'],
  ])('the newest of one that no table has: %j is %j', (written, again) => {
    const ended = register({ body: 'trust', status: 'ended' }, written);
    expect(asked(row(ended))).not.toEqual([]);
    expect(asked(row(ended, register({ body: 'trust', on: '2026-10-01' }, again)))).toEqual([]);
  });

  test('two names of the same letters are two registers', () => {
    const ended = register({ body: 'trust', status: 'ended' }, 'A Trust');
    expect(asked(row(ended, register({ body: 'trust', on: '2026-10-01' }, 'ATrust')))).not.toEqual([]);
  });

  test('two of one day are both held against this one: latest does not win', () => {
    expect(textOf(row(register(), register({ status: 'none' })))).toMatch(
      /active in .*; none in .*|none in .*; active in/,
    );
  });

  test('one of a day still to come counts from that day', () => {
    expect(asked(row(register({ status: 'none', on: '2026-12-01' })))).toEqual([]);
    expect(row(register({ status: 'none', on: '2026-12-01' })).nextChangeOn).toBe('2026-12-01');
  });

  test('what is withdrawn no longer counts', () => {
    const id = '9f0c2a52-6a55-4f6e-9a51-000000000001';
    const taken = { kind: 'withdrawn', fact: id, because: 'it was of somebody else' };
    expect(asked(row(register({ id, status: 'none' }), taken))).toEqual([]);
  });
});

describe('answers', () => {
  const answer = (question: string | undefined, option: string): Stated => ({
    kind: 'answer',
    question,
    option,
    because: 'the papers were seen',
  });

  test.each(['ours-stands', 'bodies-asked'])('%s settles it until a register says something new', (option) => {
    const none = register({ status: 'none' });
    const [question] = asked(row(none));
    expect(asked(row(none, answer(question?.id, option)))).toEqual([]);
    expect(asked(row(none, answer(question?.id, option), register({ status: 'none', on: '2026-10-01' })))).toHaveLength(
      1,
    );
  });

  test('of a person of whom nothing is known here, nothing but looking settles it', () => {
    const active = register({ from: '2015-06-01' });
    const only = (...stated: Stated[]) => onlyRow(tell([], TODAY, [active, ...stated]));
    const [question] = asked(only());
    expect(question).toMatchObject({ options: [] });
    expect(asked(only(answer(question?.id, 'ours-stands')))).toHaveLength(1);

    const checked = {
      kind: 'history-checked',
      on: '2026-10-01',
      found: 'no-qualifying-detention',
      sources: ['archive'],
    };
    expect(asked(only(checked))).toMatchObject([{ id: question?.id, options: ['ours-stands', 'bodies-asked'] }]);
    expect(asked(only(checked, answer(question?.id, 'ours-stands')))).toEqual([]);
    expect(asked(only({ ...checked, on: '2026-08-01' }))).toMatchObject([{ options: [] }]);
  });

  test('an answer before the detention was known does not reach the question after it', () => {
    const ended = register({ status: 'ended' });
    const checked = {
      kind: 'history-checked',
      on: '2026-10-01',
      found: 'no-qualifying-detention',
      sources: ['archive'],
    };
    const [question] = asked(onlyRow(tell([], TODAY, [ended, checked])));
    const late = row(ended, checked, answer(question?.id, 'ours-stands'));
    expect(asked(late)).toHaveLength(1);
  });
});

describe('what is asked about registers', () => {
  const id = (n: number) => `9f0c2a52-6a55-4f6e-9a51-00000000000${n}`;
  const none = register({ status: 'none', id: id(1) });

  test('rests on those that differ, and on the detention', () => {
    const agreeing = register({ body: 'icb', id: id(2) }, 'QHL');
    const detention = told([HOME], []).messages.find(({ kind }) => kind === 'detention')?.id;
    const [question] = asked(row(none, agreeing));
    expect(question?.facts).toEqual([id(1), detention].sort());
    expect(question?.text).not.toContain('null');
  });

  test('names no field of a register that does not have it', () => {
    const other = register({ council: SOLIHULL, id: id(2) });
    expect(textOf(row(other, register({ body: 'icb' }, 'QHL')))).not.toContain('null');
  });

  test('is another question once another detention is known of that time', () => {
    const [question] = asked(row(none));
    const answer: Stated = { kind: 'answer', question: question?.id, option: 'ours-stands', because: 'seen' };
    expect(asked(row(none, answer))).toEqual([]);
    const late: Adt = {
      ...HOME,
      sentAt: '20261001100000',
      visit: 'V2',
      admitted: '20260701080000',
      left: '20260801100000',
      periods: [{ ...SECTION_3, id: 'P2', from: '20260701', to: '20260801' }],
    };
    expect(asked(onlyRow(tell([HOME, late], TODAY, [none, answer])))).toHaveLength(1);
  });

  test('where one speaks of a time of which nothing is known here, only looking settles it', () => {
    const early = register({ body: 'trust', on: '2025-06-01' }, 'RXT');
    const [question] = asked(row(none, early));
    expect(question).toMatchObject({ options: [] });
    expect(question?.text).toContain('creates no duty by itself');
  });

  test.each([
    ['that found one', { on: '2026-10-01', found: 'qualifying-detention' }, []],
    ['on the day of the later register', { on: '2026-09-01' }, ['ours-stands', 'bodies-asked']],
    ['between the two', { on: '2026-08-15' }, []],
  ])('a look %s', (_which, over, options) => {
    const looked = { kind: 'history-checked', found: 'no-qualifying-detention', sources: ['archive'], ...over };
    const registers = [register({ body: 'trust' }, 'RXT'), register({ on: '2026-08-01' })];
    expect(asked(onlyRow(tell([], TODAY, [...registers, looked])))).toMatchObject([{ options }]);
  });

  test('another code of the same body is said on the ground of the register that has it', () => {
    const found = row(register({ council: '406', id: id(3) }));
    expect(reasons(found)).toContainEqual(['registers-agree', [id(3)]]);
  });
});

describe('what nobody has said is put into nobody’s mouth', () => {
  test('that no detention is known rests on no fact, also where a register has the person as active', () => {
    const found = onlyRow(tell([], TODAY, [register({}, SOLIHULL), register({ body: 'icb' }, 'QHL')]));
    expect(found.status).toBe('not-known');
    expect(reasons(found)).toContainEqual(['silence-is-not-a-no', []]);
  });
});

describe('days of a register that cannot be', () => {
  test.each([
    ['active', 'from', { from: '2026-09-02' }],
    ['ended', 'from', { from: '2026-09-02' }],
    ['ended', 'to', { from: '2026-03-01', to: '2026-09-02' }],
    ['active', 'to', { from: '2026-03-01', to: '2026-02-01' }],
  ])('%s on a day, and %s that does not go with it: refused, with the line', (status, field, days) => {
    expect(() => row(register({ status, ...days }))).toThrow(`line 1: ${field}: is `);
  });

  test('what is to come may be of a person who is not active yet, and an end of one who is', () => {
    expect(() => row(register({ status: 'prospective', from: '2026-09-02' }))).not.toThrow();
    expect(() => row(register({ status: 'active', from: '2026-03-01', to: '2026-12-31' }))).not.toThrow();
    expect(() => row(register({ status: 'active', from: '2026-09-01' }))).not.toThrow();
  });
});

describe('the register of a council that had the person before', () => {
  /** Home on 1 March, ended by both bodies on 1 May, and detained again in June. */
  const ended = [decisionOf('council', '2026-04-20'), decisionOf('icb', '2026-05-01')];
  const again = (council: string | null): Adt => ({
    trigger: 'A01',
    sentAt: '20260610100000',
    visit: 'V2',
    admitted: '20260610090000',
    periods: [{ id: 'P2', status: '03', from: '20260610', ...(council === null ? {} : { council }) }],
  });
  const kept = register({ status: 'ended', from: '2026-03-01', to: '2026-05-01' });
  const found = (council: string | null, ...said: Stated[]) =>
    asked(onlyRow(tell([HOME, again(council)], TODAY, [...ended, ...said])));

  test.each([
    ['nobody knows yet where they lived before', null],
    ['they lived in another area before', SOLIHULL],
  ])('it has closed its own episode, and has no other: %s', (_why, council) => {
    expect(found(council, kept)).toEqual([]);
  });

  test('another day of its ending is asked about', () => {
    expect(found(SOLIHULL, { ...kept, to: '2026-05-02' })).toHaveLength(1);
  });

  test('that it is open there still is asked about', () => {
    expect(found(SOLIHULL, { ...kept, status: 'active', to: null })).toHaveLength(1);
  });

  test('that it ended is asked about where the new duty is its own', () => {
    expect(found(BIRMINGHAM, kept)).toHaveLength(1);
  });

  test('that it is open there still is a difference of the status, whoever is named', () => {
    const open = { ...kept, status: 'active', to: null };
    const words = found(SOLIHULL, open).map(({ text }) => text);
    expect(words).toEqual([expect.stringMatching(/Status: active in .*where this one has prospective/)]);
  });

  test('days of one that never had the person are no days of the episode of another', () => {
    const never = register({ status: 'ended', from: '2025-03-01', to: '2025-05-01' }, 'E08000026');
    expect(found(SOLIHULL, never)).toEqual([]);
  });

  test('nor are those of a register of which no table says whose it is', () => {
    const words = found(SOLIHULL, { ...kept, statedBy: { ...OFFICER, organisation: 'Some council' } });
    expect(words.map(({ text }) => text)).toEqual([
      expect.stringMatching(/Status: ended in .*where this one has prospective/),
    ]);
  });

  test('the ICB of before has closed its own; one whose the new duty is as well is asked', () => {
    const again = (commissioner: string): Adt => ({
      trigger: 'A01',
      sentAt: '20260610100000',
      visit: 'V2',
      admitted: '20260610090000',
      periods: [{ id: 'P2', status: '03', from: '20260610', council: SOLIHULL, commissioner }],
    });
    const ofBoard = (commissioner: string) =>
      asked(onlyRow(tell([HOME, again(commissioner)], TODAY, [...ended, { ...kept, body: 'icb', statedBy: BOARD }])));
    expect(ofBoard('QUA')).toEqual([]);
    expect(ofBoard('QHL')).toHaveLength(1);
  });
});
