import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { evidenceCommand } from '../../src/commands/evidence.js';
import { explainCommand } from '../../src/commands/explain.js';
import { organisationsCommand } from '../../src/commands/organisations.js';
import { rebuildCommand } from '../../src/commands/rebuild.js';
import { refoldCommand } from '../../src/commands/refold.js';
import { registerCommand } from '../../src/commands/register.js';
import { postcodeStore } from '../../src/store/postcodes.js';
import { adt, HOME, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { tables } from '../scenarios/tell.js';
import { CUMBRIA, postcodeText, type Row, writePostcodes } from '../support/postcodes.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { hear } from './service.js';
import { contextOf, run } from './terminal.js';

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'aftercare-organisations-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await database?.drop();
});
beforeEach(() =>
  database.pool.query('truncate postcodes, postcode_imports, directory_imports, gp_practices, small_areas'),
);

const context = () => contextOf(database, { tables: () => tables });
const fileOf = (text: string) => writeFile(join(folder, 'file.csv'), text).then(() => join(folder, 'file.csv'));
const imported = async (rows: readonly Row[]) => {
  const file = join(folder, 'ONSPD.csv');
  writePostcodes(file, rows);
  const { code, out } = await run(organisationsCommand, ['import', file, '--json'], context());
  return { code, ...JSON.parse(out) };
};
const stored = async () =>
  (
    await database.pool.query<{ postcode: string; council: string }>(
      'select postcode, council from postcodes order by 1',
    )
  ).rows;

const PENRITH: Row = { postcode: 'CA11 7QS', district: 'E06000064' };
const WARD_OF_OTHERS: Row = { postcode: 'B15 1NP', district: 'E08000025' };

describe('importing the national postcode file', () => {
  test('says what was new, and once more what is as it was: the same file twice changes nothing', async () => {
    const first = await imported(CUMBRIA);
    expect(first).toMatchObject({ code: 0, read: 2, added: 2, changed: 0, same: 0, refused: [] });
    const again = await imported(CUMBRIA);
    expect(again).toMatchObject({ code: 0, read: 2, added: 0, changed: 0, same: 2, edition: first.edition });
    expect(await stored()).toEqual([
      { postcode: 'CA117QS', council: 'E06000064' },
      { postcode: 'CA38QG', council: 'E06000063' },
    ]);
  });

  test('a newer file changes what differs, and leaves what it does not have', async () => {
    const first = await imported([{ ...PENRITH, district: 'E07000030', county: 'E10000006' }, WARD_OF_OTHERS]);
    const newer = await imported([PENRITH]);
    expect(newer).toMatchObject({ added: 0, changed: 1, same: 0 });
    expect(newer.edition).not.toBe(first.edition);
    expect(await stored()).toEqual([
      { postcode: 'B151NP', council: 'E08000025' },
      { postcode: 'CA117QS', council: 'E06000064' },
    ]);
  });

  test('the same files in the same order give the same edition, in any database', async () => {
    const editions = [(await imported(CUMBRIA)).edition, (await imported([WARD_OF_OTHERS])).edition];
    await database.pool.query('truncate postcodes, postcode_imports, directory_imports, gp_practices, small_areas');
    expect([(await imported(CUMBRIA)).edition, (await imported([WARD_OF_OTHERS])).edition]).toEqual(editions);
  });

  test('what is refused is named by its line and why; the rest counts', async () => {
    const text = postcodeText([
      PENRITH,
      { postcode: 'Penrith', district: 'E06000064' },
      { postcode: 'CA1 1AA', district: 'E07000026' },
    ]);
    const file = await fileOf(`${text}"one cell"\r\n`);
    const { code, out } = await run(organisationsCommand, ['import', file], context());
    expect(code).toBe(1);
    expect(out).toContain('refused: 1 row (line 3): no postcode');
    expect(out).toContain('refused: 1 row (line 4): a district, and not the county');
    expect(out).toContain('refused: 1 row (line 5): other cells than there are columns');
    expect(out).toContain('4 rows up to 1980-01: 1 new, 0 changed, 0 as before.');
    expect(out).toContain('aftercare refold');
  });

  test('what lies outside England and Wales is left out, and so is what lies nowhere', async () => {
    const done = await imported([
      PENRITH,
      { postcode: 'EH1 1AA', district: 'S12000036' },
      { postcode: 'CA1 1AA', district: '' },
    ]);
    expect(done).toMatchObject({ code: 0, added: 1, leftOut: { outside: 1, nowhere: 1 } });
  });

  test('a postcode that comes twice counts as it was introduced last', async () => {
    const twice = [
      { ...PENRITH, introduced: '202001' },
      { ...PENRITH, district: 'E06000063', introduced: '199001', ended: '200001' },
    ];
    expect(await imported(twice)).toMatchObject({ added: 1 });
    expect(await stored()).toEqual([{ postcode: 'CA117QS', council: 'E06000064' }]);
  });

  test('an older file than the one before is imported, and it is said', async () => {
    await imported([{ ...PENRITH, introduced: '202605' }]);
    const file = await fileOf(postcodeText([WARD_OF_OTHERS]));
    const { out } = await run(organisationsCommand, ['import', file], context());
    expect(out).toContain('The file is older than the one imported before, which told of 2026-05');
  });

  test.each([
    ['no such file', 'missing.csv', null, /cannot be read \(ENOENT\)/],
    [
      'another table',
      'file.csv',
      'code,kind,name\nE06000001,council,Hartlepool\n',
      /is none of the files that can be imported/,
    ],
    ['a header and nothing else', 'file.csv', 'pcds,oslaua,oscty\n', /has no row that says where a postcode/],
    [
      'rows that cannot be read, and nothing else',
      'file.csv',
      'pcds,oslaua,oscty\n\nXXXX,E06000064,\na,b\n',
      /lies; 2 cannot be read, the first in line 3/,
    ],
  ])('%s: nothing is imported, and it is said which file is wanted', async (_story, name, text, says) => {
    const file = text === null ? join(folder, name) : await fileOf(text);
    const importing = run(organisationsCommand, ['import', file], context());
    await expect(importing).rejects.toThrow(says);
    await expect(importing).rejects.toMatchObject({
      code: 'usage',
      detail: { next: expect.stringContaining('ONSPD_') },
    });
    expect(await stored()).toEqual([]);
  });

  test('used wrongly', async () => {
    for (const words of [
      [],
      ['import'],
      ['resolve'],
      ['resolve', 'x', 'y'],
      ['changes', 'x'],
      ['confirm'],
      ['plan', 'a'],
      ['constructor'],
    ])
      await expect(run(organisationsCommand, words, context())).rejects.toMatchObject({ code: 'usage' });
  });

  test('while another process imports, this one says so and does nothing', async () => {
    const other = await database.pool.connect();
    await other.query('begin');
    await other.query('select pg_advisory_xact_lock(117000007)');
    await expect(imported(CUMBRIA)).rejects.toThrow(/another process imports a file/);
    await other.query('rollback');
    other.release();
    expect(await imported(CUMBRIA)).toMatchObject({ added: 2 });
  });
});

describe('a person whose council was divided', () => {
  const longAgo = {
    ...HOME,
    sentAt: '20210901100500',
    admitted: '20210501080000',
    left: '20210901100000',
    periods: [{ ...SECTION_3, from: '20210501', to: '20210801', council: 'E10000006', postcode: 'CA11 7QS' }],
  };

  test('explain answers by a file, without a database', async () => {
    const message = join(folder, 'a.hl7');
    await writeFile(message, adt(longAgo));
    const postcodes = join(folder, 'ONSPD.csv');
    writePostcodes(postcodes, CUMBRIA);
    const without = await run(explainCommand, [message, '--as-of', '2026-11-21', '--json'], context());
    expect(JSON.parse(without.out).register[0].council).toMatchObject({ code: null });
    const by = await run(
      explainCommand,
      [message, '--as-of', '2026-11-21', '--postcodes', postcodes, '--json'],
      context(),
    );
    expect(JSON.parse(by.out).register[0].council).toMatchObject({ code: 'E06000064', standing: 'provisional' });
  });

  test('a postcode that a file has twice lies where an import says, in whatever order the rows stand', async () => {
    const message = join(folder, 'twice.hl7');
    await writeFile(message, adt(longAgo));
    const rows = [
      { postcode: 'CA11 7QS', district: 'E06000064' },
      { postcode: 'CA11 7QS', district: 'E06000063' },
    ];
    for (const [at, order] of [rows, rows.toReversed()].entries()) {
      const postcodes = join(folder, `twice-${at}.csv`);
      writePostcodes(postcodes, order);
      const args = [message, '--as-of', '2026-11-21', '--postcodes', postcodes, '--json'];
      const { out } = await run(explainCommand, args, context());
      await database.pool.query('truncate postcodes, postcode_imports');
      await imported(order);
      const [place] = await postcodeStore(database.pool).places(['CA117QS']);
      expect([place?.council, JSON.parse(out).register[0].council.code]).toEqual(['E06000063', 'E06000063']);
    }
  });

  const answer = async () => JSON.parse((await run(registerCommand, [PERSON, '--json'], context())).out);
  const refolded = async (...args: string[]) => {
    const { code, out } = await run(refoldCommand, [...args, '--json'], context());
    return { code, ...JSON.parse(out) };
  };
  const councilKept = async () =>
    (await database.pool.query("select entry -> 'council' ->> 'code' as code from entries")).rows;

  test('stays as folded when a file is imported; refold shows who differs, and does it', async () => {
    await hear([longAgo], database);
    expect(await councilKept()).toEqual([{ code: null }]);
    expect(await refolded()).toMatchObject({ code: 0, others: [] });

    await imported(CUMBRIA);
    expect(await councilKept()).toEqual([{ code: null }]);
    expect((await answer()).council).toMatchObject({ code: 'E06000064' });
    expect(await refolded()).toMatchObject({
      code: 1,
      others: [{ parts: ['postcodes'], count: 1 }],
      changed: 1,
      told: [{ to: 'E06000064', says: { 'Flag none → active': 1 } }],
    });
    expect(await refolded('--apply')).toMatchObject({ code: 0, left: 0 });
    expect(await councilKept()).toEqual([{ code: 'E06000064' }]);

    await imported(CUMBRIA);
    expect(await refolded()).toMatchObject({ code: 0, others: [] });
    const { out } = await run(rebuildCommand, [], context());
    expect(out).toBe('The same: 1 persons, and nothing new to send.');
  });

  test('whoever is heard of after the import is told to the right council at once, and evidence says the same', async () => {
    await imported(CUMBRIA);
    await hear([{ ...longAgo, trigger: 'A08', sentAt: '20260101100000' }], database);
    expect(await councilKept()).toEqual([{ code: 'E06000064' }]);
    const { out } = await run(evidenceCommand, [PERSON, '--json'], context());
    const { register, known } = JSON.parse(out).data;
    expect(register.council).toMatchObject({ code: 'E06000064' });
    expect(known.at(-1).council).toMatchObject({ code: 'E06000064' });
  });
});
