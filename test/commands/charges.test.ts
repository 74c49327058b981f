import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { chargesCommand } from '../../src/commands/charges.js';
import { recordCommand } from '../../src/commands/record.js';
import { registerCommand } from '../../src/commands/register.js';
import { nhsNumber } from '../../src/invented.js';
import { MAPPINGS } from '../../src/tables.js';
import { homeOf, SECTION_3 } from '../scenarios/adt.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { hear, work } from './service.js';
import { contextOf, run } from './terminal.js';

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aftercare-charges-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.drop());

const [OWED, LATE, NEVER, UNKNOWN] = [1, 2, 3, 4].map(nhsNumber) as [string, string, string, string];

const HEADER = 'NHS No,Start,End,Weekly amount,Service,Funding,Type';

async function extract(rows: readonly string[], ...more: string[]) {
  const file = join(folder, 'finance.csv');
  await writeFile(file, [HEADER, ...rows].join('\n'));
  const args = ['--from', file, '--with', join(MAPPINGS, 'load', 'finance.yaml'), '--json', ...more];
  const { code, out } = await run(chargesCommand, args, contextOf(database));
  return { code, ...JSON.parse(out) };
}

async function list() {
  const { code, out } = await run(chargesCommand, ['--json'], contextOf(database));
  return { code, ...JSON.parse(out) };
}

const askedOf = async (number: string): Promise<{ id: string; kind: string }[]> => {
  const { out } = await run(registerCommand, [number, '--json'], contextOf(database));
  return JSON.parse(out).questions;
};

async function record(...facts: object[]): Promise<void> {
  const file = join(folder, 'facts.ndjson');
  const statedBy = { organisation: 'E08000025', name: 'An Officer', role: 'finance officer' };
  await writeFile(file, facts.map((fact) => JSON.stringify({ statedBy, ...fact })).join('\n'));
  await run(recordCommand, ['--facts', file], contextOf(database));
  await work(database);
}

describe("a council's finance extract beside the register", () => {
  test('who is charged while aftercare is owed, for what, and how much by now; nothing is recorded', async () => {
    await hear([homeOf(OWED)], database);
    const {
      code,
      people,
      sums,
      extract: read,
    } = await extract([
      `${OWED},01/02/2026,14/03/2026,70.00,Residential care,Care Act,Care`,
      `${OWED},15/03/2026,21/03/2026,120.55,Day centre,,`,
      `${OWED},01/01/2025,31/12/2025,10.00,Meals,,`,
      `${NEVER},01/02/2026,,33.00,Meals,,`,
    ]);
    expect(code).toBe(1);
    expect(people).toEqual([
      expect.objectContaining({
        nhsNumber: OWED,
        council: 'E08000025',
        charged: [
          expect.objectContaining({
            for: 'Residential care',
            kinds: ['charged-while-owed', 'recorded-as-care-act'],
            while: [{ from: '2026-03-01', to: '2026-03-14' }],
            pence: 14_000,
          }),
          expect.objectContaining({ for: 'Day centre', kinds: ['charged-while-owed'], pence: 12_055 }),
        ],
      }),
    ]);
    expect(sums).toMatchObject({
      people: 1,
      charges: 2,
      pence: 26_055,
      kinds: { 'recorded-as-care-act': { charges: 1, pence: 14_000 } },
    });
    expect(sums.services).toEqual([
      { for: 'Residential care', charges: 1, pence: 14_000 },
      { for: 'Day centre', charges: 1, pence: 12_055 },
    ]);
    expect(read).toMatchObject({ rows: 4, charges: 4, known: 0, beside: 2, refused: 0 });
    expect(await list()).toMatchObject({ code: 0, people: [] });
  });

  test('recorded, each is asked about until somebody answers; the same extract again says nothing new', async () => {
    await hear([homeOf(OWED)], database);
    const rows = [
      `${OWED},16/03/2026,22/03/2026,70.00,Residential care,,`,
      `${OWED},23/03/2026,29/03/2026,7.00,Meals,,`,
    ];
    await extract(rows, '--apply');
    expect(await extract(rows, '--apply')).toMatchObject({ extract: { charges: 2, known: 2 } });
    expect(await list()).toMatchObject({ code: 1, sums: { people: 1, charges: 2, pence: 7_700 } });
    const asked = await askedOf(OWED);
    expect(asked.map(({ kind }) => kind)).toEqual(['charges-unchecked', 'charges-unchecked']);
    for (const { id } of asked)
      await record({ kind: 'answer', nhsNumber: OWED, question: id, option: 'given-back', because: 'credited' });
    expect(await list()).toMatchObject({ code: 0, people: [], sums: { pence: 0 } });
  });

  test('a mapping that makes no charge of a row is refused, not read in vain', async () => {
    const file = join(folder, 'finance.csv');
    await writeFile(file, HEADER);
    const mapping = join(MAPPINGS, 'load', 'register.yaml');
    await expect(run(chargesCommand, ['--from', file, '--with', mapping], contextOf(database))).rejects.toThrow(
      /usage: .*makes no charge/,
    );
  });

  test('what was answered is settled, and an extract that has it again does not bring it back', async () => {
    await hear([homeOf(OWED)], database);
    const rows = [`${OWED},16/03/2026,22/03/2026,70.00,Residential care,,`];
    await extract(rows, '--apply');
    const [question] = await askedOf(OWED);
    await record({
      kind: 'answer',
      nhsNumber: OWED,
      question: question?.id,
      option: 'given-back',
      because: 'credited',
    });
    expect(await extract(rows, '--apply')).toMatchObject({ code: 0, people: [], extract: { known: 1, settled: 1 } });
  });

  test('a row that stands twice is one charge, and somebody all over the extract is one person', async () => {
    await hear([homeOf(OWED)], database);
    const meals = (day: number) => `${OWED},${String(day).padStart(2, '0')}/04/2026,30/04/2026,7.00,Meals,,`;
    const others = Array.from({ length: 250 }, (_, nth) => `${NEVER},01/02/2026,,${nth + 1}.00,Meals,,`);
    const { people, sums, extract: read } = await extract([meals(1), meals(1), ...others, meals(2)]);
    expect(people).toHaveLength(1);
    expect(people[0].charged).toHaveLength(2);
    expect(sums).toMatchObject({ people: 1, charges: 2, pence: 3_000 + 2_900 });
    expect(read).toMatchObject({ rows: 253, charges: 252, beside: 250 });
  });

  test('a detention told late makes charges of before late ones; accommodation that the plan calls aftercare is said', async () => {
    await hear([homeOf(LATE)], database);
    await extract([`${LATE},02/03/2026,08/03/2026,70.00,Rent,,Accommodation`], '--apply');
    await record({
      kind: 'plan',
      nhsNumber: LATE,
      agreedOn: '2026-03-02',
      needs: [],
      accommodation: { meetsNeed: true, because: 'supported living for the disorder' },
    });
    expect((await list()).people).toEqual([
      expect.objectContaining({
        charged: [expect.objectContaining({ kinds: ['charged-while-owed', 'accommodation-in-plan'] })],
      }),
    ]);
    await hear(
      [
        homeOf(UNKNOWN, {
          sentAt: '20261001100500',
          admitted: '20020101080000',
          left: '20020301100000',
          periods: [{ ...SECTION_3, id: 'P9', from: '20020101', to: '20020220' }],
        }),
      ],
      database,
    );
    const { people } = await extract([`${UNKNOWN},01/04/2002,07/04/2002,300.00,Care home,Care Act,`]);
    expect(people[0].charged[0]).toMatchObject({
      kinds: ['charged-while-owed', 'recorded-as-care-act', 'found-late'],
      pence: 30_000,
    });
  });

  test('people are named in words only when that is asked, and then it is recorded', async () => {
    await hear([homeOf(OWED)], database);
    await extract([`${OWED},16/03/2026,22/03/2026,1234.50,Residential care,,`], '--apply');
    const looks = async () =>
      (await database.pool.query("select count(*)::int as count from audit where reason = 'charges'")).rows[0].count;
    const before = await looks();
    const { out: quiet } = await run(chargesCommand, [], contextOf(database));
    expect(quiet).toContain('£1,234.50 was charged while aftercare was owed');
    expect(quiet).not.toContain(OWED);
    expect(await looks()).toBe(before);
    const { out } = await run(chargesCommand, ['--people'], contextOf(database));
    expect(out).toContain(`person ${OWED}, E08000025`);
    expect(await looks()).toBe(before + 1);
  });

  test('a mapping that is wrong, and rows that cannot be, are named by line', async () => {
    await expect(run(chargesCommand, ['--from', 'x.csv'], contextOf(database))).rejects.toThrow(/--with MAPPING/);
    expect(await extract([`${OWED},16/03/2026,,lots,Care,,`])).toMatchObject({
      code: 1,
      extract: { refused: 1, refusals: [{ line: 2 }] },
    });
  });
});
