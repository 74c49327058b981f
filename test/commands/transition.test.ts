import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { organisationsCommand } from '../../src/commands/organisations.js';
import { rebuildCommand } from '../../src/commands/rebuild.js';
import { siteFromObject } from '../../src/site.js';
import { rebuildStore } from '../../src/store/rebuild.js';
import { inTransaction } from '../../src/store/transaction.js';
import type { Tables } from '../../src/tables.js';
import { eastOn } from '../organisations/east.js';
import { type Adt, HOME, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { directoryOf, type OrganisationTables, shippedTables, tablesBefore } from '../support/organisations.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { hear } from './service.js';
import { contextOf, run, tables } from './terminal.js';

const NUMBERS = ['9990000018', '9990000026', '9990000034', '9990000042', '9990000050'] as const;

let database: TestDatabase;
beforeEach(async () => {
  await database?.drop();
  database = await testDatabase();
});
afterAll(() => database.drop());

const destination = { kind: 'fhir', url: 'http://127.0.0.1:1/fhir' };
const read = siteFromObject({
  name: 'Test partnership',
  senders: [{ ods: 'RXT', name: 'A trust', feed: 'zmh' }],
  councils: [{ gss: 'E08000025', destination }, { gss: 'E08000029' }],
  icbs: [
    { ods: 'QHG', destination },
    { ods: 'S1Y5D', destination },
  ],
});
if (read.kind === 'problems') throw new Error(read.problems.join('\n'));
const knowing = (organisations: OrganisationTables): Tables => ({
  ...tables,
  ...{ site: read.site, directory: directoryOf(organisations) },
});

const before2026 = knowing(tablesBefore('2026-04-01'));
const today = knowing(shippedTables());

const from = (commissioner: string, at: number): Adt => ({
  ...HOME,
  nhsNumber: NUMBERS[at] ?? PERSON,
  mrn: `L${at}`,
  visit: `V${at}`,
  periods: [{ ...SECTION_3, id: `P${at}`, commissioner }],
});

const organisations = async (given: Tables, ...args: string[]) => {
  const { code, out } = await run(
    organisationsCommand,
    [...args, '--json'],
    contextOf(database, { tables: () => given }),
  );
  return { exit: code, ...JSON.parse(out) };
};
const rows = async (sql: string) => (await database.pool.query(sql)).rows;
const everything = async () => ({
  entries: await rows('select person_key, entry, folded_with from entries order by person_key'),
  publications: await rows('select id, record_version, body, digest from publications order by id'),
});
const answering = () =>
  rows(
    `select nhs_number as "nhsNumber", entry->'icb'->>'code' as code, entry->'icb'->>'asWritten' as "asWritten"
       from entries order by nhs_number`,
  );

describe('1 April 2026, as whoever had not yet heard of it meets it', () => {
  beforeEach(() => hear([from('QHG', 0), from('06T', 1), from('QNQ', 2), from('QHL', 3)], database, before2026));

  test('the plan names each who gets another body, from whom, to whom, on what ground, and nothing has changed', async () => {
    const before = await everything();
    const plan = await organisations(today, 'plan');
    expect(plan).toMatchObject({ exit: 1, looked: 4, moving: 3, unresolved: 1, waiting: 0, failed: 0 });
    expect(
      plan.people.map(({ nhsNumber, moves }: { nhsNumber: string; moves: object[] }) => [nhsNumber, moves]),
    ).toEqual(
      expect.arrayContaining([
        [NUMBERS[0], [expect.objectContaining({ side: 'icb', asWritten: 'QHG', unresolved: [] })]],
        [NUMBERS[1], [expect.objectContaining({ side: 'icb', asWritten: '06T', unresolved: [] })]],
        [NUMBERS[2], [expect.objectContaining({ side: 'icb', asWritten: 'QNQ' })]],
      ]),
    );
    expect(plan.ways).toMatchObject([
      { side: 'icb', from: 'QHG', to: 'S1Y5D', count: 1, steps: [{ on: '2026-04-01', kind: 'merge' }] },
      { side: 'icb', from: 'QJG', to: 'D7T5G', count: 1, steps: [{ on: '2026-04-01', kind: 'split', place: '06T' }] },
      { side: 'icb', from: 'QNQ', to: null, count: 1, candidates: ['QRL', 'S0E4D', 'S9B9J'] },
    ]);
    expect(await everything()).toEqual(before);
  });

  test('whom a divided body leaves without a known one is asked about, with what decides', async () => {
    const { people } = await organisations(today, 'plan');
    const divided = people.find(({ nhsNumber }: { nhsNumber: string }) => nhsNumber === NUMBERS[2]);
    expect(divided).toMatchObject({
      status: 'active',
      moves: [{ unresolved: [{ kind: 'body-split', options: ['QRL', 'S0E4D', 'S9B9J'] }] }],
    });
    expect(divided.moves[0].unresolved[0].text).toContain('address or GP practice decides');
  });

  test('the old body is told that it is no longer responsible, the new one and the council of it; what is due goes along', async () => {
    const { told, people, clocks } = await organisations(today, 'plan');
    expect(told).toMatchObject([
      { to: 'E08000025', versions: 3 },
      { to: 'QHG', versions: 1, says: { 'Flag active → inactive (responsibility-moved)': 1 } },
      { to: 'S1Y5D', versions: 1, says: { 'Flag none → active': 1 } },
    ]);
    expect(clocks).toBeGreaterThan(0);
    expect(people[0].clocks.map(({ kind }: { kind: string }) => kind)).toContain('review');
  });

  test('apply makes it, codes stay as they were written, and a second time nothing changes', async () => {
    const plan = await organisations(today, 'plan');
    const applied = await organisations(today, 'apply');
    expect(applied).toMatchObject({ exit: 0, applied: true, left: 0 });
    expect(applied.told).toEqual(plan.told);
    expect(await answering()).toEqual([
      { nhsNumber: NUMBERS[0], code: 'S1Y5D', asWritten: 'QHG' },
      { nhsNumber: NUMBERS[1], code: 'D7T5G', asWritten: '06T' },
      { nhsNumber: NUMBERS[2], code: null, asWritten: 'QNQ' },
      { nhsNumber: NUMBERS[3], code: 'QHL', asWritten: 'QHL' },
    ]);
    const after = await everything();
    expect(await organisations(today, 'apply')).toMatchObject({ exit: 0, changed: 0, told: [] });
    expect(await organisations(today, 'plan')).toMatchObject({ exit: 0, moving: 0, told: [], people: [] });
    expect(await everything()).toEqual(after);
  });

  test('a message of the old body after its end counts for its successor', async () => {
    await organisations(today, 'apply');
    await hear([{ ...from('QHG', 4), sentAt: '20260501100500' }], database, today);
    expect(await answering()).toContainEqual({ nhsNumber: NUMBERS[4], code: 'S1Y5D', asWritten: 'QHG' });
  });

  test('in words: who goes where, who is asked about, and that nobody was changed', async () => {
    const { code, out } = await run(
      organisationsCommand,
      ['plan', '--people'],
      contextOf(database, { tables: () => today }),
    );
    expect(code).toBe(1);
    expect(out).toContain(`person ${NUMBERS[1]}, active\n  icb: QJG → D7T5G (written as 06T)`);
    expect(out).toContain('2026-04-01: QJG was divided, a part went to D7T5G, with the place 06T');
    expect(out).toContain('3 persons of 4 looked at get another body by ');
    expect(out).toContain('Nothing was changed.');
    expect(await rows("select count(*)::int as looks from audit where reason = 'transition'")).toEqual([{ looks: 3 }]);
  });
});

describe('a change whose day is to come', () => {
  /** An invented one: Birmingham and Solihull are merged into one council. */
  const merged = (): OrganisationTables => {
    const { bodies, successions } = shippedTables();
    const ends = new Set(['E08000025', 'E08000029']);
    const [row] = bodies.filter(({ code }) => code === 'E08000025');
    const made = {
      ...row,
      code: 'E08000099',
      gss: 'E08000099',
      ods: '',
      name: 'An invented council',
      from: '2190-04-01',
    };
    const link = { date: '2190-04-01', to: 'E08000099', kind: 'merge', resolve_by: '', source: 'mysociety' };
    return {
      bodies: [...bodies.map((each) => (ends.has(each.code ?? '') ? { ...each, to: '2190-03-31' } : each)), made],
      successions: [...successions, ...[...ends].map((code) => ({ ...link, from: code }))].map(
        ({ date = '', from: old = '', to = '', kind = '', resolve_by = '', source = '' }) => ({
          ...{ date, from: old, to, kind, resolve_by, source },
        }),
      ),
    };
  };

  test('it is shown for its day, and until then nobody is concerned', async () => {
    const given = knowing(merged());
    await hear([from('QHL', 0)], database, given);
    expect(await organisations(given, 'plan')).toMatchObject({ exit: 0, moving: 0 });
    expect(await organisations(given, 'plan', '--on', '2190-04-01')).toMatchObject({
      exit: 1,
      ways: [{ side: 'council', from: 'E08000025', to: 'E08000099', toName: 'An invented council', count: 1 }],
    });
    expect(await organisations(given, 'plan', '--on', '2190-03-31')).toMatchObject({ exit: 0, moving: 0 });
  });
});

describe('a change that national records tell', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aftercare-transition-'));
    await hear([from('06T', 0), from('QHL', 1)], database, today);
    await writeFile(join(folder, 'ord.json'), JSON.stringify(eastOn('2026-07-01').all));
    await organisations(today, 'import', join(folder, 'ord.json'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const confirmAll = async () => {
    const { changes } = await organisations(today, 'changes', '--state', 'staged');
    const open = changes.filter(({ needsConfirming }: { needsConfirming: boolean }) => needsConfirming);
    const ids = open.map(({ id }: { id: string }) => id);
    await organisations(today, 'confirm', ...ids, '--because', 'the ICB wrote so');
  };

  test('until somebody has confirmed where the places go nobody moves, and it is said what it waits for', async () => {
    const plan = await organisations(today, 'plan');
    expect(plan).toMatchObject({ exit: 0, bodies: { changes: [] }, moving: 0 });
    expect(plan.bodies.waiting).toHaveLength(5);
    expect(await organisations(today, 'apply')).toMatchObject({ exit: 1, bodies: { changes: [] }, changed: 0 });
  });

  test('then the plan shows who would move, though nothing counts yet', async () => {
    await confirmAll();
    const before = await everything();
    const plan = await organisations(today, 'plan');
    expect(plan).toMatchObject({ exit: 1, bodies: { waiting: [] }, looked: 2, moving: 1 });
    expect(plan.bodies.changes).toHaveLength(15);
    expect(plan.ways).toMatchObject([
      { side: 'icb', from: 'D7T5G', to: 'E4S7T', steps: [{ on: '2026-07-01', kind: 'merge' }] },
    ]);
    expect(await everything()).toEqual(before);
  });

  test('applied it is as planned; a second time nothing changes; a further plan is beside what counts', async () => {
    await confirmAll();
    const plan = await organisations(today, 'plan');
    const applied = await organisations(today, 'apply');
    expect(applied).toMatchObject({ exit: 0, applied: true, bodies: { waiting: [] }, told: plan.told });
    expect(await answering()).toEqual([
      { nhsNumber: NUMBERS[0], code: 'E4S7T', asWritten: '06T' },
      { nhsNumber: NUMBERS[1], code: 'QHL', asWritten: 'QHL' },
    ]);
    const after = await everything();
    expect(await organisations(today, 'apply')).toMatchObject({
      exit: 0,
      bodies: { changes: [] },
      changed: 0,
      told: [],
    });
    expect(await organisations(today, 'plan')).toMatchObject({ exit: 0, bodies: { changes: [] }, moving: 0, told: [] });
    expect(await everything()).toEqual(after);
  });

  test('used wrongly nothing begins to count', async () => {
    await confirmAll();
    await expect(organisations(today, 'apply', '--rate', '0')).rejects.toMatchObject({ code: 'usage' });
    expect(await rows("select from organisation_changes where state = 'applied'")).toEqual([]);
  });

  test('while a rebuild has dropped people nothing begins to count; when it is done the same command makes it', async () => {
    await confirmAll();
    await inTransaction(database.pool, (db) => rebuildStore(db).dropDerived());
    const applying = organisations(today, 'apply');
    await expect(applying).rejects.toMatchObject({ code: 'rebuilding' });
    expect(await rows("select from organisation_changes where state = 'applied'")).toEqual([]);
    expect((await run(rebuildCommand, [], contextOf(database, { tables: () => today }))).out).toMatch(/^The same: 2/);
    expect(await organisations(today, 'apply')).toMatchObject({ exit: 0, left: 0 });
  });

  test('taken back the plan shows who goes back, apply does it, and the former body has everything again', async () => {
    await confirmAll();
    const [own] = await answering();
    const { bodies } = await organisations(today, 'apply');
    const ids = bodies.changes.map(({ id }: { id: string }) => id);
    const moved = await everything();
    expect(await organisations(today, 'withdraw', ...ids, '--because', 'of another body')).toMatchObject({ exit: 0 });
    expect(await everything()).toEqual(moved);
    expect(await organisations(today, 'plan')).toMatchObject({
      exit: 1,
      ways: [{ side: 'icb', from: 'E4S7T', to: 'D7T5G', count: 1 }],
    });
    expect(await organisations(today, 'apply')).toMatchObject({ exit: 0, bodies: { changes: [] }, left: 0 });
    expect(await answering()).toEqual([own, { nhsNumber: NUMBERS[1], code: 'QHL', asWritten: 'QHL' }]);
    expect(await organisations(today, 'apply')).toMatchObject({ exit: 0, changed: 0, told: [] });
  });
});

test('a day that is past is in the register, and no plan', async () => {
  const asked = run(organisationsCommand, ['plan', '--on', '2022-07-01'], contextOf(database, { tables: () => today }));
  await expect(asked).rejects.toMatchObject({ code: 'usage' });
});
