import { describe, expect, test } from '@jest/globals';
import type { Explanation } from '../../src/flow/explain.js';
import type { StatedFact } from '../../src/register/fact.js';
import { fold } from '../../src/register/fold.js';
import { personsOf } from '../../src/register/identity.js';
import { planMessage } from '../properties/care-plans.js';
import { type Adt, HOME, OTHER, PERSON, SECTION_3 } from './adt.js';
import { type Stated, tables, tell, told } from './tell.js';

const TODAY = '2026-11-21';
const THIRD = '9990000034';

const owed = (nhsNumber: string, mrn: string, over: Partial<Adt> = {}): Adt => ({
  ...HOME,
  nhsNumber,
  mrn,
  visit: `${mrn}-V`,
  periods: [{ ...SECTION_3, id: `${mrn}-P` }],
  ...over,
});
const informal = (nhsNumber: string, mrn: string): Adt => ({
  trigger: 'A01',
  sentAt: '20260701090000',
  nhsNumber,
  mrn,
  visit: `${mrn}-W`,
  admitted: '20260701',
});
const merged = (kept: [string, string], away: [string, string]): Adt => ({
  trigger: 'A40',
  sentAt: '20260702090000',
  nhsNumber: kept[0],
  mrn: kept[1],
  mergedAway: { nhsNumber: away[0], mrn: away[1] },
});
const separated = (nhsNumber: string, from: string, over: Partial<Stated> = {}): Stated => ({
  kind: 'identity-separated',
  nhsNumber,
  from,
  ...over,
});

/** `9990000018 entered-in-error, asked confidentiality-incident` for everybody. */
const inWords = ({ register }: Pick<Explanation, 'register'>): string[] =>
  register.map(({ nhsNumber, status, questions }) =>
    [`${nhsNumber} ${status}`, ...questions.map(({ kind }) => `asked ${kind}`)].join(', '),
  );

const entryOf = (nhsNumber: string, { register }: Pick<Explanation, 'register'>) =>
  register.find((entry) => entry.nhsNumber === nhsNumber);

const ONE: [string, string] = [PERSON, 'L1'];
const TWO: [string, string] = [OTHER, 'L2'];
const THREE: [string, string] = [THIRD, 'L3'];
const mixedUp = [owed(...TWO), informal(...ONE), merged(ONE, TWO)];

describe('a merge that people have undone', () => {
  test('whichever of the two numbers the separation is stated of', () => {
    const expected = [`${PERSON} entered-in-error, asked confidentiality-incident`, `${OTHER} active`];
    expect(inWords(tell(mixedUp, TODAY, [separated(PERSON, OTHER)]))).toEqual(expected);
    expect(inWords(tell(mixedUp, TODAY, [separated(OTHER, PERSON)]))).toEqual(expected);
  });

  test('the row of the wrong person does not show under which power the other was detained, or when', () => {
    const row = entryOf(PERSON, tell(mixedUp, TODAY, [separated(PERSON, OTHER)]));
    expect(row?.episodes).toMatchObject([{ status: 'entered-in-error', qualifying: [] }]);
    expect(JSON.stringify([row?.because, row?.questions])).not.toMatch(/section 3\b|2026-0[123]|9990000026/);
  });

  test('the row of the wrong person shows no plan but its own, whoever said the other’s', () => {
    const said = { number: 'CP1', agreedOn: '2026-03-02', saidAt: '2026-03-02T15:00:00Z', status: 'active' } as const;
    const plan = { ...said, nhsNumber: OTHER, mrn: null, isInBundle: false, content: 0, intent: 'plan' } as const;
    const byPeople: Stated = { kind: 'plan', nhsNumber: OTHER, agreedOn: '2026-03-03', needs: [{ text: 'Company' }] };
    const own: Stated = { ...byPeople, nhsNumber: PERSON, agreedOn: '2026-03-01', needs: [{ text: 'A garden' }] };
    const apart = separated(PERSON, OTHER);
    const plansOf = (stated: Stated[]) => {
      const after = tell([...mixedUp, planMessage({ ...plan, by: 'RXT' })], TODAY, stated);
      return [PERSON, OTHER].map((number) => entryOf(number, after)?.episodes[0]?.plan?.agreedOn ?? null);
    };
    expect(plansOf([apart])).toEqual([null, '2026-03-02']);
    expect(plansOf([apart, byPeople])).toEqual([null, '2026-03-03']);
    expect(plansOf([apart, byPeople, own])).toEqual(['2026-03-01', '2026-03-03']);
    expect(plansOf([byPeople, own])).toEqual(['2026-03-03', null]);
  });

  test('nothing qualifying was counted: nothing was told in error, and nothing is asked', () => {
    const others = [informal(...TWO), informal(...ONE), merged(ONE, TWO)];
    expect(inWords(tell(others, TODAY, [separated(PERSON, OTHER)]))).toEqual([
      `${PERSON} not-known`,
      `${OTHER} not-known`,
    ]);
  });

  test('the number that went was told of nobody: what the other had does not count as an error of its', () => {
    const toldBefore = [owed(...ONE), informal(...TWO), merged(ONE, TWO)];
    expect(inWords(tell(toldBefore, TODAY, [separated(PERSON, OTHER)]))).toEqual([
      `${PERSON} active`,
      `${OTHER} not-known`,
    ]);
  });

  test('through two merges: each whose number it was told under was the wrong one', () => {
    const chain = [owed(...THREE), informal(...TWO), informal(...ONE), merged(TWO, THREE), merged(ONE, TWO)];
    const undone = [separated(OTHER, THIRD), separated(PERSON, OTHER)];
    expect(inWords(tell(chain, TODAY, undone))).toEqual([
      `${PERSON} entered-in-error, asked confidentiality-incident`,
      `${OTHER} entered-in-error, asked confidentiality-incident`,
      `${THIRD} active`,
    ]);
  });

  test('stays, where its withdrawal is stated of somebody whom it does not concern, as in the service', () => {
    const { messages } = told([owed(...TWO), informal(...ONE), merged(ONE, TWO)], []);
    const fact = messages.find(({ kind }) => kind === 'identity-merged')?.id;
    const withdrawn = (nhsNumber: string): Stated => ({ kind: 'withdrawn', nhsNumber, fact, because: 'two people' });
    expect(inWords(tell(mixedUp, TODAY, [withdrawn(THIRD)]))).toEqual([`${PERSON} active`, `${THIRD} not-known`]);
    expect(inWords(tell(mixedUp, TODAY, [withdrawn(OTHER)]))).toHaveLength(2);
  });

  test('merged again, when the separation is withdrawn: one person, and nothing is asked', () => {
    const id = '0f6c2a52-6a55-4f6e-9a51-000000000001';
    const again: Stated = { kind: 'withdrawn', fact: id, because: 'they are one' };
    const one = tell(mixedUp, TODAY, [separated(PERSON, OTHER, { id }), again]);
    expect(inWords(one)).toEqual([`${PERSON} active`]);
    expect(entryOf(PERSON, one)).toMatchObject({ formerNhsNumbers: [OTHER] });
  });

  test('what was said only after the separation was recorded, the merge too, was never counted', () => {
    const late = owed(...TWO, { sentAt: '20260715090000' });
    const { messages, facts } = told([late, informal(...ONE), merged(ONE, TWO)], [separated(PERSON, OTHER)]);
    const recorded = (at: string) =>
      facts.map((fact): StatedFact => ({ ...fact, source: { ...fact.source, statedAt: at } }));
    const known = (at: string) => ({
      register: personsOf([...messages, ...recorded(at)]).map((person) =>
        fold(person, tables.directory, tables.site, TODAY),
      ),
    });
    expect(inWords(known('2026-08-01T12:00:00Z'))).toEqual([
      `${PERSON} entered-in-error, asked confidentiality-incident`,
      `${OTHER} active, asked charges-unchecked`,
    ]);
    // The detention was sent on 15 July, the merge on the 2nd: told only after it was undone, it is asked about.
    const never = [`${PERSON} not-known`, `${OTHER} active, asked charges-unchecked`];
    expect(inWords(known('2026-07-10T12:00:00Z'))).toEqual(never);
    expect(inWords(known('2026-07-01T12:00:00Z'))).toEqual(never.map((words) => `${words}, asked identity-conflict`));
  });
});

describe('a merge that is told again after people have undone it', () => {
  const again: Adt = { ...merged(ONE, TWO), sentAt: '20260901090000' };
  const otherWay: Adt = { ...merged(TWO, ONE), sentAt: '20260901090000' };
  const story = [owed(...TWO), merged(ONE, TWO)];
  /** Each of these is recorded on its day. */
  const known = (messages: readonly Adt[], stated: readonly (Stated & { recorded: string })[]) => {
    const { messages: facts, facts: people } = told(
      messages,
      stated.map(({ recorded: _, ...fact }) => fact),
    );
    const recorded = people.map((fact, at): StatedFact => {
      const statedAt = `${stated[at]?.recorded}T12:00:00Z`;
      return { ...fact, source: { ...fact.source, statedAt } };
    });
    const register = personsOf([...facts, ...recorded]).map((person) =>
      fold(person, tables.directory, tables.site, TODAY),
    );
    return { register };
  };
  const apart = { ...separated(PERSON, OTHER), recorded: '2026-08-01' };
  const asked = [
    `${PERSON} entered-in-error, asked confidentiality-incident, asked identity-conflict`,
    `${OTHER} active, asked identity-conflict`,
  ];
  const answered = (option: string, nhsNumber = PERSON) => ({
    kind: 'answer',
    nhsNumber,
    question: entryOf(OTHER, known([...story, again], [apart]))?.questions[0]?.id,
    option,
    because: 'both were asked',
    recorded: '2026-09-02',
  });

  test.each([
    ['the same once more', again],
    ['the other way round', otherWay],
  ])('joins nobody, and both are asked about: %s', (_how, merge) => {
    expect(inWords(known([...story, merge], [apart]))).toEqual(asked);
    expect(inWords(known([merge, merge, ...story], [apart]))).toEqual(asked);
  });

  test('is what people then say that it is, whichever of the two they say it of', () => {
    for (const number of [PERSON, OTHER]) {
      expect(inWords(known([...story, again], [apart, answered('one-person', number)]))).toEqual([`${PERSON} active`]);
      expect(inWords(known([...story, again], [apart, answered('two-people', number)]))).toEqual([
        `${PERSON} entered-in-error, asked confidentiality-incident`,
        `${OTHER} active`,
      ]);
    }
    expect(inWords(known([...story, otherWay], [apart, answered('one-person')]))).toEqual([`${OTHER} active`]);
  });

  test('is undone by what people state after it', () => {
    const since = { ...separated(OTHER, PERSON), recorded: '2026-10-01' };
    expect(inWords(known([...story, again], [apart, since])).join()).not.toContain('identity-conflict');
    const words = inWords(known([...story, again], [apart, answered('one-person'), since]));
    expect(words).toHaveLength(2);
  });
});

describe('a stay that is moved to whose it was', () => {
  const stay = owed(...ONE);
  const moved: Adt = {
    trigger: 'A44',
    sentAt: '20260402090000',
    nhsNumber: OTHER,
    mrn: 'L2',
    visit: 'L1-V',
    mergedAway: { nhsNumber: PERSON, mrn: 'L1' },
  };

  test('takes with it the detention of which its messages told', () => {
    const after = tell([stay, moved]);
    expect(inWords(after)).toEqual([`${PERSON} entered-in-error, asked confidentiality-incident`, `${OTHER} active`]);
    expect(entryOf(OTHER, after)).toMatchObject({ council: { code: 'E08000025' }, icb: { asWritten: '15E' } });
  });

  describe('and the detention of which other messages told too, without the stay', () => {
    const office: Adt = { trigger: 'A31', sentAt: '20260110090000', mrn: 'L1', visit: '', periods: stay.periods ?? [] };
    const messages = [stay, office, moved];
    const answer = (nhsNumber: string, option: string): Stated => ({
      kind: 'answer',
      nhsNumber,
      question: entryOf(OTHER, tell(messages))?.questions.find(({ kind }) => kind === 'stay-moved')?.id,
      option,
      because: 'the papers were read',
    });
    const error = `${PERSON} entered-in-error, asked confidentiality-incident`;

    test('stays with whom it was told of; both are asked whose it is, and what is known is told meanwhile', () => {
      const told = tell(messages);
      const [first, other] = inWords(told);
      expect(first).toMatch(new RegExp(`^${PERSON} prospective.*asked stay-moved`));
      expect(other).toBe(`${OTHER} not-known, asked stay-moved`);
      expect(told.publications.map(({ nhsNumber }) => nhsNumber)).toEqual([PERSON]);
      expect(entryOf(PERSON, told)?.questions.find(({ kind }) => kind === 'stay-moved')?.options).toEqual([
        'goes-with-the-stay',
        'stays',
      ]);
    });

    test.each([PERSON, OTHER])('is whose people say that it is, said of either of the two: %s', (number) => {
      expect(inWords(tell(messages, TODAY, [answer(number, 'goes-with-the-stay')]))).toEqual([
        error,
        `${OTHER} active`,
      ]);
      const stays = inWords(tell(messages, TODAY, [answer(number, 'stays')]));
      expect(stays[0]).toMatch(new RegExp(`^${PERSON} prospective`));
      expect(stays.join()).not.toContain('stay-moved');
    });

    test('is asked on, while what is said of the two contradicts each other', () => {
      const both = [answer(PERSON, 'stays'), answer(OTHER, 'goes-with-the-stay')];
      expect(inWords(tell(messages, TODAY, both)).filter((words) => words.includes('stay-moved'))).toHaveLength(2);
    });

    test('goes with the stay, once what was told without it is withdrawn', () => {
      // The same statement, made with the stay and without it, would be one fact.
      const otherwise = { ...office, periods: [{ id: 'L1-P', status: '03', from: '20260101', to: '20260219' }] };
      const detention = told([otherwise], []).messages.find(({ kind }) => kind === 'detention');
      const withdrawn: Stated[] = [{ kind: 'withdrawn', fact: detention?.id, because: 'of another' }];
      expect(inWords(tell([stay, otherwise, moved], TODAY, withdrawn))).toEqual([error, `${OTHER} active`]);
    });

    test('is told of the other too: it is asked already whose of the two it is', () => {
      const there: Adt = { ...office, nhsNumber: OTHER, mrn: 'L2', sentAt: '20260405090000' };
      const words = inWords(tell([...messages, there]));
      expect(words.every((each) => each.includes('asked identity-conflict') && !each.includes('stay-moved'))).toBe(
        true,
      );
    });

    test('is not asked about where its sender has withdrawn it of the first', () => {
      const gone: Adt = { ...office, sentAt: '20260404090000', periods: [{ id: 'L1-P', action: 'D' }] };
      expect(inWords(tell([...messages, gone])).join()).not.toContain('stay-moved');
    });
  });

  describe('and a detention of its time, which was told only by messages that name no stay', () => {
    const admitted: Adt = { ...informal(...ONE), admitted: '20260101', visit: 'L1-V', sentAt: '20260101090000' };
    const detained: Adt = {
      ...{ trigger: 'A08', sentAt: '20260110090000', mrn: 'L1', visit: 'L1-V' },
      periods: [{ ...SECTION_3, id: 'L1-P', to: undefined }],
    };
    const home: Adt = { ...stay, periods: [] };
    const messages = [admitted, detained, home, moved];
    const asked = (told: Explanation) =>
      told.register.map(({ questions }) => questions.find(({ kind }) => kind === 'stay-moved'));

    test('stays with whom it was told of, and both are asked whose it is', () => {
      const [first, other] = asked(tell(messages));
      expect(first?.options).toEqual(['goes-with-the-stay', 'stays']);
      expect(other?.id).toBe(first?.id);
    });

    test('is whose people say that it is', () => {
      const [question] = asked(tell(messages));
      const answer = (option: string): Stated => ({
        kind: 'answer',
        nhsNumber: PERSON,
        question: question?.id,
        option,
        because: 'the papers were read',
      });
      const goes = tell(messages, TODAY, [answer('goes-with-the-stay')]);
      expect(goes.register.map(({ status }) => status)).toEqual(['entered-in-error', 'active']);
      const stays = tell(messages, TODAY, [answer('stays')]);
      expect(asked(stays)).toEqual([undefined, undefined]);
      expect(stays.register.map(({ status }) => status)).toEqual(['prospective', 'not-known']);
    });

    test.each([
      ['before', '20250101', '20250301'],
      ['after', '20260501', undefined],
    ])('is not asked about where it was %s the stay', (_when, from, to) => {
      const apart = { ...detained, periods: [{ ...SECTION_3, id: 'L1-P', from, to }] };
      expect(asked(tell([admitted, apart, home, moved])).filter(Boolean)).toEqual([]);
    });

    test('nor where another sender told it, or the stay came back', () => {
      const office = { ...detained, sender: 'RXX' };
      expect(asked(tell([admitted, office, home, moved])).filter(Boolean)).toEqual([]);
      const back: Adt = { ...moved, sentAt: '20260403090000', nhsNumber: PERSON, mrn: 'L1' };
      const andBack = { ...back, mergedAway: { nhsNumber: OTHER, mrn: 'L2' } };
      expect(asked(tell([...messages, andBack])).filter(Boolean)).toEqual([]);
    });
  });

  test('who answers for what was in error changes on the day from which people determined it, and not unseen', () => {
    const determined = {
      kind: 'council-determined',
      effectiveOn: '2026-08-01',
      council: 'E08000029',
      standing: 'agreed',
    };
    const before = entryOf(PERSON, tell([stay, moved], '2026-07-01', [{ ...determined, basis: 'resident' }]));
    expect(before).toMatchObject({ status: 'entered-in-error', nextChangeOn: '2026-08-01' });
  });

  const idOf = (move: Adt) => told([move], []).messages.find(({ kind }) => kind === 'visit-moved')?.id;
  const withdrawn = (move: Adt): Stated => ({ kind: 'withdrawn', fact: idOf(move), because: 'moved by mistake' });
  const inError = (nhsNumber: string) => `${nhsNumber} entered-in-error, asked confidentiality-incident`;

  test('and back, when people withdraw the move: until then it counted for the other', () => {
    expect(inWords(tell([stay, moved], TODAY, [withdrawn(moved)]))).toEqual([`${PERSON} active`, inError(OTHER)]);
  });

  /** From the record to which the stay had been moved. */
  const movedOn: Adt = { ...moved, mergedAway: { nhsNumber: OTHER, mrn: 'L2' } };

  test('and on to a third, whose it was: until then it counted for the second too', () => {
    const on: Adt = { ...movedOn, sentAt: '20260501090000', nhsNumber: THIRD, mrn: 'L3' };
    const error = [inError(PERSON), inError(OTHER), `${THIRD} active`];
    expect(inWords(tell([stay, moved, on]))).toEqual(error);
    expect(inWords(tell([stay, on, moved, moved]))).toEqual(error);
    expect(inWords(tell([stay, moved, on], TODAY, [withdrawn(on)]))).toEqual([
      inError(PERSON),
      `${OTHER} active`,
      inError(THIRD),
    ]);
  });

  test('and back, before anything qualifying was told of it: nothing is asked', () => {
    const late = owed(...ONE, { sentAt: '20260801090000' });
    const early: Adt = { ...moved, sentAt: '20260102090000' };
    const back: Adt = { ...movedOn, sentAt: '20260103090000', nhsNumber: PERSON, mrn: 'L1' };
    expect(inWords(tell([early, back, late]))[0]).toMatch(new RegExp(`^${PERSON} active`));
    expect(inWords(tell([early, back, late])).join()).not.toContain('confidentiality-incident');
  });

  test('told again while it was moved: withdrawn, it is asked about only as far as it was moved', () => {
    const elsewhere = { ...stay, nhsNumber: OTHER, mrn: 'L2', visit: 'L2-V' };
    expect(inWords(tell([stay, elsewhere, moved], TODAY, [withdrawn(moved)])).join()).not.toContain('incident');
  });
});

describe('a stay that is moved from a record that never had it', () => {
  const stay = owed(...ONE);
  const moved: Adt = {
    trigger: 'A45',
    sentAt: '20260402090000',
    nhsNumber: OTHER,
    mrn: 'L2',
    visit: 'L1-V',
    mergedAway: { nhsNumber: THIRD, mrn: 'L3' },
  };
  const [keeps, asked] = [`${PERSON} active`, `${OTHER} not-known, asked stay-moved`];

  test('moves nobody’s, and is asked about of both records that the message names', () => {
    expect(inWords(tell([stay, moved]))).toEqual([keeps, asked]);
    const known: Adt = { ...informal(...THREE), visit: 'L3-W' };
    expect(inWords(tell([stay, moved, known]))).toEqual([keeps, `${THIRD} not-known, asked stay-moved`, asked].sort());
  });

  test('nor does a statement about who is another person', () => {
    expect(inWords(tell([stay, moved], TODAY, [separated(OTHER, PERSON)]))).toEqual([keeps, asked]);
  });

  test('whether the record is known by nothing but a local number, or had other stays', () => {
    const local = { ...moved, mergedAway: { mrn: 'L9' } };
    expect(inWords(tell([stay, local]))).toEqual([keeps, asked]);
  });

  test('nothing is asked once its messages have come, the sender has named the right record, or people say that there is nothing', () => {
    const right: Adt = { ...moved, sentAt: '20260403090000', mergedAway: { nhsNumber: PERSON, mrn: 'L1' } };
    expect(inWords(tell([stay, moved, right]))).toEqual([
      `${PERSON} entered-in-error, asked confidentiality-incident`,
      `${OTHER} active`,
    ]);
    const theirs = owed(...THREE, { visit: 'L1-V', left: '20260301110000' });
    expect(inWords(tell([theirs, moved])).join()).not.toContain('stay-moved');
    const question = entryOf(OTHER, tell([stay, moved]))?.questions[0];
    const nothing: Stated = {
      kind: 'answer',
      nhsNumber: OTHER,
      question: question?.id,
      option: 'nothing-to-move',
      because: 'the stay is older than the feed',
    };
    expect(inWords(tell([stay, moved], TODAY, [nothing]))).toEqual([keeps, `${OTHER} not-known`]);
  });

  test('what the person whom it names has is told as before', () => {
    const own = owed(...TWO);
    expect(tell([own, moved]).publications).toEqual(tell([own]).publications);
  });
});
