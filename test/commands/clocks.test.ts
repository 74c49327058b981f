import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { clocksCommand } from '../../src/commands/clocks.js';
import type { Command } from '../../src/commands/command.js';
import { rulesCommand } from '../../src/commands/rules.js';
import { addDays, londonDay } from '../../src/register/day.js';
import { OTHER, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { hear } from './service.js';
import { contextOf, run, type Said, tables } from './terminal.js';

let database: TestDatabase;
const today = londonDay(new Date().toISOString());
const hl7 = (day: string): string => day.replaceAll('-', '');
const leftOn = addDays(today, -60);

beforeAll(async () => {
  database = await testDatabase();
  const stay = { admitted: `${hl7(addDays(leftOn, -40))}080000`, method: '1', destination: '19' };
  const section = { ...SECTION_3, from: hl7(addDays(leftOn, -40)), to: hl7(addDays(leftOn, -5)) };
  await hear(
    [
      { trigger: 'A03', sentAt: `${hl7(leftOn)}100500`, left: `${hl7(leftOn)}100000`, ...stay, periods: [section] },
      {
        trigger: 'A01',
        sentAt: `${hl7(today)}000100`,
        nhsNumber: OTHER,
        mrn: 'L2',
        visit: 'V2',
        admitted: `${hl7(today)}000000`,
        periods: [{ ...SECTION_3, id: 'P2', from: hl7(today), to: '', council: 'E08000029' }],
      },
    ],
    database,
  );
});
afterAll(() => database.drop());

const aftercare = (command: Command, ...args: string[]): Promise<Said> => run(command, args, contextOf(database));
type Due = { nhsNumber: string; kind: string; dueOn: string | null; state: string; council: string; cites: string };
const due = async (...args: string[]): Promise<Due[]> =>
  JSON.parse((await aftercare(clocksCommand, ...args, '--json')).out);

test('what is overdue is listed with the law it rests on, the longest due first; who is still in hospital has a plan to make', async () => {
  const all = await due();
  expect(all.map(({ nhsNumber, kind, state }) => [nhsNumber, kind, state])).toEqual([
    [PERSON, 'plan', 'escalated'],
    [PERSON, 'follow-up', 'escalated'],
    [PERSON, 'review', 'chased'],
    [OTHER, 'plan', 'running'],
  ]);
  expect(all[1]).toMatchObject({ dueOn: addDays(leftOn, 3), cites: 'NHS Standard Contract, Schedule 4' });
  expect((await aftercare(clocksCommand)).out).toMatch(/NHS NUMBER .*\n.*on leaving .*\n\n4 things due\.$/s);
});

test('beside what is due stands whom the two bodies name to ask for it', async () => {
  const council = { name: 'Sam Example', role: 'section 117 lead', email: 's117@council.example', telephone: null };
  const site = { ...tables.site, contacts: [{ of: { council: 'E08000025', icb: 'QHL' }, council, icb: null }] };
  const context = contextOf(database, { tables: () => ({ ...tables, site }) });
  expect((await run(clocksCommand, [], context)).out).toMatch(
    /\n\nContacts\n {2}E08000025 \(with QHL\): Sam Example, section 117 lead, s117@council\.example\n\n4 things due\.$/,
  );
  const all: { nhsNumber: string; contacts: unknown }[] = JSON.parse(
    (await run(clocksCommand, ['--json'], context)).out,
  );
  expect(all.find(({ nhsNumber }) => nhsNumber === PERSON)?.contacts).toEqual({ council, icb: null });
  expect(all.find(({ nhsNumber }) => nhsNumber === OTHER)?.contacts).toEqual({ council: null, icb: null });
});

test('by council, by kind, by day; and who was listed is recorded', async () => {
  expect((await due('--council', 'E08000029')).map(({ nhsNumber }) => nhsNumber)).toEqual([OTHER]);
  expect((await due('--kind', 'review,notice')).map(({ kind }) => kind)).toEqual(['review']);
  expect(await due('--until', addDays(leftOn, -60))).toEqual([]);
  expect((await aftercare(clocksCommand, '--until', addDays(leftOn, -60))).out).toMatch(/^Nothing is due by /);
  const { rows } = await database.pool.query("select count(*)::int as looks from audit where action = 'person-listed'");
  expect(rows[0].looks).toBeGreaterThanOrEqual(4);
  await expect(aftercare(clocksCommand, '--kind', 'lunch')).rejects.toMatchObject({ code: 'usage' });
});

test('every rule with its source, its dates and the tests that hold it', async () => {
  const { code, out } = await aftercare(rulesCommand);
  expect(code).toBe(0);
  expect(out).toContain('source: MHA 1983 s117(1)');
  expect(out).toContain('in force: made, not commenced');
  expect(out).toContain('held by: 2: one hour of section 3 is enough');
  const { rules } = JSON.parse((await aftercare(rulesCommand, '--json')).out);
  expect(rules.length).toBeGreaterThan(35);
});
