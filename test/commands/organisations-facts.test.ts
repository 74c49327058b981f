import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { organisationsCommand } from '../../src/commands/organisations.js';
import { directoryFor } from '../../src/flow/postcodes.js';
import { readTable } from '../../src/organisations/table.js';
import { type Adt, HOME, SECTION_3 } from '../scenarios/adt.js';
import { tables, tell } from '../scenarios/tell.js';
import { type Row, writePostcodes } from '../support/postcodes.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { contextOf, run } from './terminal.js';

const FACTS = fileURLToPath(new URL('../../../shared/data/organisations', import.meta.url));
const withFacts = existsSync(FACTS) ? describe : describe.skip;
const TODAY = '2026-11-21';

const columns = z.record(z.string(), z.string());
const rowsOf = (file: string) => readTable(join(FACTS, file), columns).rows.map((row) => row.value);

/** One of each small area, as if it had one postcode. */
const postcodeAt = (index: number) =>
  `GU${1 + (Math.floor(index / 10) % 90)} ${index % 10}A${'ABDEFG'[Math.floor(index / 900)]}`;

type Person = { written: string; year: string; postcode?: string; practice?: string; icb: string };

const messageOf = ({ written, year, postcode, practice }: Person, at: number): Adt => ({
  ...HOME,
  // Thousands of people, each by a trust's own number.
  nhsNumber: null,
  mrn: `L${at}`,
  visit: `V${at}`,
  controlId: `M${at}`,
  sentAt: `${year}0301100500`,
  admitted: `${year}0101080000`,
  left: `${year}0301100000`,
  ...(practice === undefined ? {} : { practice }),
  periods: [
    {
      ...SECTION_3,
      id: `P${at}`,
      from: `${year}0101`,
      to: `${year}0220`,
      commissioner: written,
      ...(postcode === undefined ? {} : { postcode }),
    },
  ],
});

withFacts('people of the bodies that were divided, by the collected national files', () => {
  let database: TestDatabase;
  let folder: string;

  beforeAll(async () => {
    database = await testDatabase();
    folder = await mkdtemp(join(tmpdir(), 'aftercare-facts-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await database?.drop();
  });

  const imported = async (...files: string[]) => {
    const { code, out } = await run(organisationsCommand, ['import', ...files, '--json'], contextOf(database));
    return { code, report: JSON.parse(out) };
  };
  /** Whom the register names for each of these people, where the files name another. */
  const wrong = async (people: readonly Person[]) => {
    const messages = people.map(messageOf);
    const facts = tell(messages).messages.flatMap((message) => message.facts);
    const directory = await directoryFor(facts, tables.directory, database.pool);
    const { register } = tell(messages, TODAY, [], { ...tables, directory });
    const found = new Map(register.map(({ localIds, icb }) => [localIds[0]?.value, `${icb.code} ${icb.standing}`]));
    return people.flatMap(({ icb }, at) => {
      const named = found.get(`L${at}`);
      return named === `${icb} provisional` ? [] : [`${named}, and not ${icb}`];
    });
  };

  test('every small area of Frimley, and of the three CCGs that were divided in 2022, is in its part', async () => {
    const frimley = rowsOf('frimley_lsoa_split_2026.csv').map((row) => ({
      lsoa: row.lsoa11_code ?? '',
      icb: row.new_icb ?? '',
      written: 'D4U1Y',
    }));
    // The areas that went with the rest of their CCG are in no list of their own: the look-up of all has them.
    const ccgs = rowsOf('lsoa11_to_commissioner.csv').flatMap((row) =>
      ['01Y', '06H', 'D2P2L'].includes(row.ccg_ods_2021 ?? '')
        ? [{ lsoa: row.lsoa11_code ?? '', icb: row.icb_2026 ?? '', written: row.ccg_ods_2021 ?? '' }]
        : [],
    );
    const all = [...frimley, ...ccgs];
    const postcodes: Row[] = all.map(({ lsoa }, at) => ({ postcode: postcodeAt(at), district: 'E06000036', lsoa }));
    const onspd = join(folder, 'ONSPD.csv');
    writePostcodes(onspd, postcodes);
    const lists = ['lsoa11_to_commissioner.csv', 'frimley_lsoa_split_2026.csv', 'ccg_lsoa_splits_2022.csv'];
    const { code, report } = await imported(onspd, ...lists.map((file) => join(FACTS, file)));
    expect(report).toMatchObject([
      { kind: 'postcodes', added: all.length },
      { kind: 'small-areas', read: 32_844, added: 4 * 32_844, refused: [] },
      { kind: 'small-areas', read: 440, added: 0, refused: [] },
      { kind: 'small-areas', read: 122, added: 0, refused: [] },
    ]);
    expect(code).toBe(0);
    const people = all.map(({ icb, written }, at) => ({
      written,
      year: written === 'D4U1Y' ? '2026' : '2022',
      postcode: postcodeAt(at),
      icb,
    }));
    expect(frimley).toHaveLength(440);
    expect(new Set(ccgs.map(({ icb }) => icb))).toEqual(new Set(['QJ2', 'QOP', 'QPM', 'S1Y5D', 'QHL', 'QUA']));
    expect(await wrong(people)).toEqual([]);
  }, 240_000);

  test('every GP practice of Frimley is in its part', async () => {
    const moves = rowsOf('frimley_gp_moves_2026.csv').filter(({ type }) => type === 'GP PRACTICE');
    const { code, report } = await imported(join(FACTS, 'frimley_gp_moves_2026.csv'));
    expect(code).toBe(0);
    expect(report).toMatchObject({ kind: 'gp-practices', read: 143, added: moves.length, refused: [] });
    const people = moves.map((row) => ({
      written: 'QNQ',
      year: '2026',
      practice: row.code ?? '',
      icb: row.new_icb ?? '',
    }));
    expect(people.length).toBeGreaterThan(60);
    expect(await wrong(people)).toEqual([]);
  });
});
