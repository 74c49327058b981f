import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { evidenceCommand } from '../../src/commands/evidence.js';
import { messagesCommand } from '../../src/commands/messages.js';
import { rebuildCommand } from '../../src/commands/rebuild.js';
import { registerCommand } from '../../src/commands/register.js';
import { replayCommand } from '../../src/commands/replay.js';
import { bearer, form, type House, openHouse, page } from '../console/house.js';
import { HOME, OTHER, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { mendedMappings, Q3_IS_SECTION_3 } from './mended.js';
import { hear } from './service.js';
import { contextOf, run, type Said, tables } from './terminal.js';

const STRANGER = '9990000034';

let house: House;
beforeAll(async () => {
  house = await openHouse();
  await hear(
    [
      { ...HOME, controlId: 'SECTION-2', periods: [{ ...SECTION_3, id: 'P2', status: '02' }] },
      { ...HOME, controlId: 'SECTION-Q3', sentAt: '20260302100000', periods: [{ ...SECTION_3, status: 'Q3' }] },
      {
        ...HOME,
        controlId: 'STRANGER',
        nhsNumber: STRANGER,
        mrn: 'L9',
        visit: 'V9',
        periods: [{ ...SECTION_3, status: 'Q3' }],
      },
      { ...HOME, controlId: 'OTHER', nhsNumber: OTHER, mrn: 'L2', visit: 'V2', periods: [{ ...SECTION_3, id: 'P3' }] },
      // Names both, and is understood by nobody: it joins nobody.
      {
        ...HOME,
        trigger: 'A40',
        controlId: 'MERGE',
        mergedAway: { nhsNumber: OTHER, mrn: 'L2' },
        periods: [{ ...SECTION_3, status: 'Q3' }],
      },
    ],
    house.database,
  );
});
afterAll(() => house.close());

type Runnable = Parameters<typeof run>[0];
const aftercare = (command: Runnable, ...args: string[]): Promise<Said> =>
  run(command, args, contextOf(house.database));
const json = async (command: Runnable, ...args: string[]) =>
  JSON.parse((await aftercare(command, ...args, '--json')).out);
const idOf = async (controlId: string): Promise<string> =>
  (await json(messagesCommand, '--control-id', controlId))[0].id;
const sql = async (text: string) => (await house.database.pool.query(text)).rows;

describe('a message that nobody could read yet is not nowhere', () => {
  test('whoever looks at the person is told that it waits', async () => {
    const parked = [await idOf('SECTION-Q3'), await idOf('MERGE')];
    const { out } = await aftercare(registerCommand, PERSON);
    expect(out).toContain(`2 messages about this person wait to be read (parked): ${parked.join(', ')}`);
    expect(await json(registerCommand, PERSON)).toMatchObject({ status: 'not-known', parked });
    expect(await json(registerCommand, OTHER)).toMatchObject({ status: 'active', parked: [await idOf('MERGE')] });
  });

  test('also where nothing else is known, and that is recorded', async () => {
    const id = await idOf('STRANGER');
    const { code, err } = await aftercare(registerCommand, STRANGER);
    expect([code, err]).toEqual([
      1,
      expect.stringContaining(`1 message about this person waits to be read (parked): ${id}`),
    ]);
    expect(await sql(`select action from audit where subject = 'message:${id}'`)).toEqual([{ action: 'person-seen' }]);
    expect((await aftercare(evidenceCommand, STRANGER)).err).toContain(`(parked): ${id}`);
  });

  test('by the search of the console and of the API as well, each look recorded', async () => {
    const id = await idOf('STRANGER');
    const looks = `select count(*)::int as looks from audit where subject = 'message:${id}' and action = 'person-seen'`;
    const [{ looks: before }] = await sql(looks);
    const shown = await page(house, '/console/register/search', form(house, { nhsNumber: STRANGER }));
    expect(shown).toContain('1 message about this person waits');
    expect(shown).toContain(`<a href="/console/messages/${id}">`);
    expect(shown).not.toContain('no message or statement that reached this register names this person');
    const search = async (nhsNumber: string) =>
      (
        await fetch(`${house.url}/api/register/search`, {
          method: 'POST',
          headers: { ...bearer(), 'content-type': 'application/json' },
          body: JSON.stringify({ nhsNumber }),
        })
      ).json();
    expect(await search(STRANGER)).toEqual({ persons: [], nextAfter: null, parked: [id] });
    expect(await search('9990000042')).toEqual({ persons: [], nextAfter: null, parked: [] });
    expect(await sql(looks)).toEqual([{ looks: before + 2 }]);
  });

  test('it is found by the number, and is among the originals of the evidence', async () => {
    const found = await json(messagesCommand, '--nhs-number', PERSON);
    expect(found.map(({ controlId }: { controlId: string }) => controlId)).toEqual([
      'MERGE',
      'SECTION-Q3',
      'SECTION-2',
    ]);
    const { data } = await json(evidenceCommand, PERSON);
    const originals = data.originals.filter(({ kind }: { kind: string }) => kind === 'message');
    expect(originals.map(({ id }: { id: string }) => id)).toContain(await idOf('SECTION-Q3'));
  });

  test('the page of the person leads to it', async () => {
    const [{ key }] = await sql(`select person_key as key from nodes where node = 'nhs:${PERSON}'`);
    const id = await idOf('SECTION-Q3');
    expect(await page(house, `/console/register/${key}`)).toContain(`<a href="/console/messages/${id}">`);
    const answer = await fetch(`${house.url}/api/register/${key}`, { headers: bearer() });
    expect(await answer.json()).toMatchObject({ parked: [id, await idOf('MERGE')] });
  });

  test('nobody is joined or folded because of it, and a rebuild names the same', async () => {
    expect(await sql('select count(*)::int as people from entries')).toEqual([{ people: 2 }]);
    expect(await sql(`select from nodes where node = 'nhs:${STRANGER}'`)).toEqual([]);
    const names = () => sql('select node, message_id from parked_names order by node, message_id');
    const before = await names();
    expect(before.length).toBeGreaterThan(4);
    expect(await aftercare(rebuildCommand)).toMatchObject({ code: 0 });
    expect(await names()).toEqual(before);
  });

  test('once it is understood it waits no more', async () => {
    const mended = { ...tables, mappings: mendedMappings(Q3_IS_SECTION_3) };
    const context = contextOf(house.database, { tables: () => mended });
    await run(replayCommand, ['--parked', '--apply'], context);
    expect(await json(registerCommand, PERSON)).toMatchObject({ status: 'active', parked: [] });
  });
});
