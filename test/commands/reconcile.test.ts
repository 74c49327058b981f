import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { reconcileCommand } from '../../src/commands/reconcile.js';
import { registerCommand } from '../../src/commands/register.js';
import { reconcile } from '../../src/flow/reconcile.js';
import type { Judged } from '../../src/flow/reconcile-person.js';
import type { RegisterRows } from '../../src/flow/register-rows.js';
import { statedFact } from '../../src/interpret/stated.js';
import { nhsNumber } from '../../src/invented.js';
import type { RegisterEntry } from '../../src/register/register-comparison.js';
import { siteFromObject } from '../../src/site.js';
import { tablesFor } from '../../src/tables.js';
import { homeOf, SECTION_3 } from '../scenarios/adt.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { quiet } from '../support/quiet.js';
import { hear } from './service.js';
import { contextOf, run, tables } from './terminal.js';

const BIRMINGHAM = 'E08000025';
const SOLIHULL = 'E08000029';
const ON = '2026-11-21';

let database: TestDatabase;
let folder: string;
let count = 0;

/** Of everybody who is in the register of the tests, one after another. */
const somebody = (): string => {
  count += 1;
  return nhsNumber(count);
};

type Row = Partial<Record<'number' | 'status' | 'from' | 'to' | 'council' | 'icb' | 'case' | 'born', string>>;

const HEADER = 'NHS number,Status,From,To,Council,ICB,Case number,Date of birth';
const lineOf = ({
  number = '',
  status = 'active',
  from = '',
  to = '',
  council = '',
  icb = '',
  born = '',
  ...row
}: Row) => [number, status, from, to, council, icb, row.case ?? '', born].join(',');

async function reconciled(rows: readonly Row[], ...more: string[]) {
  const file = join(folder, 'register.csv');
  await writeFile(file, [HEADER, ...rows.map(lineOf)].join('\n'));
  const args = ['--council', BIRMINGHAM, '--from', file, '--on', ON, '--json', ...more];
  const { code, out } = await run(reconcileCommand, args, contextOf(database));
  return { code, ...JSON.parse(out) };
}

const questions = async (nhsNumber: string): Promise<string[]> => {
  const { out } = await run(registerCommand, [nhsNumber, '--json'], contextOf(database));
  return JSON.parse(out).questions.map(({ kind, text }: { kind: string; text: string }) => `${kind}: ${text}`);
};

const confirmEverything = () =>
  database.pool.query("update deliveries set state = 'confirmed', settled_at = now() where state = 'due'");
const due = async (): Promise<string[]> =>
  (
    await database.pool.query<{ number: string }>(
      `select e.nhs_number as number
         from deliveries d
         join entries e on e.person_key = d.person_key
        where d.state = 'due'
        order by 1`,
    )
  ).rows.map(({ number }) => number);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aftercare-reconcile-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.drop());

describe("a council's register beside this one", () => {
  test('where both say the same nothing differs, and nothing is asked or sent', async () => {
    const person = somebody();
    await hear([homeOf(person)], database);
    await confirmEverything();
    const same = await reconciled(
      [{ number: person, from: '2026-03-01', council: '406', born: '1980-01-02' }],
      '--apply',
    );
    expect(same).toMatchObject({ code: 0, people: [], counts: { rows: 1, same: 1, differing: 0, oldCodes: 1 } });
    expect(await due()).toEqual([]);
    expect(await questions(person)).toEqual([]);
  });

  test('who is missing there is sent again, whatever was confirmed once; without --apply nothing is', async () => {
    const [there, missing] = [somebody(), somebody()];
    await hear([homeOf(there), homeOf(missing)], database);
    await confirmEverything();
    const looked = await reconciled([{ number: there }]);
    expect(looked).toMatchObject({
      code: 1,
      applied: false,
      people: [
        {
          nhsNumber: missing,
          differences: [{ kind: 'missing-there', here: 'active', there: 'none' }],
          sentAgain: true,
          asked: false,
        },
      ],
      counts: { same: 1, differing: 1, sendAgain: 1, asked: 0, kinds: { 'missing-there': 1, 'missing-here': 0 } },
    });
    expect(await due()).toEqual([]);
    await reconciled([{ number: there }], '--apply');
    expect(await due()).toEqual([missing]);
    expect(await questions(missing)).toEqual([]);
  });

  test('who is there and not known here is asked about, and nothing is said of a duty', async () => {
    const stranger = somebody();
    const found = await reconciled([{ number: stranger, from: '1998-05-01', case: 'C1' }], '--apply');
    expect(found).toMatchObject({
      code: 1,
      people: [
        { nhsNumber: stranger, differences: [{ kind: 'missing-here', there: 'active', caseId: 'C1' }], asked: true },
      ],
    });
    expect(await questions(stranger)).toEqual([
      expect.stringMatching(/^registers-differ: Status: active in the register of E08000025/),
    ]);
  });

  test('a status, a day or a council that differs is asked; nothing ends, and nobody is moved', async () => {
    const [ended, earlier, elsewhere] = [somebody(), somebody(), somebody()];
    await hear([homeOf(ended), homeOf(earlier), homeOf(elsewhere)], database);
    await confirmEverything();
    const found = await reconciled(
      [
        { number: ended, status: 'closed', to: '2026-06-01' },
        { number: earlier, from: '2026-02-20' },
        { number: elsewhere, council: SOLIHULL },
      ],
      '--apply',
    );
    expect(
      found.people.map(({ nhsNumber, differences, asked, sentAgain }: never) => [
        nhsNumber,
        differences,
        asked,
        sentAgain,
      ]),
    ).toEqual(
      expect.arrayContaining([
        [ended, [expect.objectContaining({ kind: 'status-differs', here: 'active', there: 'ended' })], true, false],
        [
          earlier,
          [expect.objectContaining({ kind: 'dates-differ', here: '2026-03-01', there: '2026-02-20' })],
          true,
          false,
        ],
        [
          elsewhere,
          [expect.objectContaining({ kind: 'body-differs', here: BIRMINGHAM, there: SOLIHULL })],
          true,
          false,
        ],
      ]),
    );
    for (const person of [ended, earlier, elsewhere]) {
      expect(await questions(person)).toEqual([expect.stringMatching(/^registers-differ/)]);
      const { out } = await run(registerCommand, [person, '--json'], contextOf(database));
      expect(JSON.parse(out)).toMatchObject({ status: 'active', council: { code: BIRMINGHAM } });
    }
    expect(await due()).toEqual([]);
  });

  test('what was asked is asked no more once their register agrees, and twice changes nothing', async () => {
    const person = somebody();
    await hear([homeOf(person)], database);
    await confirmEverything();
    await reconciled([{ number: person, status: 'ended' }], '--apply', '--on', '2026-11-19');
    const first = await questions(person);
    expect(first).toHaveLength(1);
    await reconciled([{ number: person, status: 'ended' }], '--apply', '--on', '2026-11-19');
    expect(await questions(person)).toEqual(first);
    await reconciled([{ number: person }], '--apply', '--on', '2026-11-20');
    expect(await questions(person)).toEqual([]);
  });

  test('one person twice, another day of birth, and a number that a merge has retired', async () => {
    const [twice, born, old, kept] = [somebody(), somebody(), somebody(), somebody()];
    await hear([homeOf(twice), homeOf(born), homeOf(old), homeOf(kept)], database);
    await hear(
      [
        {
          trigger: 'A40',
          sentAt: '20260401100000',
          nhsNumber: kept,
          mrn: `L${kept}`,
          visit: `V${kept}`,
          mergedAway: { nhsNumber: old, mrn: `L${old}` },
        },
      ],
      database,
    );
    await confirmEverything();
    const { people } = await reconciled(
      [
        { number: twice, case: 'C1' },
        { number: twice, case: 'C2' },
        { number: born, born: '1980-02-01' },
        { number: old },
      ],
      '--apply',
    );
    const of = (number: string) => people.find(({ nhsNumber }: { nhsNumber: string }) => nhsNumber === number);
    expect(of(twice)).toMatchObject({
      differences: [
        { kind: 'twice', caseId: 'C1' },
        { kind: 'twice', caseId: 'C2' },
      ],
      asked: true,
    });
    expect(of(born)).toMatchObject({
      differences: [{ kind: 'identity-conflict', here: '1980-01-02', there: '1980-02-01' }],
      asked: true,
    });
    expect(of(kept)).toMatchObject({
      differences: [{ kind: 'identity-conflict', there: `NHS number ${old}` }],
      sentAgain: true,
      asked: false,
    });
    expect(await questions(twice)).toEqual([
      expect.stringMatching(/Entries: C[12] in .*, where this one has one entry; C[12] in/),
    ]);
    expect(await questions(born)).toEqual([
      expect.stringMatching(/Born: 1980-02-01 in .*, where this one has 1980-01-02/),
    ]);
    expect(await due()).toContain(kept);
  });

  test('a merge that comes while a long register is read counts: whoever it joined is one person, and lacks nothing there', async () => {
    const [old, kept] = [somebody(), somebody()];
    await hear([homeOf(old), homeOf(kept)], database);
    const statedBy = { organisation: BIRMINGHAM, name: 'Its register', role: 'read' };
    const said = { kind: 'register-entry', nhsNumber: old, body: 'council', on: ON, status: 'active', statedBy };
    const fact = statedFact(said, tables.mappings.codes);
    if (typeof fact === 'string') throw new Error(fact);
    const register: RegisterRows = {
      ...{ source: 'fhir', statedBy },
      async *pages() {
        const row = { nhsNumber: old, recordVersion: null, said: fact as RegisterEntry, resource: null };
        yield { rows: [row], refused: 0, next: 'page 2' };
        const at = { nhsNumber: kept, mrn: `L${kept}`, visit: `V${kept}` };
        const mergedAway = { nhsNumber: old, mrn: `L${old}` };
        await hear([{ trigger: 'A40', sentAt: '20260401100000', ...at, mergedAway }], database);
        yield { rows: [], refused: 0, next: null };
      },
    };
    const differing: Judged[] = [];
    await reconcile(
      {
        ...{ body: { side: 'council', code: BIRMINGHAM, keys: [BIRMINGHAM], asOf: ON }, register, apply: false },
        ...{ by: 'an.engineer', role: 'engineer' as const, stop: new AbortController().signal, progress: () => {} },
        differing: async (people) => void differing.push(...people),
      },
      { pool: database.pool, ...tables, now: () => new Date(), today: () => ON, log: quiet },
    );
    expect(differing).toMatchObject([{ nhsNumber: kept, differences: [{ kind: 'identity-conflict' }] }]);
  });

  test('broken off while it compares, it reads nothing of a server again', async () => {
    await hear([homeOf(somebody())], database);
    let read = 0;
    const register: RegisterRows = {
      ...{ source: 'fhir', statedBy: { organisation: BIRMINGHAM, name: 'Its register', role: 'read' } },
      async *pages() {
        read += 1;
        yield { rows: [], refused: 2, next: null };
      },
    };
    const compared = (differing: () => Promise<void>) =>
      reconcile(
        {
          ...{ body: { side: 'council', code: BIRMINGHAM, keys: [BIRMINGHAM], asOf: ON }, register, apply: false },
          ...{
            by: 'an.engineer',
            role: 'engineer' as const,
            stop: new AbortController().signal,
            progress: () => {},
            differing,
          },
        },
        { pool: database.pool, ...tables, now: () => new Date(), today: () => ON, log: quiet },
      );
    await expect(compared(() => Promise.reject(new Error('broken off')))).rejects.toThrow('broken off');
    expect(await compared(async () => {})).toMatchObject({ refused: 2, differing: 1 });
    expect(read).toBe(1);
    await compared(async () => {});
    expect(read).toBe(2);
  });

  test('somebody who is eighteen since is looked for as the adults’ system was told, and the other one is no matter', async () => {
    const site = siteFromObject({
      name: 'Test partnership',
      senders: [{ ods: 'RXT', name: 'A trust', feed: 'zmh' }],
      councils: [
        {
          gss: BIRMINGHAM,
          destination: { kind: 'fhir', url: 'http://127.0.0.1:1/fhir' },
          childrensDestination: { kind: 'fhir', url: 'http://127.0.0.1:1/children' },
        },
      ],
      icbs: [{ ods: 'QHL' }],
    });
    if (site.kind === 'problems') throw new Error(site.problems.join());
    const given = tablesFor(site.site);
    const grown = somebody();
    // Told twice as a child, and once since: the newest version of all is the one that closes it there.
    await hear([homeOf(grown, { birthDate: '20080615' })], database, given, '2026-03-02');
    await hear(
      [homeOf(grown, { birthDate: '20080615', sentAt: '20260305100500', family: 'Changed' })],
      database,
      given,
      '2026-03-06',
    );
    await hear([homeOf(grown, { birthDate: '20080615', sentAt: '20260701100500', family: 'Grown' })], database, given);
    await confirmEverything();
    const file = join(folder, 'empty.csv');
    await writeFile(file, HEADER);
    const args = ['--council', BIRMINGHAM, '--from', file, '--on', ON, '--apply', '--json'];
    const { out } = await run(reconcileCommand, args, contextOf(database, { tables: () => given }));
    expect(JSON.parse(out).people).toMatchObject([
      { nhsNumber: grown, differences: [{ kind: 'missing-there' }], sentAgain: true },
    ]);
    const { rows } = await database.pool.query("select body from deliveries where state = 'due'");
    expect(rows).toEqual([{ body: BIRMINGHAM }]);
    await expect(
      run(reconcileCommand, ['--council', BIRMINGHAM], contextOf(database, { tables: () => given })),
    ).rejects.toThrow(/a system of its own for children/);
  });

  test('what a register says of people is kept no longer than it is compared; who had something sent again is in the audit', async () => {
    const person = somebody();
    await hear([homeOf(person)], database);
    await reconciled([{ number: somebody() }], '--apply');
    expect((await database.pool.query('select from register_rows')).rowCount).toBe(0);
    const { rows } = await database.pool.query("select who, subject from audit where action = 'register-compared'");
    expect(rows).toEqual([{ who: 'an.engineer', subject: `body:${BIRMINGHAM}` }]);
  });

  test('rows that say nothing certain of anybody are named by line, and never by what they hold', async () => {
    const { code, refusals, counts } = await reconciled([
      { number: '9990000019' },
      { number: '' },
      { number: somebody(), status: 'maybe' },
    ]);
    expect({ code, refused: counts.refused }).toEqual({ code: 1, refused: 3 });
    expect(refusals.map(({ line }: { line: number }) => line)).toEqual([2, 3, 4]);
    expect(JSON.stringify(refusals)).not.toMatch(/9990000019|maybe/);
  });

  test('a body without a register gets one, which is the same as this one when it is read again', async () => {
    const [owed, inside, gone] = [somebody(), somebody(), somebody()];
    await hear(
      [
        homeOf(owed, { family: '=1+1' }),
        homeOf(inside, { trigger: 'A01', left: '', sentAt: '20260110100000' }),
        homeOf(gone, { method: '4', destination: '79', deathIndicator: 'Y', diedOn: '20260301' }),
        homeOf(somebody(), { periods: [{ ...SECTION_3, id: 'P9', council: SOLIHULL }] }),
      ],
      database,
    );
    const out = join(folder, 'first.csv');
    const args = ['--council', BIRMINGHAM, '--first-register', out];
    expect(await run(reconcileCommand, [...args, '--json'], contextOf(database))).toMatchObject({
      code: 0,
      out: JSON.stringify({ council: BIRMINGHAM, people: 3, withoutNumber: 0 }),
    });
    const text = await readFile(out, 'utf8');
    expect(text.split('\r\n')).toHaveLength(5);
    expect(text).toContain("'=1+1");
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    await expect(run(reconcileCommand, args, contextOf(database))).rejects.toThrow(/is there already/);
    const again = ['--council', BIRMINGHAM, '--from', out, '--on', ON, '--json'];
    const { code, out: said } = await run(reconcileCommand, again, contextOf(database));
    expect({ code, ...JSON.parse(said) }).toMatchObject({
      code: 0,
      people: [],
      counts: { same: 3, differing: 0, refused: 0 },
    });
    const { rows } = await database.pool.query(
      "select count(*)::int as count from audit where reason = 'first-register'",
    );
    expect(rows).toEqual([{ count: 3 }]);
  });
});
