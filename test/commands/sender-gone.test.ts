import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Command } from '../../src/commands/command.js';
import { rebuildCommand } from '../../src/commands/rebuild.js';
import { registerCommand } from '../../src/commands/register.js';
import { replayCommand } from '../../src/commands/replay.js';
import { senderFindings } from '../../src/flow/doctor-senders.js';
import { siteFromObject } from '../../src/site.js';
import { rebuildStore } from '../../src/store/rebuild.js';
import { inTransaction } from '../../src/store/transaction.js';
import { tablesFor } from '../../src/tables.js';
import { type Adt, HOME, OTHER, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { hear, work } from './service.js';
import { contextOf, run, tables } from './terminal.js';

/** Nobody can read what it says yet, and it names somebody. */
const UNREAD: Adt = {
  ...HOME,
  controlId: 'UNREAD',
  nhsNumber: OTHER,
  mrn: 'L2',
  visit: 'V2',
  periods: [{ ...SECTION_3, id: 'P2', status: 'Q3' }],
};

/** The same installation with a site file in which the trust, or its one application, is not any more. */
const without = (...senders: object[]) => {
  const site = siteFromObject({
    name: 'Another file',
    senders: [{ ods: 'RXX', name: 'Another trust', feed: 'zmh' }, ...senders],
    councils: [{ gss: 'E08000025' }],
    icbs: [{ ods: 'QHL' }],
  });
  if (site.kind === 'problems') throw new Error(site.problems.join('\n'));
  return tablesFor(site.site);
};
const gone = without();

let database: TestDatabase;
beforeEach(async () => {
  await database?.drop();
  database = await testDatabase();
  await hear([HOME, UNREAD], database);
});
afterAll(() => database.drop());

const rows = async (sql: string) => (await database.pool.query(sql)).rows;
const everything = async () => ({
  messages: await rows('select id, state, fault from messages order by id'),
  interpretations: await rows('select id, message_id, outcome, facts from interpretations order by id'),
  names: await rows('select node, message_id from parked_names order by node, message_id'),
  entries: await rows('select person_key, entry from entries order by person_key'),
  publications: await rows('select id, record_version, body from publications order by id'),
  rebuilds: await rows('select until_message from rebuilds'),
});
const aftercare = (command: Command, args: readonly string[], given = tables) =>
  run(command, args, contextOf(database, { tables: () => given }));

describe('a site file without a sender whose messages are kept', () => {
  test.each([
    ['rebuild', rebuildCommand, []],
    ['replay of the sender', replayCommand, ['--sender', 'RXT']],
    ['replay --apply of the sender', replayCommand, ['--sender', 'RXT', '--apply']],
    ['replay --apply of what is parked', replayCommand, ['--parked', '--apply']],
  ] as const)('%s is refused, and nobody vanishes', async (_, command, args) => {
    const before = await everything();
    expect(before.entries).toHaveLength(1);
    await expect(aftercare(command, args, gone)).rejects.toMatchObject({
      code: 'config-invalid',
      detail: { where: 'site file', text: expect.stringContaining('RXT'), next: expect.stringContaining('SITE_FILE') },
    });
    expect(await everything()).toEqual(before);
    expect(await aftercare(registerCommand, [PERSON], gone)).toMatchObject({ code: 0 });
    expect((await aftercare(registerCommand, [OTHER], gone)).err).toContain('1 message about this person waits');
    expect(await aftercare(rebuildCommand, [])).toMatchObject({ code: 0 });
  });

  test('an application of a trust that the file has otherwise is named with it, and no patient is', async () => {
    const other = without({ ods: 'RXT', application: 'MHA', name: 'Another system', feed: 'zmh' });
    const refused = await aftercare(rebuildCommand, [], other).catch((error: Error) => error.message);
    expect(refused).toContain('RXT (MSH-3 EPR)');
    expect(refused).not.toContain(PERSON);
  });

  test('doctor names the sender, whichever application of it is gone, and no patient', async () => {
    const found = await senderFindings(database.pool, gone.site);
    expect(found).toMatchObject([{ part: 'senders', state: 'wrong', text: expect.stringContaining('RXT') }]);
    const other = without({ ods: 'RXT', application: 'MHA', name: 'Another system', feed: 'zmh' });
    expect((await senderFindings(database.pool, other.site))[0]?.text).toContain('RXT (MSH-3 EPR)');
    expect(await senderFindings(database.pool, tables.site)).toMatchObject([{ state: 'ok' }]);
    expect(JSON.stringify(found)).not.toContain(PERSON);
  });

  test('a service that runs with it leaves what a rebuild has dropped to the rebuild', async () => {
    const { rebuilds: _, ...before } = await everything();
    await inTransaction(database.pool, (db) => rebuildStore(db).dropDerived());
    await work(database, gone);
    expect(await rows("select distinct state from messages where state <> 'received'")).toEqual([]);
    await expect(aftercare(rebuildCommand, [], gone)).rejects.toMatchObject({ code: 'config-invalid' });
    await expect(aftercare(registerCommand, [PERSON], gone)).rejects.toMatchObject({ code: 'rebuilding' });

    expect(await aftercare(rebuildCommand, [])).toMatchObject({ code: 0 });
    const { entries, names, publications } = await everything();
    expect({ entries, names, publications }).toEqual({
      entries: before.entries,
      names: before.names,
      publications: before.publications,
    });
  });

  test('what came before the sender was taken out is parked, and whoever it names is told that it waits', async () => {
    const late = { ...HOME, controlId: 'LATE', nhsNumber: '9990000034', mrn: 'L3', visit: 'V3' };
    await hear([late], database, gone);
    expect(await rows("select fault ->> 'code' as code from messages where control_id = 'LATE'")).toEqual([
      { code: 'sender-unknown' },
    ]);
    const { code, err } = await aftercare(registerCommand, ['9990000034'], gone);
    expect([code, err]).toEqual([1, expect.stringContaining('1 message about this person waits')]);
    expect((await aftercare(replayCommand, ['--sender', 'RXX'], gone)).code).toBe(0);

    await aftercare(replayCommand, ['--parked', '--apply']);
    expect(await aftercare(registerCommand, ['9990000034'])).toMatchObject({ code: 0 });
  });
});
