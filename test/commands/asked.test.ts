import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clocksCommand } from '../../src/commands/clocks.js';
import { deliveriesCommand } from '../../src/commands/deliveries.js';
import { evidenceCommand } from '../../src/commands/evidence.js';
import { recordCommand } from '../../src/commands/record.js';
import { registerCommand } from '../../src/commands/register.js';
import { addDays, londonDay } from '../../src/register/day.js';
import { bearer, form, type House, openHouse } from '../console/house.js';
import { HOME, PERSON } from '../scenarios/adt.js';
import { hear } from './service.js';
import { contextOf, run, type Said } from './terminal.js';

const TOMORROW = addDays(londonDay(new Date().toISOString()), 1);

let house: House;
let folder = '';
beforeAll(async () => {
  [house, folder] = await Promise.all([openHouse(), mkdtemp(join(tmpdir(), 'aftercare-asked-'))]);
  await hear([HOME], house.database);
});
afterAll(async () => {
  await house.close();
  await rm(folder, { recursive: true });
});

type Runnable = Parameters<typeof run>[0];
const aftercare = (command: Runnable, ...args: string[]): Promise<Said> =>
  run(command, args, contextOf(house.database));
const get = (path: string) => fetch(`${house.url}${path}`, { headers: bearer() });

describe('a body that nobody knows is a mistake, and no list without anybody', () => {
  test.each([
    ['register', registerCommand],
    ['clocks', clocksCommand],
    ['deliveries', deliveriesCommand],
  ])('%s', async (_, command) => {
    for (const code of ['birmingham', 'NOPE', 'E08999999'])
      await expect(aftercare(command, '--council', code)).rejects.toMatchObject({ code: 'usage' });
    const [typed, proper] = await Promise.all(
      ['e08000025', 'E08000025'].map((code) => aftercare(command, '--council', code, '--json')),
    );
    expect(typed?.out).toBe(proper?.out);
    expect(JSON.stringify(JSON.parse(typed?.out ?? ''))).toContain('E08000025');
  });

  test.each([
    ['/api/register?body='],
    ['/api/due?body='],
    ['/api/deliveries?body='],
    ['/api/questions?council='],
    ['/console/register?body='],
  ])('%s', async (path) => {
    expect([(await get(`${path}NOPE`)).status, (await get(`${path}e08000025`)).status]).toEqual([400, 200]);
  });
});

describe('both doors answer for the same days', () => {
  test.each(['1850-01-01', '2200-01-01', '9999-12-31'])('%s is refused', async (day) => {
    for (const option of ['--as-of', '--known-at'])
      await expect(aftercare(registerCommand, PERSON, option, day)).rejects.toMatchObject({ code: 'usage' });
    await expect(aftercare(clocksCommand, '--until', day)).rejects.toMatchObject({ code: 'usage' });
    for (const asked of ['as-of', 'known-at']) expect((await get(`/api/register?${asked}=${day}`)).status).toBe(400);
  });

  test('what will be known on a day that has not come is not known', async () => {
    await expect(aftercare(registerCommand, PERSON, '--known-at', TOMORROW)).rejects.toThrow('--known-at');
    for (const door of ['api', 'console']) {
      expect((await get(`/${door}/register?known-at=${TOMORROW}`)).status).toBe(400);
      expect((await get(`/${door}/register?as-of=${TOMORROW}`)).status).toBe(200);
    }
  });
});

describe('an NHS number', () => {
  test('with a digit mistyped is told so', async () => {
    for (const command of [registerCommand, evidenceCommand])
      await expect(aftercare(command, '9990000019')).rejects.toThrow('mistyped');
    const answer = await fetch(`${house.url}/api/register/search`, {
      ...form(house, {}),
      headers: { ...bearer(), 'content-type': 'application/json' },
      body: JSON.stringify({ nhsNumber: '9990000019' }),
    });
    expect(answer.status).toBe(400);
  });

  test('is recorded as people write it', async () => {
    const statedBy = { organisation: 'RXT', name: 'A. Invented', role: 'administrator' };
    const file = join(folder, 'facts.ndjson');
    const record = async (nhsNumber: string) => {
      await writeFile(file, JSON.stringify({ kind: 'notice-given', nhsNumber, on: '2026-05-03', statedBy }));
      return (await aftercare(recordCommand, '--facts', file)).out;
    };
    expect(await record('999 000 0018')).toContain('Recorded 1 fact;');
    expect(await record(PERSON)).toContain('1 were known already');
  });
});

describe('the form of a plan', () => {
  const plan = {
    agreedOn: '2026-03-02',
    'needs.0.text': 'Company in the week',
    'statedBy.name': 'B. Invented',
    'statedBy.role': 'social worker',
    'statedBy.organisation': 'Birmingham City Council',
  };
  const post = async (fields: Record<string, string>, step: string) => {
    const { rows } = await house.database.pool.query('select person_key as key from entries');
    return fetch(`${house.url}/console/register/${rows[0].key}/record/plan`, form(house, { ...plan, ...fields, step }));
  };

  test('asks whether the accommodation is aftercare, and why', async () => {
    const given = { 'accommodation.meetsNeed': 'yes', 'accommodation.because': 'staff by night' };
    expect(await (await post(given, 'check')).text()).toContain('staff by night');
    expect((await post({ 'accommodation.meetsNeed': 'yes' }, 'check')).status).toBe(400);
    expect((await post(given, 'record')).status).toBe(303);
    const { rows } = await house.database.pool.query("select fact from stated_facts where fact ->> 'kind' = 'plan'");
    expect(rows[0].fact.plan ?? rows[0].fact).toMatchObject({
      accommodation: { meetsNeed: true, because: 'staff by night' },
    });
  });

  test.each([
    ['a need', { 'needs.40.text': 'one too many' }],
    ['a service', { 'needs.0.services.40.text': 'one too many' }],
  ])('%s beyond what it holds is refused in words, and nothing is recorded', async (_, fields) => {
    for (const step of ['check', 'record', 'more-needs']) {
      const answer = await post(fields, step);
      expect([step, answer.status]).toEqual([step, 400]);
      expect(await answer.text()).toContain('more than 40 needs');
    }
  });
});
