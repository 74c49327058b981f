import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Explanation } from '../../src/flow/explain.js';
import { addDays } from '../../src/register/day.js';
import type { Entry } from '../../src/register/entry.js';
import { RULES } from '../../src/register/rules.js';
import { PERSON } from '../scenarios/adt.js';
import { type Message, type Stated, tables, tell } from '../scenarios/tell.js';
import { AREAS, POSTCODES, PRACTICES } from '../support/divided.js';
import { CUMBRIA, knowing } from '../support/postcodes.js';
import { withPlan } from './care-plans.js';
import { story } from './histories.js';

const TODAY = '2026-11-21';
const RUNS = { numRuns: Number(process.env.PROPERTY_RUNS ?? 150) };
const LIMIT_MS = 600_000;

const rules = new Map(RULES.map((rule) => [rule.id, rule.cites]));

describe('whatever the history', () => {
  test(
    'every conclusion says why: a rule of the list, its legal source, and facts that were really stated',
    () => {
      fc.assert(
        fc.property(story, ({ messages, stated }) => {
          const { register, messages: read } = tell(messages, TODAY, stated);
          const said = new Set(read.flatMap(({ facts }) => facts.map(({ id }) => id)));
          for (const { status, because } of register) {
            if (status !== 'not-known') expect(because.length).toBeGreaterThan(0);
            for (const { rule, cites, facts } of because) {
              expect(rules.get(rule)).toBe(cites);
              // That nothing is known is what nobody has said.
              if (rule !== 'silence-is-not-a-no') expect(facts.length).toBeGreaterThan(0);
            }
            if (stated.length === 0)
              expect(because.flatMap(({ facts }) => facts).every((id) => said.has(id))).toBe(true);
          }
        }),
        RUNS,
      );
    },
    LIMIT_MS,
  );

  test(
    'silence is not a no: nobody is told of a person of whom nothing is known, and nothing says "not entitled"',
    () => {
      fc.assert(
        fc.property(story, ({ messages, stated }) => {
          const told = tell(messages, TODAY, stated);
          const silent = told.register.filter(({ status }) => status === 'not-known').map(({ nhsNumber }) => nhsNumber);
          expect(told.publications.filter(({ nhsNumber }) => silent.includes(nhsNumber))).toEqual([]);
          expect(JSON.stringify(told)).not.toMatch(
            /not (entitled|eligible|owed)|no (entitlement|aftercare)|ineligible/i,
          );
        }),
        RUNS,
      );
    },
    LIMIT_MS,
  );

  test(
    'a dispute about who never changes whether',
    () => {
      fc.assert(
        fc.property(story, fc.constantFrom('E08000025', 'E08000029'), ({ messages, stated }, council) => {
          const disputed: Stated[] = ['9990000018', '9990000026', '9990000034'].map((nhsNumber) => ({
            kind: 'council-determined',
            nhsNumber,
            effectiveOn: '2026-06-01',
            council,
            standing: 'disputed',
          }));
          // A statement about a number of which nothing is known makes a person of whom nothing is known.
          const whether = (facts: Stated[]) =>
            tell(messages, TODAY, facts)
              .register.filter(({ status }) => status !== 'not-known')
              .map(({ status, episodes }) => [
                status,
                episodes.map(({ from, to, endedBy, ...e }) => [e.status, from, to, endedBy]),
              ]);
          expect(whether([...stated, ...disputed])).toEqual(whether(stated));
        }),
        RUNS,
      );
    },
    LIMIT_MS,
  );

  test(
    'whatever the registers of bodies say, it begins, ends and moves nothing',
    () => {
      fc.assert(
        fc.property(story, ({ messages, stated }) => {
          // An answer that an officer gave to what a register said goes with it, and so does what was taken back of it.
          const about = stated.flatMap(({ kind, id }) => (kind === 'register-entry' ? [id] : []));
          const others = stated.filter(({ kind, fact }) => kind !== 'register-entry' && !about.includes(String(fact)));
          const without = tell(messages, TODAY, others);
          const beside = (entry: Entry) => {
            const { questions: _, because: __, nextChangeOn: ___, ...rest } = entry;
            return rest;
          };
          const known = (entries: readonly Entry[]) =>
            entries.filter(({ status }) => status !== 'not-known').map(beside);
          const told = tell(messages, TODAY, stated);
          expect(known(told.register)).toEqual(known(without.register));
          expect(told.publications).toEqual(without.publications);
        }),
        RUNS,
      );
    },
    LIMIT_MS,
  );

  test(
    'whatever bodies answer, it begins, ends and moves nothing',
    () => {
      fc.assert(
        fc.property(story, ({ messages, stated }) => {
          const about = stated.flatMap(({ kind, id }) => (kind === 'reply' ? [id] : []));
          const others = stated.filter(({ kind, fact }) => kind !== 'reply' && !about.includes(String(fact)));
          const without = tell(messages, TODAY, others);
          const beside = (entry: Entry) => {
            const { questions: _, because: __, nextChangeOn: ___, replies: ____, ...rest } = entry;
            return rest;
          };
          const known = (entries: readonly Entry[]) =>
            entries.filter(({ status }) => status !== 'not-known').map(beside);
          const told = tell(messages, TODAY, stated);
          expect(known(told.register)).toEqual(known(without.register));
          expect(told.publications).toEqual(without.publications);
        }),
        RUNS,
      );
    },
    LIMIT_MS,
  );

  test(
    'whatever plans say, it begins, ends and moves nothing',
    () => {
      fc.assert(
        fc.property(story, ({ messages, stated }) => {
          const known = ({ register }: Explanation) =>
            register
              .filter(({ status }) => status !== 'not-known')
              .map(({ council, icb, diedOn, ...entry }) => [whetherOf(entry), council.code, icb.code, diedOn]);
          const told = tell(messages, TODAY, stated);
          // Of a message that is parked nobody is known; a draft would tell who the person is.
          const drafts = messages.map((each, at) => (told.messages[at]?.outcome === 'parked' ? each : asDraft(each)));
          const others = stated.filter(({ kind }) => kind !== 'plan');
          expect(known(told)).toEqual(known(tell(drafts, TODAY, others)));
        }),
        RUNS,
      );
    },
    LIMIT_MS,
  );

  test(
    'a need is shown of whom it was told, and of nobody else',
    () => {
      fc.assert(
        fc.property(story, ({ messages, stated }) => {
          for (const entry of tell(messages, TODAY, stated).register) {
            const { nhsNumber, formerNhsNumbers, localIds, episodes } = entry;
            const names = [nhsNumber, ...formerNhsNumbers, ...localIds.map(({ value }) => value)];
            const needs = episodes.flatMap(({ plan }) => plan?.needs ?? []);
            const whose = needs.flatMap(({ text }) => / for (\S+)$/.exec(text)?.[1] ?? []);
            expect(whose.filter((name) => !names.includes(name))).toEqual([]);
          }
        }),
        RUNS,
      );
    },
    LIMIT_MS,
  );

  test(
    'what is imported says who is responsible, and never whether; nobody loses a responsible council or ICB by it',
    () => {
      const imported = { practices: PRACTICES, smallAreas: AREAS };
      const knowingFiles = { ...tables, directory: knowing(tables.directory, [...CUMBRIA, ...POSTCODES], imported) };
      fc.assert(
        fc.property(story, ({ messages, stated }) => {
          const without = tell(messages, TODAY, stated).register;
          const by = tell(messages, TODAY, stated, knowingFiles).register;
          expect(by.map(whetherOf)).toEqual(without.map(whetherOf));
          for (const [index, { council, icb }] of without.entries()) {
            const now = by[index];
            // Who was named first may be known only now, and then comes before who was named after.
            if (council.code !== null) expect(now?.council.code).not.toBeNull();
            if (icb.code !== null) expect(now?.icb.code).not.toBeNull();
          }
        }),
        RUNS,
      );
    },
    LIMIT_MS,
  );

  test(
    'a question has one id for one kind and the same facts, on whatever day it is asked',
    () => {
      const ids = new Map<string, string>();
      fc.assert(
        fc.property(story, ({ messages, stated }) => {
          for (const day of [TODAY, '2027-02-01']) {
            for (const { kind, facts, id } of tell(messages, day, stated).register.flatMap((e) => e.questions)) {
              // What people state has one id in many stories, and says something else in each.
              const said = stated.filter((fact) => facts.includes(String(fact.id)));
              const about = [kind, ...facts, JSON.stringify(said)].join();
              expect(ids.get(about) ?? id).toBe(id);
              ids.set(about, id);
            }
          }
        }),
        RUNS,
      );
    },
    LIMIT_MS,
  );

  test(
    'an answered question is not asked again',
    () => {
      fc.assert(
        fc.property(story, ({ messages, stated }) => {
          const entries = tell(messages, TODAY, stated).register;
          for (const { nhsNumber, questions } of entries) {
            const [question] = questions.filter(
              ({ options, id }) => options.length > 0 && !stated.some((fact) => fact.question === id),
            );
            if (!question || nhsNumber === null) continue;
            const answer = {
              kind: 'answer',
              nhsNumber,
              question: question.id,
              option: question.options[0],
              because: 'the papers say so',
            };
            // By an answer about who somebody is the person may go on under another number, or be two.
            const after = tell(messages, TODAY, [...stated, answer]).register.flatMap((entry) =>
              [entry.nhsNumber, ...entry.formerNhsNumbers].includes(nhsNumber) ? entry.questions : [],
            );
            expect(after.filter(({ id }) => id === question.id)).toEqual([]);
          }
        }),
        RUNS,
      );
    },
    LIMIT_MS,
  );

  test(
    'an entry stays as it is until the day that it names, and no code is rewritten',
    () => {
      fc.assert(
        fc.property(story, fc.integer({ min: 1, max: 500 }), ({ messages, stated }, days) => {
          const start = '2026-03-10';
          const before = tell(messages, start, stated).register;
          for (const [index, entry] of before.entries()) {
            expectWrittenAsSent(entry, JSON.stringify([messages, stated]));
            const day = lastSameDay(entry, start, days);
            if (day > start) expect(timeless(tell(messages, day, stated).register[index])).toEqual(timeless(entry));
          }
        }),
        RUNS,
      );
    },
    LIMIT_MS,
  );
});

test('a person of whom only a section 2 is known is asked about, not refused', () => {
  const told = tell([{ trigger: 'A01', sentAt: '20260101080000', periods: [{ status: '02', from: '20260101' }] }]);
  expect(told.register).toMatchObject([{ nhsNumber: PERSON, status: 'not-known' }]);
  expect(told.publications).toEqual([]);
});

/** The day `days` after `start`, or the last before the entry says that it changes. */
function lastSameDay({ nextChangeOn }: Entry, start: string, days: number): string {
  const asked = addDays(start, days);
  const last = nextChangeOn === null ? asked : addDays(nextChangeOn, -1);
  return asked < last ? asked : last;
}

function expectWrittenAsSent({ council, icb }: Entry, written: string): void {
  for (const { asWritten } of [council, icb]) if (asWritten !== null) expect(written).toContain(`"${asWritten}"`);
}

const timeless = (entry: Entry | undefined) => entry && { ...entry, asOf: '', nextChangeOn: null };

/** A plan that nobody has agreed: whom it is about is known as before, and of aftercare it tells nothing. */
const asDraft = (message: Message): Message =>
  'resourceType' in message ? withPlan(message, (plan) => ({ ...plan, status: 'draft' })) : message;

const whetherOf = ({ status, episodes }: Pick<Entry, 'status' | 'episodes'>) => [
  status,
  episodes.map(({ from, to, endedBy, ...episode }) => [episode.status, from, to, endedBy]),
];
