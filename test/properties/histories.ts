import fc from 'fast-check';
import type { Explanation } from '../../src/flow/explain.js';
import type { Adt, Period } from '../scenarios/adt.js';
import { type Message, type Stated, tell } from '../scenarios/tell.js';
import { DEVON, HAMPSHIRE, IN_SURREY, SURREY } from '../support/divided.js';
import { anyPlan, givenBack, identifiedAs } from './care-plans.js';
import { livesOf } from './lives.js';

/** Three persons who played no part in anything. */
export const PERSONS = [
  { nhsNumber: '9990000018', mrn: 'L1' },
  { nhsNumber: '9990000026', mrn: 'L2' },
  { nhsNumber: '9990000034', mrn: 'L3' },
];

/** What happened to one to three persons: every value from a small set, so that times, stays and periods collide. */
export type Story = { messages: Message[]; stated: Stated[] };

const MESSAGE_TIMES = [
  '20251220080000',
  '20260301100500',
  '20260301100500.250',
  '20260301120000+0000',
  '20260901090000',
];
const EVENT_TIMES = ['20251220080000', '20260301100000', '20260301', '20260401093000', undefined];
const DAYS = ['20250601', '20260101', '20260220', '20260301', '20260401'];
const COUNCILS = ['E08000025', 'E08000029', 'E07000246', 'E10000006', 'E99999999', undefined];
const POSTCODES = ['CA11 7QS', 'CA3 8QG', IN_SURREY, undefined];
const COMMISSIONERS = ['15E', 'QHL', 'QWO', 'D4U1Y', 'ZZZ', undefined];

const oneOf = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const often = <T>(value: T, weight: number, ...others: readonly T[]) =>
  fc.oneof({ weight, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: oneOf(...others) });

const period: fc.Arbitrary<Period & { isAnybodys: boolean }> = fc
  .record({
    id: oneOf('P1', 'P2'),
    /** Numbers are a person's own; now and then one is told of somebody else too. */
    isAnybodys: often(false, 9, true),
    status: often<string | undefined>('03', 3, '02', '10', '15', '32', '37', '98'),
    from: oneOf(...DAYS),
    to: oneOf<string | undefined>(...DAYS, undefined, undefined, undefined),
    action: oneOf<Period['action']>('A', 'A', 'U', 'D', undefined),
    council: oneOf(...COUNCILS),
    postcode: oneOf(...POSTCODES),
    commissioner: oneOf(...COMMISSIONERS),
    community: often<Period['community']>(undefined, 3, 'CTO', 'CD', 'S17', 'RECALL', 'REVOKED', 'AWOL'),
    communityFrom: oneOf(...DAYS),
    communityTo: oneOf<string | undefined>(...DAYS, undefined, undefined),
  })
  .map(({ communityFrom, communityTo, ...rest }) => {
    const to = rest.to !== undefined && rest.to < rest.from ? undefined : rest.to;
    return rest.community === undefined ? { ...rest, to } : { ...rest, to, communityFrom, communityTo };
  });

const person = oneOf(...PERSONS);

/** How much may happen at once: many persons and moments, or a few that are confused with each other. */
type Scope = { persons: typeof PERSONS; messageTimes: readonly string[]; plansSaidAt: readonly string[] };

const messageIn = ({ persons, messageTimes }: Scope): fc.Arbitrary<Adt> =>
  fc
    .record({
      who: oneOf(...persons),
      named: often<'whole' | 'number' | 'local' | 'crossed'>('whole', 6, 'number', 'local', 'crossed'),
      other: oneOf(...persons),
      sender: often('RXT', 3, 'RXX'),
      trigger: oneOf(
        'A01',
        'A03',
        'A03',
        'A03',
        'A08',
        'A08',
        'A11',
        'A13',
        'A21',
        'A22',
        'A31',
        'A34',
        'A40',
        'A40',
        'A44',
      ),
      sentAt: oneOf(...messageTimes),
      eventAt: oneOf(...EVENT_TIMES),
      visit: oneOf<string | undefined>('V1', 'V1', 'V2', undefined),
      admitted: oneOf(...EVENT_TIMES),
      left: oneOf(...EVENT_TIMES),
      method: often<string | undefined>('1', 4, '4', undefined),
      destination: often<string | undefined>('19', 5, '38', '51', '79', '98', undefined),
      death: often<string | undefined>(undefined, 6, 'Y', 'N'),
      diedOn: oneOf<string | undefined>('20260820', undefined),
      numberStatus: often<string | undefined>(undefined, 5, '01', '02'),
      practice: often<string | undefined>(undefined, 4, SURREY, HAMPSHIRE, DEVON),
      family: often('Example', 4, 'Other'),
      merged: oneOf<'number' | 'local' | 'both'>('number', 'local', 'both'),
      periods: fc.array(period, { maxLength: 2 }),
    })
    .map(({ who, named, other, death, diedOn, merged, periods, ...rest }) => {
      const names = {
        whole: who,
        number: { nhsNumber: who.nhsNumber, mrn: null },
        local: { nhsNumber: null, mrn: who.mrn },
        crossed: { nhsNumber: who.nhsNumber, mrn: other.mrn },
      };
      const away = { number: { nhsNumber: other.nhsNumber }, local: { mrn: other.mrn }, both: other };
      const joins = ['A34', 'A40', 'A44'].includes(rest.trigger);
      return {
        ...rest,
        ...names[named],
        periods: periods.map(({ isAnybodys, id, ...of }) => ({ ...of, id: isAnybodys ? id : `${who.mrn}-${id}` })),
        ...(joins ? { mergedAway: away[merged] } : {}),
        ...(death === undefined ? {} : { deathIndicator: death, ...(death === 'Y' ? { diedOn } : {}) }),
      } as Adt;
    });

const STATED_ON = ['2025-12-01', '2026-03-01', '2026-05-01', '2026-08-01'];
const day = oneOf(...STATED_ON);
const SECTION_3 = { system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland', code: '03' };
const REASONS = ['needs-reassessed-none-remaining', 'settled'];

const stated: fc.Arbitrary<Stated> = fc
  .record({
    nhsNumber: oneOf(...PERSONS.map((p) => p.nhsNumber)),
    other: person,
    on: day,
    turn: fc.nat(19),
    yes: fc.boolean(),
    decider: oneOf('E08000025', 'E08000025', 'E08000029'),
  })
  .map(({ nhsNumber, other, on, turn, yes, decider }): Stated => {
    const decision = (body: string) => ({
      kind: 'aftercare-decision',
      nhsNumber,
      body,
      decision: 'no-longer-needed',
      decidedOn: on,
      reasons: yes ? REASONS : ['settled'],
      personInvolved: true,
      statedBy: { organisation: body === 'icb' ? 'QHL' : decider, name: `Officer of the ${body}`, role: 'decides' },
    });
    const council = (standing: string) => ({
      kind: 'council-determined',
      nhsNumber,
      effectiveOn: on,
      council: yes ? 'E08000025' : 'E08000029',
      standing,
      basis: 'resident',
    });
    const register = (body: string, organisation: string, status: string) => ({
      kind: 'register-entry',
      nhsNumber,
      body,
      on,
      status,
      from: yes && on >= '2026-03-01' ? '2026-03-01' : null,
      council: yes ? 'E08000029' : null,
      statedBy: { organisation, name: 'An Officer', role: 'keeps the register' },
    });
    const answered = (body: string, organisation: string, outcome: string) => ({
      kind: 'reply',
      nhsNumber,
      body,
      on,
      outcome,
      reason: 'not ours',
      caseId: yes ? `case of ${nhsNumber}` : null,
      statedBy: { organisation, name: 'An Officer', role: 'duty desk' },
    });
    const facts: Stated[] = [
      decision('council'),
      decision('icb'),
      decision(yes ? 'council' : 'icb'),
      council('agreed'),
      council('disputed'),
      { kind: 'icb-determined', nhsNumber, effectiveOn: on, icb: yes ? 'QHL' : 'QWO', standing: 'agreed' },
      { kind: 'left-hospital', nhsNumber, on },
      { kind: 'died', nhsNumber, on, verified: yes },
      { kind: 'reinstated', nhsNumber, from: on, reason: 'the decision was in error' },
      { kind: 'plan', nhsNumber, agreedOn: on, needs: [{ text: `supported living for ${nhsNumber}` }] },
      { kind: 'identity-separated', nhsNumber, from: other.nhsNumber },
      { kind: 'history-checked', nhsNumber, on, found: 'no-qualifying-detention', sources: ['papers'] },
      { kind: 'notice-given', nhsNumber, on },
      { kind: 'detention', nhsNumber, section: SECTION_3, from: on, certainty: 'papers-seen' },
      { kind: 'review', nhsNumber, heldOn: on, attended: ['person', 'council', 'icb'], outcome: 'continue' },
      { kind: 'charge', nhsNumber, from: on, amountPerWeek: '120.50', for: 'residential care' },
      register('council', 'E08000025', yes ? 'none' : 'active'),
      register(yes ? 'icb' : 'trust', yes ? 'QHL' : 'RXT', 'ended'),
      answered('council', decider, 'rejected'),
      answered(yes ? 'icb' : 'council', yes ? 'QHL' : decider, yes ? 'accepted-responsibility-disputed' : 'accepted'),
    ];
    return facts[turn] ?? decision('council');
  });

/** A message of a trust, or now and then a plan. */
const anyMessage = (scope: Scope): fc.Arbitrary<Message> =>
  fc.oneof(
    { weight: 3, arbitrary: messageIn(scope) },
    { weight: 1, arbitrary: anyPlan({ persons: scope.persons, times: scope.plansSaidAt, days: STATED_ON }) },
  );

const WIDE: Scope = {
  persons: PERSONS,
  messageTimes: MESSAGE_TIMES,
  // Some of them the moments of the trusts' messages.
  plansSaidAt: ['2026-03-01T10:05:00Z', '2026-03-01T12:00:00Z', '2026-05-02T09:00:00Z', '2026-09-01T08:00:00Z'],
};
const NARROW: Scope = {
  persons: PERSONS.slice(0, 2),
  messageTimes: ['20260301100500'],
  plansSaidAt: ['2026-03-01T10:05:00Z', '2026-03-01T10:05:00.250Z'],
};

/** Whatever happens, in no order at all; or lives, as hospitals tell them. */
const soup = fc.record({
  messages: fc.oneof(
    { weight: 2, arbitrary: fc.array(anyMessage(WIDE), { minLength: 2, maxLength: 10 }) },
    { weight: 1, arbitrary: fc.array(anyMessage(NARROW), { minLength: 2, maxLength: 7 }) },
  ),
  stated: fc.array(stated, { maxLength: 4 }),
});

/** `nth` of what there is to answer, to withdraw or to give back, where there is so much. */
type Reply = { kind: 'answer' | 'withdrawn' | 'given-back'; nth: number; option: number };
const reply: fc.Arbitrary<Reply> = fc.record({
  kind: oneOf<Reply['kind']>('answer', 'answer', 'answer', 'withdrawn', 'withdrawn', 'given-back'),
  nth: fc.nat(3),
  option: fc.nat(1),
});

/** Each message has a control id of its own: a reused one is parked by the order of arrival, as the contract says. */
export const story: fc.Arbitrary<Story> = fc
  .tuple(fc.oneof(soup, livesOf(PERSONS)), fc.array(reply, { maxLength: 2 }))
  .map(([told, replies]) => {
    const messages = told.messages.map((each, index) => numbered(each, `M${index + 1}`));
    const known = told.stated.map((fact, index) => ({ ...fact, id: idOf(index) }));
    return replied(replies, { messages, stated: known });
  });

const idOf = (index: number): string => `9f0c2a52-6a55-4f6e-9a51-${String(index + 1).padStart(12, '0')}`;

const numbered = (message: Message, controlId: string): Message =>
  'resourceType' in message ? identifiedAs(message, controlId) : { ...message, controlId };

/** People answer what is asked of them, and withdraw what was stated or told; councils send plans back that they were sent. */
function replied(replies: readonly Reply[], begun: Story): Story {
  const story = { messages: [...begun.messages], stated: [...begun.stated] };
  for (const { kind, nth, option } of replies) {
    const told = tell(story.messages, '2026-11-21', story.stated);
    const id = idOf(story.stated.length);
    if (kind === 'given-back') story.messages.push(...backFrom(told, nth, option));
    if (kind === 'answer') story.stated.push(...answerTo(told, nth, option).map((fact) => ({ ...fact, id })));
    if (kind === 'withdrawn')
      story.stated.push(...withdrawalOf(told, nth, story.stated).map((fact) => ({ ...fact, id })));
  }
  return story;
}

function answerTo({ register }: Explanation, nth: number, option: number): Stated[] {
  const asked = register.flatMap(({ nhsNumber, questions }) => questions.map((q) => ({ nhsNumber, ...q })));
  const open = asked.filter((q) => q.nhsNumber !== null && q.options.length > 0);
  const question = open[nth % Math.max(1, open.length)];
  if (!question) return [];
  const chosen = question.options[option] ?? question.options[0];
  const of = { nhsNumber: String(question.nhsNumber), question: question.id, option: chosen };
  return [{ kind: 'answer', ...of, because: 'the papers were seen' }];
}

function withdrawalOf({ messages }: Explanation, nth: number, stated: readonly Stated[]): Stated[] {
  const facts = [...stated, ...messages.flatMap((message) => message.facts)];
  const fact = facts[(nth * 5) % Math.max(1, facts.length)];
  if (!fact || typeof fact.nhsNumber !== 'string') return [];
  return [{ kind: 'withdrawn', nhsNumber: fact.nhsNumber, fact: fact.id, because: 'it was of somebody else' }];
}

function backFrom({ publications }: Explanation, nth: number, option: number): Message[] {
  const plans = publications.flatMap(({ resources }) => resources.filter((each) => each.resourceType === 'CarePlan'));
  const plan = plans[nth % Math.max(1, plans.length)];
  return plan ? [givenBack(plan, '2026-11-01T00:00:00Z', option === 1)] : [];
}

/** Something that is learnt by itself. */
export type News = { kind: 'message'; message: Message } | { kind: 'stated'; fact: Stated };

export const newsOf = ({ messages, stated }: Story): News[] => [
  ...messages.map((message): News => ({ kind: 'message', message })),
  ...stated.map((fact): News => ({ kind: 'stated', fact })),
];

/** The messages of a story in another order, some of them several times. */
export const retold = (messages: readonly Message[]): fc.Arbitrary<Message[]> =>
  fc
    .tuple(
      fc.shuffledSubarray([...messages], { minLength: messages.length, maxLength: messages.length }),
      fc.array(fc.nat(messages.length - 1), { maxLength: 3 }),
      fc.nat(20),
    )
    .map(([order, repeated, at]) => {
      const repeats = repeated.flatMap((index) => messages[index] ?? []);
      return [...order.slice(0, at), ...repeats, ...order.slice(at)];
    });
