import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { chargesCommand } from '../../src/commands/charges.js';
import type { Command } from '../../src/commands/command.js';
import { loadCommand } from '../../src/commands/load.js';
import { registerCommand } from '../../src/commands/register.js';
import { MAPPINGS } from '../../src/tables.js';
import { hear, work } from '../commands/service.js';
import { contextOf, run, tables } from '../commands/terminal.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { stateFacts } from '../support/service.js';
import { HOME, PERSON, SECTION_3 } from './adt.js';
import type { Stated } from './tell.js';

/** The ombudsmen's decisions with the largest sums, from start to finish: what the register shows, to whom, and when. */
let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aftercare-ombudsman-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.drop());

const COUNCIL = 'E08000025';
const ENGLAND = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland';

async function answered(command: Command, ...args: string[]) {
  const { code, out } = await run(command, [...args, '--json'], contextOf(database));
  return { code, ...JSON.parse(out) };
}

const person = (...args: string[]) => answered(registerCommand, PERSON, ...args);
const kinds = ({ questions }: { questions: { kind: string }[] }): string[] => questions.map(({ kind }) => kind);

async function state(...facts: Stated[]): Promise<void> {
  await stateFacts(
    database.pool,
    tables,
    facts.map((fact) => ({ nhsNumber: PERSON, ...fact })),
  );
  await work(database);
}

async function sheet(name: string, lines: readonly string[]): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, lines.join('\n'));
  return file;
}

const finance = (...rows: string[]) =>
  sheet('finance.csv', ['NHS No,Start,End,Weekly amount,Service,Funding,Type', ...rows]);
const WITH_FINANCE = ['--with', join(MAPPINGS, 'load', 'finance.yaml')];

/** What the council was told, newest last. */
async function told(): Promise<{ flag: string | undefined; late: string | undefined; start: string | null }[]> {
  const { rows } = await database.pool.query<{ content: { publication: { episodes: Episode[] } } }>(
    'select content from publications where body = $1 order by id',
    [COUNCIL],
  );
  return rows.map(({ content }) => {
    const episode = content.publication.episodes.at(-1);
    return { flag: episode?.flag?.status, late: episode?.toldLateOn, start: episode?.start ?? null };
  });
}
type Episode = { flag: { status: string } | null; toldLateOn?: string; start: string | null };

describe('Kent 23 012 780: a section 3 of the 1980s elsewhere, charged from April 2002, noticed in 2021; £114,721.36 repaid', () => {
  const RENT = `${PERSON},01/04/2002,31/03/2021,115.71,Residential care,Care Act,`;

  test('the extract alone shows nothing, and says that this is no answer; one line of an old list, and it is all there', async () => {
    const extract = await finance(RENT);
    const before = await answered(chargesCommand, '--from', extract, ...WITH_FINANCE, '--apply');
    expect(before).toMatchObject({ code: 0, people: [], extract: { charges: 1, beside: 1 } });
    expect(await person()).toMatchObject({ status: 'not-known', episodes: [] });

    const papers = await sheet('papers.csv', [
      'NHS Number,Hospital Number,Section,Start Date,End Date,Date Left Hospital,Council Before Detention',
      `${PERSON},,S3,01/05/1984,01/09/1984,01/09/1984,Birmingham`,
    ]);
    await answered(loadCommand, papers, '--with', join(MAPPINGS, 'load', 'mha-office.yaml'));
    await work(database);
    const now = await person();
    expect(now).toMatchObject({ status: 'active', episodes: [{ status: 'active', from: '1984-09-01' }] });
    expect(kinds(now)).toContain('charges-unchecked');
    expect((await told()).at(-1)).toMatchObject({ flag: 'active', start: '1984-09-01' });

    const { people, sums } = await answered(chargesCommand);
    expect(people).toMatchObject([
      { nhsNumber: PERSON, charged: [{ kinds: ['charged-while-owed', 'recorded-as-care-act'], from: '2002-04-01' }] },
    ]);
    // Nineteen years, five of them leap years, at a seventh of the week a day.
    expect(sums.pence).toBe(Math.round((11_571 * 6_940) / 7));
  });

  test('asked what was known on any day before, it says that nothing was; and it never says that nobody was entitled', async () => {
    await state(
      {
        kind: 'detention',
        section: { system: ENGLAND, code: '03' },
        from: '1984-05-01',
        to: '1984-09-01',
        certainty: 'papers-seen',
      },
      { kind: 'left-hospital', on: '1984-09-01' },
    );
    expect(await person('--as-of', '2002-04-01')).toMatchObject({ status: 'active' });
    const then = await run(registerCommand, [PERSON, '--known-at', '2020-01-01', '--json'], contextOf(database));
    expect(then.out).not.toMatch(/not entitled|not eligible/i);
    expect(then.out).not.toContain('1984');
  });
});

describe('Lewisham 18 010 781: rent of £14,000 paid by somebody on section 3, on leave, then on a community treatment order', () => {
  const CTO = {
    ...HOME,
    periods: [
      { ...SECTION_3, to: '' },
      { ...SECTION_3, to: '', community: 'CTO' as const, communityFrom: '20260301' },
    ],
  };

  test('owed from the day of leaving on the order; the first week of rent is asked about, and no decision can end it meanwhile', async () => {
    await hear([CTO], database);
    expect(await person()).toMatchObject({ status: 'active', concurrent: ['cto'] });
    await state({
      kind: 'plan',
      agreedOn: '2026-03-02',
      needs: [],
      accommodation: { meetsNeed: true, because: 'supported living for the disorder' },
    });
    const extract = await finance(`${PERSON},01/03/2026,,260.00,Supported living rent,Care Act,Accommodation`);
    const found = await answered(chargesCommand, '--from', extract, ...WITH_FINANCE, '--apply');
    expect(found.people[0].charged[0].kinds).toEqual([
      'charged-while-owed',
      'recorded-as-care-act',
      'accommodation-in-plan',
    ]);
    const now = await person();
    expect(kinds(now)).toContain('charges-unchecked');
    const decision = {
      kind: 'aftercare-decision',
      decision: 'no-longer-needed',
      decidedOn: '2026-06-01',
      reasons: ['needs-reassessed-none-remaining'],
      personInvolved: true,
    };
    await state(
      { ...decision, body: 'council', statedBy: { organisation: COUNCIL, name: 'A', role: 'lead' } },
      { ...decision, body: 'icb', statedBy: { organisation: 'QHL', name: 'B', role: 'lead' } },
    );
    expect(await person()).toMatchObject({ status: 'active' });
  });

  test('what was given back is settled, and the next charge of the same kind is asked about again', async () => {
    await hear([CTO], database);
    const first = await finance(`${PERSON},01/03/2026,31/03/2026,260.00,Supported living rent,Care Act,`);
    await answered(chargesCommand, '--from', first, ...WITH_FINANCE, '--apply');
    const [question] = (await person()).questions.filter(({ kind }: { kind: string }) => kind === 'charges-unchecked');
    await state({ kind: 'answer', question: question.id, option: 'given-back', because: 'credited with interest' });
    expect(await answered(chargesCommand)).toMatchObject({ code: 0, sums: { pence: 0 } });
    const next = await finance(`${PERSON},01/04/2026,30/04/2026,260.00,Supported living rent,Care Act,`);
    await answered(chargesCommand, '--from', next, ...WITH_FINANCE, '--apply');
    expect(await answered(chargesCommand)).toMatchObject({ code: 1, sums: { charges: 1 } });
  });
});

test('Milton Keynes (2019) and every discharge that nobody told: the council hears of it with the message, and before it where it is known', async () => {
  await hear([{ ...HOME, trigger: 'A01', sentAt: '20260105100000', left: '' }], database);
  expect((await told()).map(({ flag }) => flag)).toEqual([undefined]);
  await hear([HOME], database);
  expect((await told()).at(-1)).toEqual({ flag: 'active', late: undefined, start: '2026-03-01' });
});

test('told late: the council hears why, and is asked what it has charged since, though nobody has recorded a charge', async () => {
  await hear(
    [
      {
        ...HOME,
        sentAt: '20211101100500',
        admitted: '20020101080000',
        left: '20020301100000',
        periods: [{ ...SECTION_3, from: '20020101', to: '20020220' }],
      },
    ],
    database,
  );
  expect((await told()).at(-1)).toEqual({ flag: 'active', late: '2021-11-01', start: '2002-03-01' });
  const { people, sums } = await answered(chargesCommand);
  expect(people).toMatchObject([
    { nhsNumber: PERSON, charged: [], unchecked: [expect.stringContaining('since 2002-03-01')] },
  ]);
  expect(sums).toMatchObject({ people: 1, charges: 0, pence: 0 });
});
