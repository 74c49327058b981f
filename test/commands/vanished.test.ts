import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { evidenceCommand } from '../../src/commands/evidence.js';
import { rebuildCommand } from '../../src/commands/rebuild.js';
import { registerCommand } from '../../src/commands/register.js';
import { replayCommand } from '../../src/commands/replay.js';
import { verify } from '../../src/evidence/verify.js';
import { addDays, londonDay } from '../../src/register/day.js';
import { bearer, type House, openHouse, page } from '../console/house.js';
import { HOME, OTHER, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { mendedMappings, Q3_IS_SECTION_3 } from './mended.js';
import { hear } from './service.js';
import { contextOf, run, type Said, tables } from './terminal.js';

const THEN = addDays(londonDay(new Date().toISOString()), -3);

let house: House;
let key = '';
beforeAll(async () => {
  house = await openHouse();
  const explained = { ...tables, mappings: mendedMappings(Q3_IS_SECTION_3) };
  const gone = { ...HOME, periods: [{ ...SECTION_3, status: 'Q3' }] };
  const other = { ...HOME, nhsNumber: OTHER, mrn: 'L2', visit: 'V2', periods: [{ ...SECTION_3, id: 'P2' }] };
  await hear([gone, other], house.database, explained);
  const [row] = await sql(`select person_key as key from entries where nhs_number = '${PERSON}'`);
  key = row.key;
  await sql("update interpretations set interpreted_at = interpreted_at - interval '10 days'");
  // The explanation was wrong: nothing is left that anybody says, and a council has been told.
  await aftercare(replayCommand, '--sender', 'RXT', '--apply');
});
afterAll(() => house.close());

type Runnable = Parameters<typeof run>[0];
const aftercare = (command: Runnable, ...args: string[]): Promise<Said> =>
  run(command, args, contextOf(house.database));
const sql = async (text: string) => (await house.database.pool.query(text)).rows;
const get = async (path: string) => (await fetch(`${house.url}${path}`, { headers: bearer() })).json();

describe('somebody of whom nothing is left that anybody says, though a council was told', () => {
  test('has gone from the register of today, and is in that of the day', async () => {
    expect(await sql('select nhs_number from entries')).toEqual([{ nhs_number: OTHER }]);
    const { out } = await aftercare(registerCommand, '--known-at', THEN, '--json');
    const listed = JSON.parse(out).map(({ nhsNumber, status }: Record<string, string>) => [nhsNumber, status]);
    expect(listed.sort()).toEqual([
      [PERSON, 'active'],
      [OTHER, 'active'],
    ]);
    const { persons } = await get(`/api/register?known-at=${THEN}`);
    expect(persons.map(({ personKey }: { personKey: string }) => personKey)).toContain(key);
  });

  test('has a page, today and as it was, with what was told', async () => {
    const now = await get(`/api/register/${key}`);
    expect(now).toMatchObject({ nhsNumber: PERSON, status: 'not-known', facts: [] });
    expect(now.told.map(({ recordVersion }: { recordVersion: number }) => recordVersion)).toEqual([2, 1]);
    expect(await get(`/api/register/${key}?known-at=${THEN}`)).toMatchObject({ nhsNumber: PERSON, status: 'active' });
    expect(await page(house, `/console/register/${key}`)).toContain('Version 2 for Birmingham City Council');
    expect(await page(house, `/console/register/${key}/record`)).toContain('Record a fact');
  });

  test('evidence tells what was said, until when, and what bodies were told', async () => {
    const { code, out, err } = await aftercare(evidenceCommand, PERSON, '--json');
    expect([code, err]).toEqual([0, '']);
    const { data } = JSON.parse(out);
    expect(data.about).toMatchObject({ nhsNumber: PERSON, personKeys: [key] });
    expect(data.facts.map(({ kind }: { kind: string }) => kind)).toContain('left-hospital');
    expect(data.facts.every(({ said }: { said: { until: string | null }[] }) => said.every(({ until }) => until))).toBe(
      true,
    );
    expect(data.known.map(({ status }: { status: string }) => status)).toContain('active');
    const kinds = data.originals.map(({ kind }: { kind: string }) => kind);
    expect(kinds.filter((kind: string) => kind === 'version')).toHaveLength(2);
    expect(kinds).toContain('message');
    expect(verify((await aftercare(evidenceCommand, PERSON)).out, null).problems).toEqual([]);
  });

  test('also after a rebuild, which knows no older reading', async () => {
    expect(await aftercare(rebuildCommand)).toMatchObject({ code: 0 });
    expect(await get(`/api/register/${key}`)).toMatchObject({ nhsNumber: PERSON, status: 'not-known' });
    const { data } = JSON.parse((await aftercare(evidenceCommand, PERSON, '--json')).out);
    expect(data.about).toMatchObject({ nhsNumber: PERSON, personKeys: [key] });
  });

  test('the other person is untouched by it', async () => {
    const { data } = JSON.parse((await aftercare(evidenceCommand, OTHER, '--json')).out);
    expect(data.register).toMatchObject({ status: 'active' });
    expect(JSON.stringify(data)).not.toContain(PERSON);
  });
});
