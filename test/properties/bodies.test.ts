import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { refold } from '../../src/flow/refold.js';
import { planTransition } from '../../src/flow/transition.js';
import { ABOUT_BODIES, type Moving } from '../../src/flow/transition-move.js';
import { addDays } from '../../src/register/day.js';
import type { Entry } from '../../src/register/entry.js';
import { tables, tell } from '../scenarios/tell.js';
import { directoryOf } from '../support/organisations.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { type Change, changes, tablesAfter } from './changes.js';
import { story } from './histories.js';
import { houseOf } from './house.js';

const RUNS = { numRuns: Number(process.env.PROPERTY_RUNS ?? 60) };
const STORED = { numRuns: Math.ceil(RUNS.numRuns / 6) };
const LIMIT_MS = 600_000;
const TODAY = '2026-11-21';

const knowing = (made: readonly Change[]) => ({ ...tables, directory: directoryOf(tablesAfter(made)) });
/** The day before each change, its day, and long after all of them. */
const daysOf = (made: readonly Change[]): string[] => [
  ...new Set(made.flatMap(({ on }) => [addDays(on, -1), on])),
  '2045-01-01',
];

const bodiesOf = ({ council, icb }: Entry) => [council, icb];
const whether = (register: readonly Entry[]) =>
  register.map(({ nhsNumber, localIds, status, episodes }) => [
    nhsNumber ?? localIds,
    status,
    episodes.map(({ status: of, from, to, endedBy }) => [of, from, to, endedBy]),
  ]);

describe('whatever the history, and whatever becomes of the bodies', () => {
  test(
    'nobody who is owed aftercare is without a body or a question, and no change of body changes whether',
    () => {
      fc.assert(
        fc.property(story, changes, ({ messages, stated }, made) => {
          const by = knowing(made);
          for (const day of daysOf(made)) {
            const { register } = tell(messages, day, stated, by);
            for (const entry of register.filter(({ status }) => status === 'active')) {
              const asked = entry.questions.filter(({ kind }) => ABOUT_BODIES.includes(kind));
              for (const { code } of bodiesOf(entry)) if (code === null) expect(asked).not.toEqual([]);
            }
            expect(whether(register)).toEqual(whether(tell(messages, day, stated).register));
          }
        }),
        RUNS,
      );
    },
    LIMIT_MS,
  );

  test(
    'codes stay as they were written',
    () => {
      fc.assert(
        fc.property(story, changes, ({ messages, stated }, made) => {
          const written = new Set(JSON.stringify([messages, stated]).match(/[A-Z0-9]{3,9}/g));
          for (const { asWritten } of tell(messages, '2045-01-01', stated, knowing(made)).register.flatMap(bodiesOf)) {
            if (asWritten !== null) expect(written).toContain(asWritten);
          }
        }),
        RUNS,
      );
    },
    LIMIT_MS,
  );
});

test('the changes reach whoever the histories name', () => {
  const reached = new Map<string, number>();
  for (const [{ messages, stated }, made] of fc.sample(fc.tuple(story, changes), { numRuns: 60, seed: 117 })) {
    for (const { council, icb, questions } of tell(messages, '2045-01-01', stated, knowing(made)).register) {
      if (council.code?.startsWith('E099')) count(reached, 'council');
      if (icb.code?.startsWith('X')) count(reached, 'icb');
      if (questions.some(({ kind }) => kind === 'body-split')) count(reached, 'split');
    }
  }
  expect([...reached.keys()].sort()).toEqual(['council', 'icb', 'split']);
});

const count = (counts: Map<string, number>, what: string) => counts.set(what, 1 + (counts.get(what) ?? 0));

describe('the changes are made', () => {
  let database: TestDatabase;
  let today = TODAY;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database?.drop());

  const apply = async (made: readonly Change[], house: ReturnType<typeof houseOf>) => {
    const { log } = house.deps;
    const how = { apply: true, perSecond: null, mostDue: 1_000_000, stop: new AbortController().signal };
    const silent = { differ: async () => undefined, progress: () => undefined, waits: () => undefined };
    await refold({ ...how, ...silent }, { ...house.deps, ...knowing(made), log });
  };
  const rows = async (sql: string) => (await database.pool.query(sql)).rows;
  const kept = () => rows(`select entry from entries order by nhs_number, entry->>'localIds'`);
  /**
   * Who holds an active Flag of whom, by the last version that each was told. While it is asked which of a body's parts
   * answers, whoever was told last goes on holding it, and that depends on when the changes became known.
   */
  const holding = () =>
    rows(
      `select says->'patient'->>'nhsNumber' as person, told.kind,
              case when e.entry->told.kind @> '{"code": null}' then 'told last' else told.body end as body
         from (select distinct on (person_key, body) person_key, body, content::jsonb->'publication' as says,
                      content::jsonb->'publication'->'to'->>'kind' as kind
                 from publications
                order by person_key, body, record_version desc) told
         left join entries e using (person_key)
        where jsonb_path_exists(says, '$.episodes[*].flag ? (@.status == "active")')
        order by person, kind, body`,
    );

  test(
    'one by one or all at once, before the messages or after them: the register is the same',
    async () => {
      const house = houseOf(database, () => today);
      await fc.assert(
        fc.asyncProperty(story, changes, async (each, made) => {
          const end = '2045-01-01';
          const ways = [
            async () => {
              today = TODAY;
              await house.live(each);
              for (const [at, { on }] of made.entries()) {
                today = on;
                await apply(made.slice(0, at + 1), house);
              }
              today = end;
            },
            async () => {
              today = TODAY;
              await house.live(each);
              today = end;
            },
            async () => {
              today = end;
              await house.live(each);
            },
          ];
          const ended: unknown[] = [];
          for (const way of ways) {
            await house.forget();
            await way();
            // The day has come for everybody, whatever was made before.
            await database.pool.query(`update entries set folded_with = ''`);
            await apply(made, house);
            ended.push([await kept(), await holding()]);
          }
          expect(ended[1]).toEqual(ended[0]);
          expect(ended[2]).toEqual(ended[0]);
        }),
        STORED,
      );
    },
    LIMIT_MS,
  );

  const plan = async (on: string, made: readonly Change[], house: ReturnType<typeof houseOf>) => {
    const people: Moving[] = [];
    const how = { on, everybody: true, stop: new AbortController().signal, progress: () => undefined };
    const moving = async (some: readonly Moving[]) => void people.push(...some);
    await planTransition({ ...how, moving }, { ...house.deps, ...knowing(made) });
    return people;
  };
  const entries = async (): Promise<Map<string, Entry>> =>
    new Map((await rows('select person_key, entry from entries')).map(({ person_key, entry }) => [person_key, entry]));
  /** Each version that there is, under the key that answers for whom it is about. */
  const versions = () =>
    rows(
      `select coalesce(merged_into, key) as key, p.body as to, p.record_version as "recordVersion"
         from publications p
         join person_keys on key = p.person_key
        order by p.id`,
    );

  test(
    'of whoever gets another body the plan says what then comes, to whom and what is sent; and it says nobody else',
    async () => {
      const house = houseOf(database, () => today);
      await fc.assert(
        fc.asyncProperty(story, changes, fc.boolean(), async (each, made, isMade) => {
          const [on = TODAY] = daysOf(made).slice(-2);
          await house.forget();
          today = TODAY;
          await house.live(each);
          const by = isMade ? made : [];
          const was = await entries();
          const told = (await versions()).length;
          const planned = await plan(on, by, house);

          expect([await entries(), (await versions()).length]).toEqual([was, told]);
          today = on;
          await database.pool.query(`update entries set folded_with = ''`);
          await apply(by, house);
          const is = await entries();
          const sent = (await versions()).slice(told);
          const came = [...is].flatMap(([key, entry]) => comeOf(key, was.get(key), entry, sent));
          expect(inOrder(planned.map(saidOf))).toEqual(inOrder(came));
        }),
        STORED,
      );
    },
    LIMIT_MS,
  );
});

type Sent = { key: string; to: string; recordVersion: number };

const inOrder = <T>(those: readonly T[]): string[] => those.map((each) => JSON.stringify(each)).sort();
const answering = ({ code, candidates }: { code: string | null; candidates: string[] }) => [code, ...candidates];
const told = (sent: readonly Omit<Sent, 'key'>[]) => inOrder(sent.map(({ to, recordVersion }) => [to, recordVersion]));

const saidOf = ({ personKey, status, moves, clocks, sent }: Moving) => ({
  ...{ personKey, status, clocks, sent: told(sent) },
  moves: moves.map(({ side, from, to }) => [side, answering(from), answering(to)]),
});

/** Nothing of whoever stays with the same bodies. */
function comeOf(personKey: string, was: Entry | undefined, is: Entry, sent: readonly Sent[]) {
  const moves = (['council', 'icb'] as const).flatMap((side) => {
    const [from, to] = [was ? answering(was[side]) : [], answering(is[side])];
    return from.join() === to.join() ? [] : [[side, from, to]];
  });
  const clocks = is.clocks.flatMap(({ kind, dueOn, state }) => (state === 'done' ? [] : [{ kind, dueOn }]));
  const theirs = told(sent.filter(({ key }) => key === personKey));
  return moves.length === 0 ? [] : [{ personKey, status: is.status, clocks, sent: theirs, moves }];
}
