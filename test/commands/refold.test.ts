import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { rebuildCommand } from '../../src/commands/rebuild.js';
import { refoldCommand } from '../../src/commands/refold.js';
import { loadDirectory } from '../../src/organisations/load.js';
import { siteFromObject } from '../../src/site.js';
import { MAPPINGS, type Tables } from '../../src/tables.js';
import { type Adt, HOME, OTHER, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { hear } from './service.js';
import { contextOf, run, tables } from './terminal.js';

const BIRMINGHAM = 'E08000025';
const THIRD = '9990000034';

let database: TestDatabase;
beforeEach(async () => {
  await database?.drop();
  database = await testDatabase();
});
afterAll(() => database.drop());

/** The same partnership with another policy. */
function withPolicy(policy: Record<string, unknown>, icb: Record<string, unknown> = {}): Tables {
  const read = siteFromObject({
    name: 'Test partnership',
    senders: [{ ods: 'RXT', name: 'A trust', feed: 'zmh' }],
    councils: [
      { gss: BIRMINGHAM, destination: { kind: 'fhir', url: 'http://127.0.0.1:1/fhir' } },
      { gss: 'E08000029' },
    ],
    icbs: [{ ods: 'QHL', ...icb }],
    partnerships: [{ council: BIRMINGHAM, icb: 'QHL', ...policy }],
  });
  if (read.kind === 'problems') throw new Error(read.problems.join('\n'));
  return { ...tables, site: read.site };
}

const rows = async (sql: string) => (await database.pool.query(sql)).rows;
const everything = async () => ({
  nodes: await rows('select id, node, person_key, due_since from nodes order by id'),
  entries: await rows('select person_key, entry, folded_with from entries order by person_key'),
  keys: await rows('select key, anchor, merged_into from person_keys order by key'),
  publications: await rows('select id, record_version, body, digest from publications order by id'),
  deliveries: await rows('select publication_id, state from deliveries order by publication_id'),
});

const refold = async (args: readonly string[], given: Tables = tables) =>
  run(refoldCommand, args, contextOf(database, { tables: () => given }));
const refolded = async (args: readonly string[], given: Tables = tables) => {
  const { code, out } = await refold([...args, '--json'], given);
  return { code, ...JSON.parse(out) };
};

const inHospital: Adt = {
  ...HOME,
  nhsNumber: OTHER,
  mrn: 'L2',
  visit: 'V2',
  trigger: 'A01',
  sentAt: '20260101090000',
  left: undefined,
  periods: [{ ...SECTION_3, id: 'P2' }],
};
const another: Adt = { ...HOME, nhsNumber: THIRD, mrn: 'L3', visit: 'V3', periods: [{ ...SECTION_3, id: 'P3' }] };

describe('a partnership agrees otherwise', () => {
  const legalBasis = withPolicy({ sendLegalBasis: true });

  test('with the same policy, however it is written, nobody is folded by another', async () => {
    await hear([HOME], database);
    const { code, out } = await refold([], withPolicy({ reviewMonths: 12 }));
    expect({ code, out }).toEqual({
      code: 0,
      out: "Everybody is folded by today's rules, policies and organisations.",
    });
  });

  test('first the difference: what the council would be sent, and nothing has changed', async () => {
    await hear([HOME, another], database);
    const before = await everything();
    const shown = await refolded([], legalBasis);
    expect(shown).toMatchObject({
      code: 1,
      applied: false,
      others: [{ parts: ['policies'], count: 2 }],
      compared: 2,
      changed: 2,
      left: 2,
      fields: {},
      told: [{ to: BIRMINGHAM, versions: 2, says: { 'content alone': 2 } }],
    });
    expect(shown.people.map(({ nhsNumber }: { nhsNumber: string }) => nhsNumber).sort()).toEqual([PERSON, THIRD]);
    expect(await everything()).toEqual(before);
  });

  test('with --apply the same difference is made; again, nobody is left and nothing is sent', async () => {
    await hear([HOME, another], database);
    const { code: _, applied: __, left: ___, ...shown } = await refolded([], legalBasis);
    const { code, applied, left, ...done } = await refolded(['--apply'], legalBasis);
    expect({ code, applied, left }).toEqual({ code: 0, applied: true, left: 0 });
    expect(done).toEqual(shown);
    const after = await everything();
    expect(after.publications.map(({ record_version: version }) => version)).toEqual([1, 1, 2, 2]);
    expect(await refolded(['--apply'], legalBasis)).toMatchObject({ code: 0, others: [], people: [], told: [] });
    expect(await everything()).toEqual(after);
  });

  test('what was applied is what a rebuild finds', async () => {
    await hear([HOME, inHospital], database);
    const given = withPolicy({ tellProspective: false });
    await refold(['--apply'], given);
    const { code, out } = await run(rebuildCommand, [], contextOf(database, { tables: () => given }));
    expect({ code, out }).toEqual({ code: 0, out: 'The same: 2 persons, and nothing new to send.' });
  });

  test('an ICB that is given a destination would be told of everybody', async () => {
    await hear([HOME], database);
    const given = withPolicy({}, { destination: { kind: 'fhir', url: 'http://127.0.0.1:1/fhir' } });
    expect(await refolded([], given)).toMatchObject({
      code: 1,
      others: [{ parts: ['policies'], count: 1 }],
      told: [{ to: 'QHL', versions: 1, says: { 'Flag none → active': 1, 'CarePlan none → draft': 1 } }],
    });
  });

  test('whoever is heard of meanwhile is folded by the new policy at once', async () => {
    await hear([HOME, another], database);
    await hear([{ ...another, trigger: 'A08', sentAt: '20260401100000', family: 'Renamed' }], database, legalBasis);
    expect(await refolded([], legalBasis)).toMatchObject({ others: [{ count: 1 }], people: [{ nhsNumber: PERSON }] });
  });

  test('of whom something waits to be folded is left to the service, and says so', async () => {
    await hear([HOME, another], database);
    await database.pool.query(`update nodes set due_since = now() where node = 'nhs:${THIRD}'`);
    expect(await refolded([], legalBasis)).toMatchObject({ compared: 1, waiting: 1, people: [{ nhsNumber: PERSON }] });
    expect(await refolded(['--apply'], legalBasis)).toMatchObject({ compared: 2, waiting: 0, left: 0 });
  });
});

describe('a rule concludes otherwise', () => {
  /** As another rule had it: another council, another status, a question less. */
  const asBefore = (change: string, nhsNumber = PERSON) =>
    database.pool.query(
      `update entries
          set folded_with = 'an older rule', entry = entry || $2::jsonb
        where nhs_number = $1`,
      [nhsNumber, change],
    );

  test('who differs, in what, and why', async () => {
    await hear([HOME, another], database);
    await asBefore(
      '{"status": "prospective", "questions": [{"id": "q", "kind": "which-icb", "text": "?", "options": [], "facts": []}]}',
    );
    await asBefore('{"because": []}', THIRD);
    const { people, fields, closed, told } = await refolded([]);
    expect({ fields, closed, told }).toEqual({
      fields: { status: 1, questions: 1, reasons: 1 },
      closed: { 'which-icb': 1 },
      told: [],
    });
    const of = (number: string) => people.find(({ nhsNumber }: { nhsNumber: string }) => nhsNumber === number);
    expect(of(PERSON)).toMatchObject({
      fields: ['status', 'questions'],
      closed: ['which-icb'],
      sent: [],
    });
    expect(of(PERSON).changes).toContainEqual({ at: 'status', before: 'prospective', after: 'active' });
    expect(of(THIRD).fields).toEqual(['reasons']);
  });

  test('as a person reads it: nobody is named, and no look is recorded', async () => {
    await hear([HOME, another], database);
    await asBefore('{"status": "prospective"}');
    await asBefore('{"status": "prospective"}', THIRD);
    const { out, code } = await refold([]);
    expect(code).toBe(1);
    expect(out).toContain('2 persons folded with other rules, policies, organisations, program');
    expect(out).toContain('2 persons, such as one with status\n  status: "prospective" → "active"');
    expect(out).toContain(
      '2 persons folded again: 2 would change, 0 not.\nNothing was changed. With --apply it is done.',
    );
    for (const number of [PERSON, THIRD]) expect(out).not.toContain(number);
    expect(await rows('select from audit')).toEqual([]);
  });

  test('with --people everybody is named, and that they were shown is recorded', async () => {
    await hear([HOME], database);
    await asBefore('{"status": "prospective"}');
    const { out } = await refold(['--people']);
    expect(out).toContain(`person ${PERSON}\n  status: "prospective" → "active"`);
    expect(await rows('select action, reason from audit')).toEqual([{ action: 'person-listed', reason: 'refold' }]);
  });
});

describe('a council is succeeded by others', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aftercare-organisations-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('by an organisation table: whose council is another, and what each council is sent', async () => {
    await hear([HOME], database);
    const organisations = join(folder, 'organisations');
    cpSync(`${MAPPINGS}organisations`, organisations, { recursive: true });
    const bodies = join(organisations, 'bodies.csv');
    const birmingham = readFileSync(bodies, 'utf8').replace(/^(E08000025,.*,1974-04-01),,/m, '$1,2026-05-31,');
    writeFileSync(bodies, birmingham);
    appendFileSync(join(organisations, 'successions.csv'), '2026-06-01,E08000025,E08000029,merge,,practice\n');
    const given = { ...tables, directory: loadDirectory(organisations) };
    expect(await refolded([], given)).toMatchObject({
      others: [{ parts: ['organisations'], count: 1 }],
      people: [{ nhsNumber: PERSON, fields: expect.arrayContaining(['council', 'episodes']) }],
      told: [
        { to: BIRMINGHAM, versions: 1, says: { 'Flag active → inactive (responsibility-moved)': 1 } },
        { to: 'E08000029', versions: 1, says: { 'Flag none → active': 1 } },
      ],
    });
  });

  test('whoever was folded before it was noted by what counts as another', async () => {
    await hear([HOME], database);
    await database.pool.query("update entries set folded_with = ''");
    expect(await refolded(['--apply'])).toMatchObject({
      others: [{ parts: ['rules', 'policies', 'organisations', 'program'], count: 1 }],
      changed: 0,
      left: 0,
    });
  });
});

describe('used wrongly', () => {
  test.each([[['--rate', '0']], [['--rate', 'fast']], [['--most-due', '1.5']]])('%j is a mistake', async (args) => {
    await expect(refold(args)).rejects.toMatchObject({ code: 'usage' });
  });
});
