import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { organisationsCommand } from '../../src/commands/organisations.js';
import { directoryToday } from '../../src/flow/directory-today.js';
import { foldedWithToday } from '../../src/flow/folded-with.js';
import { applyStaged, planned } from '../../src/flow/organisation-changes.js';
import { inconsistencies } from '../../src/organisations/check.js';
import { ALL, EAST, OLD_ICBS, PLACES } from '../organisations/east-2027.js';
import { ordRecord } from '../organisations/ord-records.js';
import { tables } from '../scenarios/tell.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { contextOf, run } from './terminal.js';

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
