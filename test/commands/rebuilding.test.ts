import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chargesCommand } from '../../src/commands/charges.js';
import { clocksCommand } from '../../src/commands/clocks.js';
import type { Command } from '../../src/commands/command.js';
import { evidenceCommand } from '../../src/commands/evidence.js';
import { messagesCommand } from '../../src/commands/messages.js';
import { rebuildCommand } from '../../src/commands/rebuild.js';
import { reconcileCommand } from '../../src/commands/reconcile.js';
import { refoldCommand } from '../../src/commands/refold.js';
import { registerCommand } from '../../src/commands/register.js';
import { rebuildStore } from '../../src/store/rebuild.js';
import { inTransaction } from '../../src/store/transaction.js';
import { MAPPINGS } from '../../src/tables.js';
import { bearer, form, type House, openHouse } from '../console/house.js';
import { HOME, PERSON } from '../scenarios/adt.js';
import { hear } from './service.js';
import { contextOf, run } from './terminal.js';

let house: House;
let personKey = '';
beforeAll(async () => {
  house = await openHouse();
  await hear([HOME], house.database);
  const { rows } = await house.database.pool.query('select person_key from entries');
  personKey = rows[0].person_key;
  // As a rebuild leaves it that is killed while it reads.
  await inTransaction(house.database.pool, (db) => rebuildStore(db).dropDerived());
});
afterAll(() => house.close());

const aftercare = (command: Command, ...args: string[]) => run(command, args, contextOf(house.database));

describe('while a rebuild has not brought everybody back nobody is told that there is nothing', () => {
  test.each([
    ['register of one', registerCommand, [PERSON]],
    ['register of all', registerCommand, []],
    ['register of all as it was', registerCommand, ['--known-at', '2026-06-01']],
    ['clocks', clocksCommand, []],
    ['evidence', evidenceCommand, [PERSON]],
    ['messages of one', messagesCommand, ['--nhs-number', PERSON]],
    ['refold', refoldCommand, []],
    ['refold --apply', refoldCommand, ['--apply']],
  ])('%s', async (_, command, args) => {
    await expect(aftercare(command, ...args)).rejects.toMatchObject({
      detail: { code: 'rebuilding', next: expect.stringContaining('aftercare rebuild') },
    });
  });

  test('nor of another register or an extract: nobody is missing there, and nobody charged in vain', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aftercare-rebuilding-'));
    const [register, finance] = [join(folder, 'register.csv'), join(folder, 'finance.csv')];
    await writeFile(
      register,
      `NHS number,Status,From,To,Council,ICB,Case number,Date of birth\n${PERSON},active,,,,,,`,
    );
    await writeFile(finance, `NHS No,Start,End,Weekly amount,Service,Funding,Type\n${PERSON},01/03/2026,,1.00,Meals,,`);
    const council = ['--council', 'E08000025'];
    const withFinance = ['--with', join(MAPPINGS, 'load', 'finance.yaml')];
    for (const [command, args] of [
      [reconcileCommand, [...council, '--from', register, '--apply']],
      [reconcileCommand, [...council, '--first-register', join(folder, 'first.csv')]],
      [chargesCommand, []],
      [chargesCommand, ['--from', finance, ...withFinance, '--apply']],
    ] as const)
      await expect(aftercare(command, ...args)).rejects.toMatchObject({ code: 'rebuilding' });
    expect((await house.database.pool.query('select from stated_facts')).rowCount).toBe(0);
    await rm(folder, { recursive: true });
  });

  test.each([
    ['/api/register'],
    ['/api/register?known-at=2026-06-01'],
    ['/api/questions'],
    ['/api/due'],
    ['/console/register'],
    ['/console/questions'],
    ['/console/due'],
  ])('%s answers 503', async (path) => {
    const answer = await fetch(`${house.url}${path}`, { headers: bearer() });
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('aftercare rebuild');
  });

  test('nor is somebody who was found before, or is searched for', async () => {
    for (const path of [`/api/register/${personKey}`, `/console/register/${personKey}/record`])
      expect([path, (await fetch(`${house.url}${path}`, { headers: bearer() })).status]).toEqual([path, 503]);
    for (const path of ['/console/register/search', '/console/messages/search'])
      expect([path, (await fetch(`${house.url}${path}`, form(house, { nhsNumber: PERSON }))).status]).toEqual([
        path,
        503,
      ]);
  });

  test('refold --json is a whole document that says why it ends', async () => {
    const out: string[] = [];
    const line = { words: [], options: { json: true } };
    const terminal = { out: (text: string) => void out.push(text), err: () => undefined };
    await expect(refoldCommand.run(line, terminal, contextOf(house.database))).rejects.toThrow('a rebuild');
    expect(JSON.parse(out.join('\n'))).toMatchObject({
      people: [],
      interrupted: true,
      reason: expect.stringContaining('rebuild'),
    });
  });

  test('once it is finished, everybody answers again', async () => {
    expect(await aftercare(rebuildCommand)).toMatchObject({ code: 0 });
    expect(await aftercare(registerCommand, PERSON)).toMatchObject({ code: 0, out: expect.stringContaining(PERSON) });
    expect((await fetch(`${house.url}/api/register/${personKey}`, { headers: bearer() })).status).toBe(200);
  });
});
