import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Pool } from 'pg';
import { organisationsCommand } from '../../src/commands/organisations.js';
import { refoldCommand } from '../../src/commands/refold.js';
import { registerCommand } from '../../src/commands/register.js';
import { bodyAsked } from '../../src/flow/asked.js';
import { directoryToday } from '../../src/flow/directory-today.js';
import { organisationFindings } from '../../src/flow/doctor-organisations.js';
import { foldedWithToday } from '../../src/flow/folded-with.js';
import { importBodies } from '../../src/flow/import-bodies.js';
import { applyStaged, outdatedChanges, planned } from '../../src/flow/organisation-changes.js';
import { inconsistencies } from '../../src/organisations/check.js';
import { directoryOf } from '../../src/organisations/load.js';
import { ALL, EAST, OLD_ICBS, PLACES } from '../organisations/east.js';
import { ordRecord } from '../organisations/ord-records.js';
import { answer } from '../organisations/tables.js';
import { HOME, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { tables } from '../scenarios/tell.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { hear } from './service.js';
import { contextOf, run, tables as terminalTables } from './terminal.js';

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'aftercare-bodies-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await database?.drop();
});
const emptied = () =>
  database.pool.query(
    'truncate organisation_changes, organisation_editions, national_links, national_records, organisation_imports, audit',
  );
beforeEach(emptied);

const shipped = tables.directory;
const context = () => contextOf(database, { tables: () => tables });
const organisations = (...args: string[]) => run(organisationsCommand, args, context());
const file = async (name: string, text: string) => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};
const imported = async (records: readonly object[]) => {
  const { code, out } = await organisations('import', await file('ord.json', JSON.stringify(records)), '--json');
  return { code, ...JSON.parse(out) };
};
type Listed = { id: string; what: string; state: string; needsConfirming: boolean; row: Record<string, string> };
const changes = async (...args: string[]): Promise<Listed[]> =>
  JSON.parse((await organisations('changes', ...args, '--json')).out).changes;
const idsToConfirm = async () =>
  (await changes('--state', 'staged')).filter(({ needsConfirming }) => needsConfirming).map(({ id }) => id);
const apply = () => applyStaged({ shipped, by: 'an.engineer' }, database.pool);
const answersFor = async (code: string, asOf: string) => {
  const found = (await directoryToday(shipped, database.pool)).commissioner(code, '2026-06-01', asOf);
  return found.kind === 'found' ? found.body.code : found.kind;
};

/** The record of Essex before anybody knew that it ends. */
const ESSEX_BEFORE = {
  code: 'D7T5G',
  name: 'NHS ESSEX INTEGRATED CARE BOARD',
  from: '2026-04-01',
  changed: '2026-05-01',
  roles: [
    { id: 'RO261', from: '2026-04-01' },
    { id: 'RO318', from: '2026-04-01' },
  ],
};

function lineOf({ what, row }: Listed): string {
  if (what === 'succession') return `${row.date} ${row.from} ${row.kind} ${row.to}`;
  return row.to === '' ? `${row.code} from ${row.from}: ${row.name}` : `${row.code} until ${row.to}`;
}

describe('two ICBs become one', () => {
  test('what the records state is staged, where a place goes is to be confirmed, and nothing counts before it is applied', async () => {
    const done = await imported(ALL);
    expect(done).toMatchObject({ code: 0, read: 13, added: 13, refused: [], refusedChanges: [], wanted: [] });
    const found = await changes();
    expect(found.filter(({ needsConfirming }) => !needsConfirming).map(lineOf)).toEqual([
      'D7T5G until 2027-03-31',
      'E4S7T from 2027-04-01: NHS East Integrated Care Board',
      'T6Y0W until 2027-03-31',
      '2027-04-01 D7T5G merge E4S7T',
      '2027-04-01 T6Y0W merge E4S7T',
    ]);
    expect(
      found.filter(({ needsConfirming }) => needsConfirming).map(({ row }) => `${row.code} in ${row.answers_to}`),
    ).toEqual(['06L', '06Q', '06T', '07G', '07H', '07K', '26A', '99E', '99F', '99G'].map((code) => `${code} in E4S7T`));
    expect(await answersFor('D7T5G', '2027-04-01')).toBe('D7T5G');
  });

  test('until the places are confirmed nothing of it can be applied, and it is said what it waits for', async () => {
    await imported(ALL);
    const { ready, waiting, edition } = await apply();
    expect({ ready, edition }).toEqual({ ready: [], edition: null });
    expect(waiting).toHaveLength(5);
    expect(waiting[0]?.why[0]).toMatch(/^waits until somebody confirms or refuses/);
    expect(await answersFor('06T', '2027-04-01')).toBe('D7T5G');
  });

  test('confirmed and applied it counts in every process from its day on, and twice changes nothing', async () => {
    await imported(ALL);
    await organisations('confirm', ...(await idsToConfirm()), '--because', 'the ICB wrote so');
    const plan = await planned(shipped, database.pool);
    expect(plan.waiting).toEqual([]);
    expect(plan.directory.commissioner('06T', '2020-01-01', '2027-04-01')).toMatchObject({ body: { code: 'E4S7T' } });
    const first = await apply();
    expect(first).toMatchObject({ waiting: [], edition: expect.stringMatching(/^[0-9a-f]{12}$/) });
    expect(first.ready).toHaveLength(15);
    const today = await directoryToday(shipped, database.pool);
    expect(today.version).toBe(plan.directory.version);
    expect(today.version).toBe(`${shipped.version}+${first.edition}`);
    for (const code of ['D7T5G', 'T6Y0W', '06T', '26A', 'E4S7T']) {
      expect(await answersFor(code, '2027-04-01')).toBe('E4S7T');
      expect(await answersFor(code, '2027-03-31')).not.toBe('E4S7T');
    }
    expect(await apply()).toEqual({ ready: [], waiting: [], edition: first.edition });
    expect(await imported(ALL)).toMatchObject({ code: 0, added: 0, known: 13, changes: [], outcomes: { same: 13 } });
    expect(await changes('--state', 'staged')).toEqual([]);
    expect(inconsistencies(today.tables.bodies, today.tables.successions)).toEqual([]);
  });

  test('the register is folded by it at once, and refold shows who would differ', async () => {
    const withToday = async () =>
      (await database.pool.query(`select folded_with_today('r p ${shipped.version} v') as today`)).rows[0].today;
    expect(await withToday()).toBe(`r p ${shipped.version} v`);
    await imported(ALL);
    await organisations('confirm', ...(await idsToConfirm()), '--because', 'the ICB wrote so');
    const { edition } = await apply();
    expect(await withToday()).toBe(`r p ${shipped.version}+${edition} v`);
    const composed = await directoryToday(shipped, database.pool);
    const full = foldedWithToday({ site: tables.site, directory: composed });
    const { rows } = await database.pool.query('select folded_with_today($1) as again', [full]);
    expect(rows[0].again).toBe(full);
  });

  test('resolve says it, with the source of each step', async () => {
    await imported(ALL);
    await organisations('confirm', ...(await idsToConfirm()), '--because', 'the ICB wrote so');
    await apply();
    const { out } = await organisations('resolve', '06T', '--on', '2021-05-01', '--as-of', '2027-04-01');
    expect(out).toContain('D7T5G went into E4S7T [ods-succession]');
    expect(out).toContain('NHS East Integrated Care Board (ICB, E4S7T; from 2027-04-01)');
    expect(out).toContain('ods-succession: ');
  });

  test('a person who decides is named, with the reason, and in the audit', async () => {
    await imported(ALL);
    const [first = '', second = '', ...others] = await idsToConfirm();
    const one = await organisations('confirm', first, '--because', 'the ICB wrote so');
    expect(one).toMatchObject({ code: 1, out: expect.stringContaining('cannot be applied yet: waits until somebody') });
    await organisations('refuse', second, '--because', 'not known here');
    expect(await changes('--state', 'confirmed')).toMatchObject([
      { id: first, decidedBy: 'an.engineer', because: 'the ICB wrote so' },
    ]);
    expect(await changes('--state', 'refused')).toMatchObject([{ id: second, because: 'not known here' }]);
    const { rows } = await database.pool.query('select who, action, subject, reason from audit order by id');
    expect(rows).toEqual([
      {
        who: 'an.engineer',
        action: 'organisation-change-confirmed',
        subject: `organisation-change:${first}`,
        reason: 'the ICB wrote so',
      },
      {
        who: 'an.engineer',
        action: 'organisation-change-refused',
        subject: `organisation-change:${second}`,
        reason: 'not known here',
      },
    ]);
    await imported(ALL);
    expect(await idsToConfirm()).toEqual(others);
    await organisations('confirm', ...others, '--because', 'x');
    // One place stays in an ICB that ends.
    expect((await apply()).waiting[0]?.why).toEqual(['06Q: answers_to: D7T5G is not an ICB on every day of this row']);
  });

  test.each([
    ['an id that is not there', ['confirm', '999999', '--because', 'x'], /there is none/],
    ['no reason', ['confirm', '1'], /--because/],
    ['what is no id', ['refuse', 'one', '--because', 'x'], /whole numbers/],
    ['a cell for several rows', ['confirm', '1', '2', '--because', 'x', '--set', 'gss=E54000099'], /completes one row/],
    ['a cell that is no cell', ['confirm', '1', '--because', 'x', '--set', 'gss'], /COLUMN=VALUE/],
    ['a state that there is not', ['changes', '--state', 'open'], /staged, confirmed, refused, applied/],
  ])('used wrongly: %s', async (_story, args, says) => {
    await expect(organisations(...args)).rejects.toThrow(says);
  });
});

describe('the order of files, and what breaks off', () => {
  test('any order of files finds the same', async () => {
    const said = async () =>
      (await changes()).map(({ row, needsConfirming }) => JSON.stringify([needsConfirming, row])).sort();
    await imported(ALL);
    const expected = await said();
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(ALL, { minLength: ALL.length }),
        fc.integer({ min: 1, max: 5 }),
        async (records, at) => {
          await emptied();
          for (let from = 0; from < records.length; from += at) await imported(records.slice(from, from + at));
          expect(await said()).toEqual(expected);
        },
      ),
      { numRuns: 8 },
    );
  });

  test('an older record changes nothing, whenever it comes', async () => {
    await imported(ALL);
    const before = await changes();
    const older = ordRecord({ ...ESSEX_BEFORE });
    expect(await imported([older])).toMatchObject({ added: 0, older: 1, changes: [] });
    expect(await changes()).toEqual(before);
  });

  test('what breaks off leaves nothing, and begun again it ends the same', async () => {
    const broken = await file('broken.json', JSON.stringify(ALL).slice(0, -200));
    await expect(organisations('import', broken)).rejects.toThrow(/broken off/);
    const counts = async () =>
      (
        await database.pool.query(
          'select (select count(*) from national_records)::int as records, (select count(*) from organisation_imports)::int as imports',
        )
      ).rows[0];
    expect(await counts()).toEqual({ records: 0, imports: 0 });
    await imported(ALL);
    expect(await changes()).toHaveLength(15);
  });

  test('while another process imports, this one says so and does nothing', async () => {
    const other = await database.pool.connect();
    await other.query('begin');
    await other.query('select pg_advisory_xact_lock(117000010)');
    await expect(imported(ALL)).rejects.toThrow(/another process imports, decides or applies/);
    await other.query('rollback');
    other.release();
    expect(await imported(ALL)).toMatchObject({ added: 13 });
  });
});

describe('what a file says', () => {
  test('as it is published: no header, and what is refused is named by its line and why', async () => {
    const text =
      '"D7T5G","E4S7T","R","20270401",""\r\n"X99","Y99","R","20270401",""\r\n"D7T5G","E4S7T","R","20270231",""\r\n"D7T5G","E4S7T"\r\n"","E4S7T","R","20270401",""\r\n';
    const { code, out } = await organisations('import', await file('succ.csv', text));
    expect(code).toBe(1);
    expect(out).toContain('refused: 1 line (3): no day that exists');
    expect(out).toContain('refused: 1 line (4): fewer cells than the file has columns');
    expect(out).toContain('refused: 1 line (5): no ODS code');
    expect(out).toContain('5 lines: 2 new, 0 changed, 0 as before');
    expect(out).toContain('Followed one of ours, and no record was imported: fetch E4S7T.');
  });

  test('a successor is fetched and imported, and both files together say the change', async () => {
    await organisations('import', await file('succ.csv', 'D7T5G,E4S7T,R,20270401,\n'));
    expect(await changes()).toEqual([]);
    await imported([EAST, ...PLACES]);
    expect((await changes()).map(lineOf)).toContain('2027-04-01 D7T5G merge E4S7T');
  });

  test('one record a line; a body that the tables leave out is counted; a record that cannot be read is named', async () => {
    const practice = ordRecord({
      code: 'A81001',
      name: 'THE DENSHAM SURGERY',
      roles: [{ id: 'RO177', from: '1974-04-01' }],
    });
    const wrong = { Organisation: { OrgId: { extension: 'QZZ' }, Date: [{ Type: 'Legal', Start: '2027-02-30' }] } };
    const lines = [EAST, practice, wrong, { resourceType: 'Bundle' }].map((each) => JSON.stringify(each));
    const { code, out } = await organisations(
      'import',
      await file('ord.ndjson', [...lines, '{"Organisation":'].join('\n')),
    );
    expect(code).toBe(1);
    expect(out).toContain('refused: 1 record (3): Organisation.Date.0.Start: no day that exists');
    expect(out).toContain('refused: 1 record (4): is no answer of the ORD API');
    expect(out).toContain('refused: 1 record (5): is no JSON');
    expect(out).toContain('1 of bodies that the tables leave out');
  });

  test('/sync only says whose records changed: they are to be fetched', async () => {
    const link = (code: string) => ({
      OrgLink: `https://directory.spineservices.nhs.uk/ORD/2-0-0/organisations/${code}`,
    });
    const sync = { Organisations: [link('QHL'), link('A81001'), link('06T')] };
    const { code, out } = await organisations('import', await file('sync.json', JSON.stringify(sync)));
    expect(code).toBe(0);
    expect(out).toContain('Fetch, and import, of the bodies in the tables: 06T, QHL.');
    expect(out).toContain('1 other may be anything');
  });

  test('several files, one after the other; JSON of each', async () => {
    const files = [await file('a.json', JSON.stringify(EAST)), await file('b.json', JSON.stringify(OLD_ICBS))];
    const { code, out } = await organisations('import', ...files, '--json');
    expect(JSON.parse(out)).toMatchObject([
      { read: 1, added: 1 },
      { read: 2, added: 2 },
    ]);
    expect(code).toBe(1); // the places of the old ICBs would have none
  });

  test('what would not hold together is refused, with the reason; and stands once the rest is there', async () => {
    const done = await imported([EAST, ...OLD_ICBS]);
    expect(done.code).toBe(1);
    expect(done.refusedChanges[0].why).toContain('06T: answers_to: D7T5G is not an ICB on every day of this row');
    expect(await imported(PLACES)).toMatchObject({ code: 0, refusedChanges: [] });
    expect(await changes()).toHaveLength(15);
  });
});

describe('what a person completes', () => {
  const surrey = ordRecord({
    code: 'S7R2Y',
    name: 'WEST SURREY COUNCIL',
    from: '2027-04-01',
    roles: [
      { id: 'RO141', from: '2027-04-01' },
      { id: 'RO40', from: '2027-04-01' },
    ],
    predecessors: [{ code: '805', on: '2027-04-01' }],
  });
  const east = ordRecord({
    code: 'S8E4Y',
    name: 'EAST SURREY COUNCIL',
    from: '2027-04-01',
    roles: [
      { id: 'RO141', from: '2027-04-01' },
      { id: 'RO40', from: '2027-04-01' },
    ],
    predecessors: [{ code: '805', on: '2027-04-01' }],
  });

  const confirm = (change: Listed, ...set: string[]) =>
    organisations('confirm', change.id, '--because', 'the Order says so', ...set.flatMap((cell) => ['--set', cell]));

  test('a county is divided: the GSS codes and what tells the parts apart are given by somebody, and nothing counts before', async () => {
    expect(await imported([surrey, east])).toMatchObject({ code: 0, refusedChanges: [] });
    const asked = (await changes()).filter(({ needsConfirming }) => needsConfirming);
    expect(asked.map(({ what, row }) => (what === 'body' ? row.name : `${row.from} ${row.kind} ${row.to}`))).toEqual([
      'West Surrey Council',
      'East Surrey Council',
      'E10000030 split S7R2Y',
      'E10000030 split S8E4Y',
    ]);
    const [west, eastern, ...links] = asked;
    if (!west || !eastern) throw new Error('nothing is asked');
    await expect(confirm(west)).rejects.toThrow(/is not complete: .*a council's code is its GSS code/);
    await expect(confirm(west, 'colour=red')).rejects.toThrow(/--set colour: is no column of this row/);
    expect((await apply()).ready).toEqual([]);
    await confirm(west, 'gss=E06000902');
    await confirm(eastern, 'gss=E06000901');
    for (const link of links) await confirm(link, 'resolve_by=address');
    expect((await apply()).waiting).toEqual([]);
    const directory = await directoryToday(shipped, database.pool);
    expect(answer(directory.council('805', '2020-01-01', '2027-03-31'))).toBe('E10000030');
    expect(answer(directory.council('805', '2020-01-01', '2027-04-01'))).toBe('E06000901 or E06000902 by address');
    expect(await imported([surrey, east])).toMatchObject({ code: 0, changes: [] });
  });
});

describe('after it was applied', () => {
  const applied = async () => {
    await imported(ALL);
    await organisations('confirm', ...(await idsToConfirm()), '--because', 'the ICB wrote so');
    return apply();
  };

  test('a version of the product that has the rows itself counts, and one that has others counts too: doctor says which', async () => {
    const { ready } = await applied();
    const today = await directoryToday(shipped, database.pool);
    const caughtUp = directoryOf(today.tables, { version: 'newer', shipped: null });
    expect(await outdatedChanges(caughtUp, database.pool)).toEqual([]);
    expect((await directoryToday(caughtUp, database.pool)).tables).toEqual(today.tables);

    const renamed = shipped.tables.bodies.map((row) => {
      const { value } = row;
      if (value.body.code !== 'D7T5G') return row;
      return { ...row, value: { ...value, body: { ...value.body, name: 'NHS Greater Essex Integrated Care Board' } } };
    });
    const newer = directoryOf({ ...shipped.tables, bodies: renamed }, { version: 'other', shipped: null });
    const end = ready.find(({ row }) => row.code === 'D7T5G');
    expect((await outdatedChanges(newer, database.pool)).map(({ id }) => id)).toEqual([end?.id]);
    const [finding] = await organisationFindings(database.pool, newer);
    expect(finding).toMatchObject({
      state: 'wrong',
      text: expect.stringContaining(`of what was applied, ${end?.id} count no more`),
    });
    expect(await organisationFindings(database.pool, shipped)).toMatchObject([{ state: 'ok' }]);
  });

  test('taken back it counts in no process, who did and why is kept, and it can be confirmed and applied again', async () => {
    const { ready, edition } = await applied();
    const ids = ready.map(({ id }) => id);
    const end = ready.find(({ row }) => row.code === 'D7T5G')?.id ?? '';
    await expect(organisations('refuse', end, '--because', 'x')).rejects.toThrow(/organisations withdraw/);
    await expect(organisations('withdraw', end)).rejects.toThrow(/--because/);
    await expect(organisations('withdraw', '999999', '--because', 'x')).rejects.toThrow(/is not applied/);
    // An ICB that goes on, and is followed by another.
    const alone = organisations('withdraw', end, '--because', 'x');
    const others = ids.filter((id) => id !== end);
    await expect(alone).rejects.toThrow(
      `no row of D7T5G ends on 2027-03-31 — take back with it what names the same bodies: ${others.join(' ')}`,
    );
    expect(await answersFor('06T', '2027-04-01')).toBe('E4S7T');

    const { code, out } = await organisations('withdraw', ...ids, '--because', 'the merger was called off');
    expect(code).toBe(0);
    expect(out).toContain(`${end}  counts no more: D7T5G`);
    const today = await directoryToday(shipped, database.pool);
    expect(today.tables).toEqual(shipped.tables);
    expect(await answersFor('06T', '2027-04-01')).toBe('D7T5G');
    const refused = await changes('--state', 'refused');
    expect(refused).toHaveLength(ids.length);
    for (const change of refused) expect(change).toMatchObject({ because: 'the merger was called off' });
    const { rows } = await database.pool.query(
      "select action from audit where subject = $1 and reason = 'the merger was called off'",
      [`organisation-change:${end}`],
    );
    expect(rows).toEqual([{ action: 'organisation-change-withdrawn' }]);
    // The same national files say it again, and it stays taken back.
    expect(await imported(ALL)).toMatchObject({ code: 0, changes: [] });
    expect(await apply()).toMatchObject({ ready: [], waiting: [] });
    await expect(organisations('withdraw', end, '--because', 'x')).rejects.toThrow(/is not applied/);

    await organisations('confirm', ...ids, '--because', 'it comes after all');
    expect(await apply()).toMatchObject({ waiting: [], edition });
    expect(await answersFor('06T', '2027-04-01')).toBe('E4S7T');
  });

  test('one by one or all at once gives the same', async () => {
    const { edition } = await applied();
    await emptied();
    await imported(ALL);
    const ids = await idsToConfirm();
    for (const id of ids) {
      await organisations('confirm', id, '--because', 'the ICB wrote so');
      await apply();
    }
    expect((await apply()).edition).toBe(edition);
  });

  test('whoever is in the register answers to the new body from its day on, and refold shows who was folded before', async () => {
    const message = {
      ...HOME,
      sentAt: '20260901100500',
      admitted: '20260501080000',
      left: '20260901100000',
      periods: [{ ...SECTION_3, from: '20260501', to: '20260801', council: 'E10000012', commissioner: 'D7T5G' }],
    };
    await hear([message], database, { ...tables, site: terminalTables.site });
    const icbOn = async (day: string) =>
      JSON.parse((await run(registerCommand, [PERSON, '--as-of', day, '--json'], context())).out).icb;
    expect(await icbOn('2027-04-01')).toMatchObject({ code: 'D7T5G' });
    await applied();
    expect(await icbOn('2027-03-31')).toMatchObject({ code: 'D7T5G', asWritten: 'D7T5G' });
    expect(await icbOn('2027-04-01')).toMatchObject({ code: 'E4S7T', asWritten: 'D7T5G' });
    const refolded = async (...args: string[]) =>
      JSON.parse((await run(refoldCommand, [...args, '--json'], context())).out);
    expect(await refolded()).toMatchObject({
      others: [{ parts: expect.arrayContaining(['organisations']), count: 1 }],
    });
    expect(await refolded('--apply')).toMatchObject({ left: 0 });
    expect(await refolded()).toMatchObject({ others: [] });
    expect(bodyAsked('e4s7t', { directory: shipped }, '2027-04-01')).toBe('E4S7T');
  });
});

test('a connection that is lost in the middle leaves nothing of the file, and begun again it ends the same', async () => {
  const lines = Array.from({ length: 12_000 }, (_, at) => `X${at + 10_000},Y${at + 10_000},R,20270401,`);
  const path = await file('succ.csv', [...lines, 'D7T5G,QHL,R,20270401,'].join('\n'));
  let isCut = false;
  const cut = (read: number) => {
    if (read < 6_000 || isCut) return;
    isCut = true;
    void database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'to be cut'`,
    );
  };
  const cutPool = new Pool({ connectionString: database.url, application_name: 'to be cut' });
  cutPool.on('error', () => undefined);
  cutPool.on('connect', (client) => client.on('error', () => undefined));
  const how = { file: path, kind: 'successions', importedBy: 'an.engineer', shipped } as const;
  await expect(importBodies({ ...how, progress: cut }, cutPool)).rejects.toThrow();
  await cutPool.end();
  const kept = async () =>
    (await database.pool.query('select count(*)::int as links from national_links')).rows[0].links;
  expect(await kept()).toBe(0);
  const done = await importBodies({ ...how, progress: () => undefined }, database.pool);
  expect(done).toMatchObject({ read: 12_001, added: 12_001 });
  expect(await kept()).toBe(12_001);
});
