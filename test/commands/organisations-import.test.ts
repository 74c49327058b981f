import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { explainCommand } from '../../src/commands/explain.js';
import { organisationsCommand } from '../../src/commands/organisations.js';
import { rebuildCommand } from '../../src/commands/rebuild.js';
import { refoldCommand } from '../../src/commands/refold.js';
import { registerCommand } from '../../src/commands/register.js';
import { type Adt, adt, HOME, OTHER, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { tables } from '../scenarios/tell.js';
import { areaText, type PracticeLine, practiceText } from '../support/national-files.js';
import { postcodeText } from '../support/postcodes.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { startCli } from '../support/process.js';
import { until } from '../support/until.js';
import { hear } from './service.js';
import { contextOf, run } from './terminal.js';

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'aftercare-national-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await database?.drop();
});
beforeEach(() =>
  database.pool.query('truncate postcodes, postcode_imports, directory_imports, gp_practices, small_areas'),
);

const context = () => contextOf(database, { tables: () => tables });
const fileOf = async (name: string, text: string) => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};
const imported = async (name: string, text: string) => {
  const { code, out } = await run(organisationsCommand, ['import', await fileOf(name, text), '--json'], context());
  return { code, ...JSON.parse(out) };
};
const practices = (rows: readonly PracticeLine[]) => imported('epraccur.csv', practiceText(rows));
const kept = async () =>
  (
    await database.pool.query<{ row: string }>(
      `select concat_ws(' ', code, commissioner, coalesce(from_on::text, '…'), coalesce(to_on::text, '…')) as row
         from gp_practices
        order by code, from_on nulls first`,
    )
  ).rows.map(({ row }) => row);

const OLD: PracticeLine = { code: 'Y99911', commissioner: 'D4U1Y', joined: '20210401' };
const NEW: PracticeLine = { code: 'Y99911', commissioner: '92A', joined: '20260401' };

describe('importing GP practices', () => {
  test('says what is new, and once more what is as before; what is no practice is left out', async () => {
    const rows = [NEW, { code: 'Y99912', commissioner: '92A', setting: '25' }];
    const first = await practices(rows);
    expect(first).toMatchObject({ code: 0, kind: 'gp-practices', read: 2, added: 1, leftOut: { setting: 1 } });
    expect(await practices(rows)).toMatchObject({ code: 0, added: 0, changed: 0, same: 1, edition: first.edition });
    expect(await kept()).toEqual(['Y99911 92A 2026-04-01 …']);
  });

  test('who belongs to another now keeps the row of the one before, ended on the day before', async () => {
    const before = await practices([OLD]);
    const after = await practices([NEW]);
    expect(after).toMatchObject({ added: 0, changed: 1, same: 0 });
    expect(after.edition).not.toBe(before.edition);
    expect(await kept()).toEqual(['Y99911 D4U1Y 2021-04-01 2026-03-31', 'Y99911 92A 2026-04-01 …']);
    expect(await practices([OLD])).toMatchObject({ changed: 0, same: 1 });
    expect(await practices([NEW])).toMatchObject({ changed: 0, same: 1 });
  });

  test('what is refused is named by its line and why; the rest counts', async () => {
    const text = practiceText([NEW, { ...NEW, code: 'Y99912', joined: '20261301' }, NEW]);
    const file = await fileOf('epraccur.csv', `${text}"Y99913","one cell"\r\n`);
    const { code, out } = await run(organisationsCommand, ['import', file], context());
    expect(code).toBe(1);
    expect(out).toContain('refused: 1 row (line 2): a day that does not exist');
    expect(out).toContain('refused: 1 row (line 3): there already, further up in the file');
    expect(out).toContain('refused: 1 row (line 4): other cells than there are columns');
    expect(out).toContain('4 rows of GP practices: 1 new, 0 changed, 0 as before.');
    expect(out).toContain('aftercare refold');
    expect(await kept()).toHaveLength(1);
  });

  test('a row that no database can keep is refused, and the rest counts', async () => {
    const rows = [NEW, { ...NEW, code: 'Y99912', name: 'A SURGERY\u0000' }];
    expect(await practices(rows)).toMatchObject({ code: 1, added: 1, refused: [{ why: 'cells', lines: [2] }] });
  });

  test('resolve knows them: with whom the practice was, and who answers for it on another day', async () => {
    await practices([OLD]);
    await practices([NEW]);
    const resolved = async (...days: string[]) => {
      const { code, out } = await run(organisationsCommand, ['resolve', 'y99911', ...days, '--json'], context());
      return { exit: code, ...JSON.parse(out) };
    };
    expect(await resolved('--on', '2023-05-01', '--as-of', '2023-05-01')).toMatchObject({
      exit: 0,
      meanings: [{ meant: { kind: 'gp-practice', answersTo: 'D4U1Y' }, outcome: 'found', body: { code: 'QNQ' } }],
      sources: expect.arrayContaining([expect.objectContaining({ key: 'ods-epraccur' })]),
    });
    expect(await resolved('--on', '2023-05-01', '--as-of', '2026-11-21')).toMatchObject({
      meanings: [{ meant: { answersTo: 'D4U1Y' }, outcome: 'found', body: { code: 'S9B9J' } }],
    });
    expect(await resolved('--on', '2026-11-21', '--as-of', '2026-11-21')).toMatchObject({
      meanings: [{ meant: { answersTo: '92A' }, body: { code: 'S9B9J' } }],
    });
  });
});

describe('importing look-ups of small areas', () => {
  const AREA = { lsoa: 'E01030001', subIcb: 'D4U1Y', icb: 'QNQ' };

  test('each edition stands beside those before it; the same file twice changes nothing', async () => {
    const first = await imported('lsoa24.csv', areaText([AREA, { ...AREA, lsoa: 'W01000001', subIcb: '' }]));
    expect(first).toMatchObject({ code: 0, kind: 'small-areas', read: 2, added: 1, leftOut: { outside: 1 } });
    expect(await imported('lsoa24.csv', areaText([AREA]))).toMatchObject({ added: 0, same: 1, edition: first.edition });
    const later = { lsoa: 'E01030001', subIcb: '92A', icb: 'S9B9J' };
    expect(await imported('lsoa26.csv', areaText([later], '26'))).toMatchObject({ added: 1, changed: 0 });
    const { rows } = await database.pool.query('select from_on::text as day, sub_icb from small_areas order by 1');
    expect(rows).toEqual([
      { day: '2024-04-01', sub_icb: 'D4U1Y' },
      { day: '2026-04-01', sub_icb: '92A' },
    ]);
  });

  test('one that is placed twice, and differently, is refused the second time', async () => {
    const done = await imported('lsoa24.csv', areaText([AREA, AREA, { ...AREA, subIcb: '92A' }]));
    expect(done).toMatchObject({ code: 1, added: 1, same: 0, refused: [{ why: 'twice', count: 1, lines: [4] }] });
  });
});

describe('comparing a look-up of sub-ICB locations', () => {
  test('says what differs, by its line, and keeps nothing', async () => {
    const header = 'SICBL23CD,SICBL23CDH,SICBL23NM,ICB23CD,ICB23CDH,ICB23NM';
    const same = 'E38000264,92A,x,E54000063,QXU,x';
    expect(await imported('sicbl.csv', `${header}\n${same}\n`)).toMatchObject({ code: 0, kind: 'sub-icbs', same: 1 });
    const file = await fileOf('sicbl.csv', `${header}\n${same}\nE38000239,06T,x,E54000034,QNQ,x\n`);
    const { code, out } = await run(organisationsCommand, ['import', file], context());
    expect(code).toBe(1);
    expect(out).toContain('differs: line 3: 06T is in QNQ, and in mappings/organisations QJG');
    expect(out).toContain('1 as the tables have them. Nothing of it is kept.');
    expect((await database.pool.query('select from directory_imports')).rowCount).toBe(0);
  });
});

describe('an import that is broken off', () => {
  const waiting = `select from pg_locks
                    where not granted
                      and database = (select oid from pg_database where datname = current_database())`;
  const importing = `select from pg_locks
                      where locktype = $1 and objid = 117000007 and granted
                        and database = (select oid from pg_database where datname = current_database())`;
  const file = (at: number) => String(at).padStart(4, '0');
  const places = (at: number) => ({ postcode: `GU${1 + at} 1AA`, district: 'E06000036' });
  const many = Array.from({ length: 80 }, (_, at) => at);

  test.each([
    ['gp_practices', practiceText(many.map((at) => ({ ...NEW, code: `Y9${file(at)}` })))],
    ['small_areas', areaText(many.map((at) => ({ lsoa: `E0103${file(at)}`, subIcb: '92A', icb: 'QXU' })))],
    ['postcodes', postcodeText(many.map(places))],
  ])(
    '%s, killed while it writes: nothing of the file counts, and begun again it ends the same',
    async (table, text) => {
      const path = await fileOf(`${table}.csv`, text);
      const count = async () => (await database.pool.query(`select from ${table}`)).rowCount;
      const holder = await database.pool.connect();
      await holder.query('begin');
      await holder.query(`lock table ${table} in share row exclusive mode`);
      const child = startCli(['organisations', 'import', path], { DATABASE_URL: database.url });
      await until(async () => (await database.pool.query(waiting)).rowCount === 1);
      await child.kill();
      await holder.query('rollback');
      holder.release();
      await until(async () => (await database.pool.query(importing, ['advisory'])).rowCount === 0);
      expect(await count()).toBe(0);
      expect(await imported(`${table}.csv`, text)).toMatchObject({ code: 0, added: many.length });
      expect(await count()).toBe(many.length);
    },
  );
});

test('several files at once, each told for what it is', async () => {
  const files = [
    await fileOf('epraccur.csv', practiceText([NEW])),
    await fileOf('x.csv', areaText([{ lsoa: 'E01030001', subIcb: '92A', icb: 'QXU' }])),
  ];
  const { code, out } = await run(organisationsCommand, ['import', ...files], context());
  expect(code).toBe(0);
  expect(out).toMatch(
    /epraccur\.csv: GP practices\n1 row of GP practices.*\n.*x\.csv: small areas\n1 row of small areas/,
  );
  const { out: json } = await run(organisationsCommand, ['import', ...files, '--json'], context());
  expect(JSON.parse(json)).toMatchObject([{ kind: 'gp-practices' }, { kind: 'small-areas' }]);
});

describe('a person whose ICB was divided', () => {
  const message: Adt = {
    ...HOME,
    practice: 'Y99911',
    periods: [{ ...SECTION_3, commissioner: 'D4U1Y', postcode: 'GU16 7UJ' }],
  };
  const icbKept = async () =>
    (await database.pool.query<{ code: string | null }>("select entry -> 'icb' ->> 'code' as code from entries")).rows;
  const refolded = async (...args: string[]) => {
    const { code, out } = await run(refoldCommand, [...args, '--json'], context());
    return { code, ...JSON.parse(out) };
  };
  const POSTCODES = postcodeText([
    { postcode: 'GU16 7UJ', district: 'E07000214', county: 'E10000030', lsoa: 'E01030001' },
  ]);
  const FRIMLEY = 'lsoa11_code,new_sub_icb,new_icb,effective_date\nE01030001,U2G6B,S0E4D,2026-04-01\n';

  test('stays as folded when practices are imported; refold shows it, and does it; rebuilt it is the same', async () => {
    await hear([message], database);
    expect(await icbKept()).toEqual([{ code: null }]);
    await practices([OLD]);
    await practices([NEW]);
    expect(await refolded()).toMatchObject({ code: 1, others: [{ parts: ['gp-practices'], count: 1 }], changed: 1 });
    expect(await refolded('--apply')).toMatchObject({ code: 0, left: 0 });
    expect(await icbKept()).toEqual([{ code: 'S9B9J' }]);

    await imported('ONSPD.csv', POSTCODES);
    await imported('frimley.csv', FRIMLEY);
    expect(await refolded()).toMatchObject({ others: [{ parts: ['postcodes', 'small-areas'], count: 1 }], changed: 1 });
    const { out } = await run(registerCommand, [PERSON, '--json'], context());
    expect(JSON.parse(out)).toMatchObject({ icb: { code: null, candidates: ['QRL', 'S0E4D', 'S9B9J'] } });
    expect(out).toContain('The GP practice Y99911 belongs to S9B9J. The address before the detention lies in S0E4D.');
    await refolded('--apply');
    await practices([NEW]);
    expect(await refolded()).toMatchObject({ code: 0, others: [] });
    expect((await run(rebuildCommand, [], context())).out).toBe('The same: 1 persons, and nothing new to send.');
  });

  test('whoever is heard of after the import is folded by it at once, as who was refolded', async () => {
    await hear([message], database);
    await practices([OLD, { ...OLD, code: 'Y99912' }]);
    await practices([NEW]);
    await refolded('--apply');
    await hear(
      [
        {
          ...message,
          nhsNumber: OTHER,
          mrn: 'L2',
          visit: 'V2',
          periods: (message.periods ?? []).map((period) => ({ ...period, id: 'P2' })),
        },
      ],
      database,
    );
    const icb = async (number: string) =>
      JSON.parse((await run(registerCommand, [number, '--json'], context())).out).icb;
    expect(await icb(OTHER)).toMatchObject({ code: 'S9B9J', standing: 'provisional' });
    expect(await icb(OTHER)).toEqual(await icb(PERSON));
    expect(await refolded()).toMatchObject({ code: 0, others: [] });
  });

  test('explain answers by files, without a database', async () => {
    const told = await fileOf('a.hl7', adt(message));
    const files = {
      '--postcodes': await fileOf('ONSPD.csv', POSTCODES),
      '--practices': await fileOf('epraccur.csv', practiceText([NEW])),
      '--areas': await fileOf('frimley.csv', FRIMLEY),
    };
    const icb = async (...names: (keyof typeof files)[]) => {
      const options = names.flatMap((name) => [name, files[name]]);
      const { out } = await run(explainCommand, [told, '--as-of', '2026-11-21', ...options, '--json'], context());
      return JSON.parse(out).register[0].icb.code;
    };
    expect(await icb()).toBeNull();
    expect(await icb('--practices')).toBe('S9B9J');
    expect(await icb('--practices', '--postcodes', '--areas')).toBeNull();
  });
});
