import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { rebuildCommand } from '../../src/commands/rebuild.js';
import { replayCommand } from '../../src/commands/replay.js';
import type { Mappings } from '../../src/interpret/mappings.js';
import { type Adt, adt, HOME, OTHER, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { mendedMappings, Q3_IS_SECTION_3, ZZ_IS_HOME } from './mended.js';
import { hear } from './service.js';
import { contextOf, run, tables } from './terminal.js';

let database: TestDatabase;
beforeEach(async () => {
  await database?.drop();
  database = await testDatabase();
});
afterAll(() => database.drop());

const today = (mappings: Mappings) => contextOf(database, { tables: () => ({ ...tables, mappings }) });
const mended = mendedMappings(ZZ_IS_HOME);
const unmapped: Adt = { ...HOME, destination: 'ZZ' };

const rows = async (sql: string) => (await database.pool.query(sql)).rows;
/** All that a replay could touch. */
const everything = async () => ({
  messages: await rows('select id, state, fault from messages order by id'),
  interpretations: await rows('select id, message_id, definition, outcome, facts from interpretations order by id'),
  nodes: await rows('select id, node, person_key, due_since from nodes order by id'),
  entries: await rows('select person_key, entry from entries order by person_key'),
  keys: await rows('select key, anchor, merged_into from person_keys order by key'),
  publications: await rows('select id, record_version, body, digest from publications order by id'),
  deliveries: await rows('select publication_id, state from deliveries order by publication_id'),
});
const replayed = async (args: readonly string[], mappings = mended) => {
  const { code, out } = await run(replayCommand, [...args, '--json'], today(mappings));
  return { code, ...JSON.parse(out) };
};

describe('a message that was parked for an unmapped code', () => {
  test('after the table is mended: first the difference, and nothing has changed', async () => {
    await hear([unmapped], database);
    const before = await everything();
    expect(before.entries).toEqual([]);

    const { code, ...shown } = await replayed(['--parked']);
    expect(code).toBe(1);
    expect(shown).toMatchObject({
      applied: false,
      read: 1,
      messages: [
        {
          before: { outcome: 'parked', fault: { code: 'code-unmapped' } },
          after: { outcome: 'interpreted', fault: null },
        },
      ],
      people: [
        {
          nhsNumber: PERSON,
          changes: [{ at: '', after: { status: 'active' } }],
          sent: [{ to: 'E08000025', recordVersion: 1 }],
        },
      ],
    });
    expect(await everything()).toEqual(before);
  });

  test('with --apply: the same difference, the person is active, and the council is to be told', async () => {
    await hear([unmapped], database);
    const { code: _, applied: __, ...shown } = await replayed(['--parked']);
    const { code, applied, ...done } = await replayed(['--parked', '--apply']);
    expect({ code, applied, done }).toEqual({ code: 0, applied: true, done: shown });
    expect(await rows('select nhs_number, status from entries')).toEqual([{ nhs_number: PERSON, status: 'active' }]);
    expect(await rows('select body, state from deliveries')).toEqual([{ body: 'E08000025', state: 'due' }]);
    expect(await rows('select outcome from interpretations order by id')).toEqual([
      { outcome: 'parked' },
      { outcome: 'interpreted' },
    ]);
    expect(await replayed(['--parked'])).toMatchObject({ code: 0, read: 0, messages: [], people: [] });
    expect(await replayed(['--sender', 'RXT'])).toMatchObject({ code: 0, read: 1, messages: [], people: [] });
  });

  test('what was applied is what a rebuild finds', async () => {
    await hear(
      [unmapped, { ...HOME, nhsNumber: OTHER, mrn: 'L2', visit: 'V2', periods: [{ ...SECTION_3, id: 'P2' }] }],
      database,
    );
    await replayed(['--parked', '--apply']);
    const { code, out } = await run(rebuildCommand, [], today(mended));
    expect({ code, out }).toEqual({ code: 0, out: 'The same: 2 persons, and nothing new to send.' });
  });

  test('as a person reads it', async () => {
    await hear([unmapped], database);
    const { out } = await run(replayCommand, ['1'], today(mended));
    expect(out).toContain('message 1, RXT A03 A03-20260301100500-9990000018-V1: parked → interpreted');
    expect(out).toContain('  + left-hospital 2026-03-01T10:00:00Z');
    expect(out).toContain(`person ${PERSON}\n  new in the register: active\n  E08000025 is sent version 1`);
    expect(out).toContain(
      '1 message read again: 1 would say something else, 1 entry would change, 1 new version to send.',
    );
  });
});

describe('people who are in the register already', () => {
  const later: Adt = {
    ...HOME,
    sentAt: '20260801100500',
    controlId: 'LATER',
    visit: 'V9',
    admitted: '20260601080000',
    left: '20260801100000',
  };

  test('what changes of them is shown field by field, and that it was shown is recorded', async () => {
    const again = {
      ...later,
      periods: [{ ...SECTION_3, id: 'P9', status: 'Q3', from: '20260601', to: '20260720', council: 'E08000029' }],
    };
    await hear([HOME, again], database);
    const mappings = mendedMappings(Q3_IS_SECTION_3);
    const { people } = await replayed(['--since', '2026-01-01'], mappings);
    expect(people).toMatchObject([
      {
        nhsNumber: PERSON,
        sent: [
          { to: 'E08000025', recordVersion: 2 },
          { to: 'E08000029', recordVersion: 1 },
        ],
      },
    ]);
    expect(people[0].changes).toContainEqual({ at: 'council.code', before: 'E08000025', after: 'E08000029' });
    expect(await rows('select action, reason from audit')).toEqual([{ action: 'person-listed', reason: 'replay' }]);
    await replayed(['--since', '2026-01-01', '--apply'], mappings);
    expect(await rows('select status, council from entries')).toEqual([{ status: 'active', council: 'E08000029' }]);
  });

  test('several messages of one person, and a merge that was parked, are one difference', async () => {
    const first = { ...unmapped, nhsNumber: OTHER, mrn: 'L2', visit: 'V2', periods: [{ ...SECTION_3, id: 'P2' }] };
    const merge: Adt = {
      ...later,
      trigger: 'A40',
      sentAt: '20260702090000',
      mergedAway: { nhsNumber: OTHER, mrn: 'L2' },
      periods: [{ ...SECTION_3, status: 'Q3', id: 'P9' }],
    };
    await hear(
      [
        unmapped,
        first,
        merge,
        { ...HOME, nhsNumber: '9990000034', mrn: 'L3', visit: 'V3', destination: 'ZZ', periods: [] },
      ],
      database,
    );
    expect(await rows("select id from messages where state = 'parked'")).toHaveLength(4);
    const mappings = mendedMappings({ ...ZZ_IS_HOME, ...Q3_IS_SECTION_3 });
    const { messages, people } = await replayed(['--parked'], mappings);
    expect(messages).toHaveLength(4);
    expect(people.map(({ nhsNumber }: { nhsNumber: string }) => nhsNumber).sort()).toEqual([PERSON, '9990000034']);
    const done = await replayed(['--parked', '--apply'], mappings);
    expect(done).toMatchObject({ messages, people });
    expect(await rows('select nhs_number from entries order by nhs_number')).toEqual([
      { nhs_number: PERSON },
      { nhs_number: '9990000034' },
    ]);
  });

  test('a definition that finds less takes back what it had found', async () => {
    await hear([{ ...HOME, destination: 'ZZ' }], database);
    await replayed(['--parked', '--apply']);
    const { people } = await replayed(['--sender', 'RXT', '--apply'], tables.mappings);
    expect(people).toMatchObject([{ nhsNumber: PERSON, changes: [{ at: '', before: { status: 'active' } }] }]);
    expect(people[0].changes[0].after).toBeUndefined();
    expect(await rows('select person_key from entries')).toEqual([]);
  });
});

describe('what is not replayed', () => {
  test('a message that was refused, one that reused a control ID, one that is not there', async () => {
    const other = adt({ ...HOME, controlId: 'SAME' }).replace('Example', 'Changed');
    await hear([{ ...HOME, controlId: 'SAME' }, other, adt({ ...HOME, sender: 'XXX' })], database);
    const [{ id: refused }] = await rows("select id from messages where state = 'rejected'");
    const [{ id: reused }] = await rows('select id from messages where reused');
    const mistake = run(replayCommand, [refused, reused, '99'], today(mended));
    const said = await mistake.catch((error: Error) => error.message);
    expect(said).toContain(`${refused}: it was refused and is not kept`);
    expect(said).toContain(`${reused}: it reused a control ID and is never interpreted`);
    expect(said).toContain('99: there is no such message');
    expect(await replayed(['--parked'])).toMatchObject({ read: 0, messages: [] });
  });

  test.each([[[]], [['1', '--parked']], [['--since', 'May']]])('%j is a mistake', async (args) => {
    await expect(run(replayCommand, args, today(mended))).rejects.toMatchObject({ code: 'usage' });
  });
});
