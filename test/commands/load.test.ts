import { readFileSync, statSync } from 'node:fs';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import iconv from 'iconv-lite';
import { loadCommand } from '../../src/commands/load.js';
import { recordCommand } from '../../src/commands/record.js';
import { entryStore } from '../../src/store/entries.js';
import { COUNCIL, newFile, OFFICE, PAPER, type Paper, papers, written } from '../load/sheets.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { contextOf, run } from './terminal.js';

const PERSON = '9990000018';
const OTHER = '9990000026';
const THIRD = '9990000034';

let database: TestDatabase;
beforeEach(async () => {
  await database?.drop();
  database = await testDatabase();
});
afterAll(() => database.drop());

const load = (file: string, args: readonly string[] = [], mapping = OFFICE) =>
  run(loadCommand, [file, '--with', mapping, ...args], contextOf(database));
const loaded = async (file: string, args: readonly string[] = [], mapping = OFFICE) =>
  JSON.parse((await load(file, ['--json', ...args], mapping)).out);
const sheet = (...rows: Paper[]) => written('papers.csv', papers(rows));
const entryOf = async (nhsNumber: string) => (await entryStore(database.pool).byNhsNumber(nhsNumber))?.entry ?? null;
const stated = async () => {
  const { rows } = await database.pool.query<{ fact: { kind: string } }>('select fact from stated_facts order by id');
  return rows.map(({ fact }) => fact);
};

describe('what a council answered, as its duty desk lists it', () => {
  const ANSWERS = 'mappings/load/council-answers.yaml';
  const answers = (...rows: string[]) =>
    written('answers.csv', ['NHS number,Answered on,Answer,Why,Case number', ...rows].join('\r\n'));

  test('it is asked about where it objects, and its number of the case is known', async () => {
    await load(sheet(PAPER));
    const list = answers(`${PERSON},02/03/2026,Taken up,,SC-1`, `${PERSON},04/03/2026,Not ours,Lives in Solihull,`);
    expect(await loaded(list, [], ANSWERS)).toMatchObject({ rows: 2, accepted: 2, refused: 0, facts: 2 });
    expect(await loaded(list, [], ANSWERS)).toMatchObject({ accepted: 0, known: 2, facts: 0 });
    expect(await entryOf(PERSON)).toMatchObject({
      status: 'active',
      replies: [{ body: 'E08000025', outcome: 'rejected', reason: 'Lives in Solihull', caseId: 'SC-1' }],
      questions: expect.arrayContaining([
        expect.objectContaining({ kind: 'body-objects', text: expect.stringContaining('Lives in Solihull') }),
      ]),
    });
  });

  test('a rejection without a reason, and a word that nobody knows, are refused by their rows', async () => {
    await load(sheet(PAPER));
    const list = answers(`${PERSON},02/03/2026,Rejected,,`, `${PERSON},02/03/2026,perhaps,,`);
    expect(await loaded(list, [], ANSWERS)).toMatchObject({ rows: 2, accepted: 0, refused: 2, facts: 0 });
    expect((await entryOf(PERSON))?.replies).toBeUndefined();
  });
});

describe("a Mental Health Act office's decades of papers", () => {
  test('a section 3 of 1984 puts its person on the register, and the council is to be told', async () => {
    const { code, out } = await load(sheet(PAPER));
    expect({ code, out }).toEqual({ code: 0, out: '1 row: 1 accepted (3 new facts), 0 known already, 0 refused.' });
    expect(await entryOf(PERSON)).toMatchObject({
      status: 'active',
      council: { code: 'E08000025', standing: 'provisional' },
      episodes: [{ qualifying: [{ basis: 's3', from: '1984-05-01', to: '1984-09-01' }] }],
    });
    const { rows } = await database.pool.query('select body, state from deliveries');
    expect(rows).toEqual([{ body: 'E08000025', state: 'due' }]);
  });

  test('the same sheet again changes nothing; an amended one adds only what is new', async () => {
    await load(sheet(PAPER));
    expect(await loaded(sheet(PAPER))).toMatchObject({ rows: 1, accepted: 0, known: 1, refused: 0, facts: 0 });
    const more = { ...PAPER, 'NHS Number': OTHER, Section: 'S2' };
    expect(await loaded(sheet(PAPER, more, more))).toMatchObject({ rows: 3, accepted: 1, known: 2, facts: 3 });
    expect(await stated()).toHaveLength(6);
  });

  test('what was recorded by hand before is known', async () => {
    const fact = {
      kind: 'left-hospital',
      nhsNumber: PERSON,
      on: '1984-09-01',
      statedBy: { organisation: 'RXT', name: 'Mental Health Act office', role: 'Mental Health Act administrator' },
    };
    await run(recordCommand, ['--facts', written('facts.ndjson', JSON.stringify(fact))], contextOf(database));
    expect(await loaded(sheet(PAPER))).toMatchObject({ accepted: 1, facts: 2 });
  });

  test('a dry run says the same and records nothing', async () => {
    const file = sheet(PAPER, PAPER, { ...PAPER, Section: 'S3 or 37?' });
    const dry = await loaded(file, ['--dry-run']);
    expect(await stated()).toEqual([]);
    expect(await loaded(file)).toEqual({ ...dry, dryRun: false });
    expect(dry).toMatchObject({ rows: 3, accepted: 1, known: 1, refused: 1, facts: 3 });
  });
});

describe('what is not certain is refused, row by row, and says what to do', () => {
  const refusalsOf = async (row: Paper) => (await loaded(sheet(row))).refusals;

  test.each<{ story: string; row: Paper; column: string | null; what: RegExp; next: RegExp }>([
    {
      story: 'a word that is in no list',
      row: { Section: 'S37' },
      column: 'Section',
      what: /not in the list words.sections/,
      next: /never guess/,
    },
    {
      story: 'a name and a birth date alone',
      row: { 'NHS Number': '' },
      column: 'NHS Number',
      what: /nothing else in the row says for certain who this is/,
      next: /trace the NHS number, or fill Hospital Number/,
    },
    {
      story: 'a number with a wrong digit',
      row: { 'NHS Number': '9990000019' },
      column: 'NHS Number',
      what: /no NHS number/,
      next: /look the number up/,
    },
    {
      story: 'a number that the spreadsheet has rounded',
      row: { 'NHS Number': '9.99E+09' },
      column: 'NHS Number',
      what: /rounded/,
      next: /as text/,
    },
    {
      story: 'a day that never was',
      row: { 'Start Date': '31/02/1984' },
      column: 'Start Date',
      what: /no day that can be/,
      next: /mend/,
    },
    {
      story: 'the month before the day',
      row: { 'Start Date': '05/31/1984' },
      column: 'Start Date',
      what: /DD\/MM\/YYYY/,
      next: /mend/,
    },
    {
      story: 'a day still to come',
      row: { 'Start Date': '01-May-34' },
      column: 'Start Date',
      what: /still to come/,
      next: /twoDigitYearsFrom/,
    },
    {
      story: 'an end before the beginning',
      row: { 'End Date': '30/04/1984' },
      column: 'End Date',
      what: /to: is before from/,
      next: /mend/,
    },
    {
      story: 'a year alone',
      row: { 'Start Date': '1984' },
      column: 'Start Date',
      what: /a year, or a number of a day/,
      next: /write the day/,
    },
    {
      story: 'gone before the beginning',
      row: { 'Date Left Hospital': '30/04/1984' },
      column: 'Date Left Hospital',
      what: /before the detention of this row starts/,
      next: /mend/,
    },
    { story: 'no start', row: { 'Start Date': '' }, column: 'Start Date', what: /is empty/, next: /fill it/ },
  ])('$story', async ({ row, column, what, next }) => {
    const [refusal] = await refusalsOf({ ...PAPER, ...row });
    expect(refusal).toEqual({ line: 2, column, what: expect.stringMatching(what), next: expect.stringMatching(next) });
    expect(await stated()).toEqual([]);
  });

  test('every mistake of a row is named at once, no cell is repeated, and the other rows are loaded', async () => {
    const bad = { ...PAPER, 'NHS Number': 'Anna', Section: 'Beispiel', 'Start Date': 'May' };
    const { code, out } = await load(sheet(bad, PAPER));
    expect(code).toBe(1);
    expect(out.match(/^line 2, /gm)).toHaveLength(3);
    expect(out).toContain('1 accepted');
    expect(out).not.toMatch(/Anna|Beispiel/);
  });

  test('under a wrong mapping every row is counted, and the first thousand say why', async () => {
    const all = await loaded(sheet(...Array.from({ length: 1_200 }, () => ({ ...PAPER, Section: '??' }))));
    expect(all).toMatchObject({ rows: 1_200, refused: 1_200 });
    expect(all.refusals).toHaveLength(1_000);
  });

  test("the trust's own number says who it is where the mapping says so; the person is asked about", async () => {
    const row = { ...PAPER, 'NHS Number': '', 'Hospital Number': 'H123' };
    expect(await loaded(sheet(row))).toMatchObject({ accepted: 1, refused: 0 });
    expect(await stated()).toContainEqual(
      expect.objectContaining({ nhsNumber: null, localIds: [{ sender: 'RXT', authority: 'RXT', value: 'H123' }] }),
    );
    const { rows } = await database.pool.query("select entry -> 'questions' -> 0 ->> 'kind' as kind from entries");
    expect(rows).toEqual([{ kind: 'identity-unverified' }]);
    expect(await loaded(sheet(row))).toMatchObject({ accepted: 0, known: 1 });
  });

  test('refused rows go to a file of their own, which only its owner may read, and can be mended and loaded', async () => {
    const bad = { ...PAPER, Name: 'O"Neill, Ann', Section: '??' };
    const out = newFile('refused.csv');
    const { err } = await load(sheet(PAPER, bad), ['--refused', out]);
    expect(err).toMatch(/patient data/);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const [header, row] = readFileSync(out, 'utf8').split('\r\n');
    expect(header).toMatch(/^\uFEFFNHS Number,.*,Why refused$/);
    expect(row).toContain('"O""Neill, Ann"');
    const mended = written('mended.csv', readFileSync(out, 'utf8').replace('??', 'S3').replace('999 000 0018', THIRD));
    expect(await loaded(mended)).toMatchObject({ rows: 1, accepted: 1, refused: 0 });
    await expect(load(sheet(bad), ['--refused', out])).rejects.toMatchObject({
      code: 'usage',
      message: /there already/,
    });
  });
});

describe('whatever the spreadsheet program made of it', () => {
  const people = [
    PAPER,
    { ...PAPER, 'NHS Number': OTHER, Name: 'Zoë Müller; née O’Brien', Section: 'S37 hospital order' },
  ];

  test.each([
    { story: 'commas, UTF-8 with its mark', bytes: Buffer.from(`\uFEFF${papers(people)}`) },
    { story: 'semicolons, windows-1252', bytes: iconv.encode(papers(people, ';'), 'windows-1252') },
    { story: 'tabs', bytes: Buffer.from(papers(people, '\t')) },
    {
      story: 'bare line feeds and empty lines',
      bytes: Buffer.from(`${papers(people).replaceAll('\r\n', '\n\n')}\n\n,,,\n`),
    },
  ])('$story', async ({ bytes }) => {
    const refused = newFile('refused.csv');
    expect(await loaded(written('people.csv', bytes), ['--refused', refused])).toMatchObject({ rows: 2, accepted: 2 });
    expect((await entryOf(OTHER))?.episodes[0]?.qualifying[0]?.basis).toBe('s37');
  });

  test.each([
    { story: 'ISO', day: '1984-05-01' },
    { story: 'with the time of midnight', day: '01/05/1984 00:00:00' },
    { story: 'two digits, by the rule of the mapping', day: '1-May-84' },
    { story: "a spreadsheet's own count of days", day: '30803' },
  ])('a day as $story', async ({ day }) => {
    await load(sheet({ ...PAPER, 'Start Date': day }));
    expect((await entryOf(PERSON))?.episodes[0]?.qualifying[0]?.from).toBe('1984-05-01');
  });

  test.each([
    { story: 'a workbook', bytes: Buffer.from([0x50, 0x4b, 3, 4, 20, 0]), says: /\.xlsx.*CSV UTF-8/ },
    { story: 'an old workbook', bytes: Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 1]), says: /\.xls\).*CSV UTF-8/ },
    { story: 'UTF-16', bytes: Buffer.from(`\uFEFF${papers([PAPER])}`, 'utf16le'), says: /UTF-16.*CSV UTF-8/ },
    { story: 'columns of other names', bytes: Buffer.from('A,B\r\n1,2'), says: /no column is named "NHS Number"/ },
    {
      story: 'a quotation mark that is never closed',
      bytes: Buffer.from(`${papers([PAPER])}\r\n"open`),
      says: /from line 3 on/,
    },
  ])('$story is told in one line', async ({ bytes, says }) => {
    await expect(load(written('odd.csv', bytes))).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(says),
    });
  });

  test('a row with a cell too many is refused instead of read askew', async () => {
    const file = written('wide.csv', `${papers([PAPER])},one,more`);
    expect((await loaded(file)).refusals).toMatchObject(
      [{ line: 2, column: null, what: /more cells/ }].map((r) => ({ ...r, what: expect.stringMatching(r.what) })),
    );
  });
});

describe("a council's old register", () => {
  const header =
    'NHS No,Section,Sectioned On,Section Ended,Discharged,Accepted On,Health Body,Plan Agreed,Lead,Needs,Next Review,Last Review,Attended,Review Outcome,Weekly Charge,Charged From,Charged To,Charged For,Died,Death Confirmed';
  const title = 'Section 117 register\r\n\r\n';

  test('titles above the header, plans, reviews and charges', async () => {
    const row = `${PERSON},37/41,3/4/98,5/6/99,5/6/99,10/6/99,bsol,1/7/2020,P. Muster,supported living; day centre,1/7/2030,1/7/2025,"person, council",continue,"£1,120.50",1/4/2021,,residential care,,`;
    const file = written('register.csv', `${title}${header}\r\n${row}\r\n`);
    expect(await loaded(file, [], COUNCIL)).toMatchObject({ rows: 1, accepted: 1, refused: 0, facts: 7 });
    const facts = await stated();
    expect(facts).toContainEqual(expect.objectContaining({ kind: 'charge', amountPerWeek: '1120.50', to: null }));
    expect(facts).toContainEqual(
      expect.objectContaining({
        kind: 'plan',
        lead: { name: 'P. Muster', role: 'lead professional' },
        needs: [
          { text: 'supported living', services: [] },
          { text: 'day centre', services: [] },
        ],
        reviewDue: '2030-07-01',
      }),
    );
    expect(facts).toContainEqual(expect.objectContaining({ kind: 'review', attended: ['person', 'council'] }));
    expect(await entryOf(PERSON)).toMatchObject({
      status: 'active',
      council: { standing: 'agreed' },
      icb: { code: 'QHL' },
    });
  });

  test('a death before the detention is refused', async () => {
    const row = `${PERSON},37/41,3/4/98,5/6/99,,10/6/99,,,,,,,,,,,,,2/4/98,yes`;
    const { refusals } = await loaded(written('register.csv', `${title}${header}\r\n${row}\r\n`), [], COUNCIL);
    expect(refusals).toMatchObject([{ line: 4, column: 'Died', what: expect.stringMatching(/before the detention/) }]);
  });

  test('a line of a refusal is the line of the file', async () => {
    const file = written('register.csv', `${title}${header}\r\n${PERSON},99,3/4/98,,,10/6/99\r\n`);
    expect((await loaded(file, [], COUNCIL)).refusals).toMatchObject([{ line: 4, column: 'Section' }]);
  });
});

describe('how sure a sheet is of a detention', () => {
  test('a column that says it in words of its own refuses the row until a list says what they mean', async () => {
    const text = readFileSync(OFFICE, 'utf8').replace('{ value: papers-seen }', '{ column: Name }');
    const mapping = written('mapping.yaml', text);
    expect((await loaded(sheet({ ...PAPER, Name: 'sure' }), [], mapping)).refusals).toMatchObject([
      { column: 'Name', what: 'is none of papers-seen, record-seen, feed-stated, inferred, reported' },
    ]);
    expect(await loaded(sheet({ ...PAPER, Name: 'reported' }), [], mapping)).toMatchObject({ accepted: 1 });
  });
});

describe('interrupted', () => {
  test('what was committed counts; started again it goes on without doubling', async () => {
    const numbers = [PERSON, OTHER, THIRD, '9990000042'];
    const rows = Array.from(
      { length: 1_200 },
      (_, i): Paper => ({
        ...PAPER,
        'NHS Number': numbers[i % 4] ?? '',
        'Start Date': `${String(1 + (i % 28)).padStart(2, '0')}/${String(1 + (Math.floor(i / 28) % 12)).padStart(2, '0')}/${1960 + Math.floor(i / 336)}`,
        'End Date': '',
        'Date Left Hospital': '',
        'Council Before Detention': '',
      }),
    );
    const broken = written('broken.csv', `${papers(rows)}\r\n"never closed`);
    await expect(load(broken)).rejects.toMatchObject({ code: 'usage' });
    const before = (await stated()).length;
    expect(before).toBeGreaterThanOrEqual(1_000);
    expect(await loaded(written('whole.csv', papers(rows)))).toMatchObject({ rows: 1_200, facts: 1_200 - before });
    expect(await stated()).toHaveLength(1_200);
  });
});
