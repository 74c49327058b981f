import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { reconcileCommand } from '../../src/commands/reconcile.js';
import { registerCommand } from '../../src/commands/register.js';
import { nhsNumber } from '../../src/invented.js';
import { contextOf, run } from '../commands/terminal.js';
import { type Adt, homeOf, SECTION_3 } from '../scenarios/adt.js';
import { startCouncilProcess } from '../support/council.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { acknowledgementsFor, type RunningService, startTestService, untilSettled } from '../support/service.js';

const BIRMINGHAM = 'E08000025';
const PATIENCE_MS = 40_000;
const [PERSON, OTHER] = [nhsNumber(1), nhsNumber(2)];

let council: { url: string; stop(): Promise<void> };
let database: TestDatabase;
let service: RunningService;

beforeEach(async () => {
  council = await startCouncilProcess('Birmingham');
  database = await testDatabase();
  service = await startTestService({ databaseUrl: database.url, councils: { [BIRMINGHAM]: council.url } });
  await hear(homeOf(PERSON), homeOf(OTHER));
});
afterEach(async () => {
  await service.close();
  await database.drop();
  await council.stop();
});

async function hear(...messages: Parameters<typeof acknowledgementsFor>[1][number][]) {
  await acknowledgementsFor(service.mllpPort, messages);
  await untilSettled(database.pool, PATIENCE_MS);
}

async function reconciled(...more: string[]) {
  const args = ['--council', BIRMINGHAM, '--rate', '60000', '--json', ...more];
  const { code, out } = await run(reconcileCommand, args, contextOf(database, { tables: () => service.tables }));
  await untilSettled(database.pool, PATIENCE_MS);
  return { code, ...JSON.parse(out) };
}

const SAME = { code: 0, people: [], counts: { rows: 2, same: 2, differing: 0 } };

type Type = 'EpisodeOfCare' | 'Flag' | 'CarePlan';
type Held = { id: string; status: string; patient?: Of; subject?: Of; meta?: object; resourceType: string };
type Of = { identifier?: { value: string } };

/** What the council holds of somebody. */
async function held(type: Type, number = PERSON): Promise<Held[]> {
  const answer = await fetch(`${council.url}/${type}?_count=1000`);
  const { entry = [] } = (await answer.json()) as { entry?: { resource: Held }[] };
  const of = ({ patient, subject }: Held) => (patient ?? subject)?.identifier?.value;
  return entry.map(({ resource }) => resource).filter((resource) => of(resource) === number);
}

async function remove(type: Type): Promise<void> {
  for (const { id } of await held(type)) await fetch(`${council.url}/${type}/${id}`, { method: 'DELETE' });
}

async function put({ id, ...resource }: Omit<Held, 'id'> & { id?: string }): Promise<void> {
  const { resourceType } = resource;
  const answer = await fetch(`${council.url}/${resourceType}${id === undefined ? '' : `/${id}`}`, {
    method: id === undefined ? 'POST' : 'PUT',
    headers: { 'content-type': 'application/fhir+json' },
    body: JSON.stringify(id === undefined ? resource : { ...resource, id }),
  });
  expect(answer.status).toBeLessThan(300);
}

/** As somebody at the council would change it, by hand. */
async function setByHand(type: Type, status: string): Promise<void> {
  for (const resource of await held(type)) await put({ ...resource, status });
}

const questions = async (): Promise<string[]> => {
  const { out } = await run(registerCommand, [PERSON, '--json'], contextOf(database));
  return JSON.parse(out).questions.map(({ kind, text }: { kind: string; text: string }) => `${kind}: ${text}`);
};

describe('what is gone at a council comes back, whichever part of it', () => {
  test.each([
    { gone: ['Flag'], here: ['Flag active'] },
    { gone: ['EpisodeOfCare'], here: ['EpisodeOfCare active'] },
    { gone: ['CarePlan'], here: ['CarePlan draft'] },
    { gone: ['EpisodeOfCare', 'Flag'], here: ['active'] },
    { gone: ['Flag', 'CarePlan'], here: ['Flag active', 'CarePlan draft'] },
    { gone: ['EpisodeOfCare', 'Flag', 'CarePlan'], here: ['active'] },
  ] as const)('$gone', async ({ gone, here }) => {
    expect(await reconciled()).toMatchObject(SAME);
    for (const type of gone) await remove(type);
    const looked = await reconciled();
    const differences = here.map((each) => ({ kind: 'missing-there', here: each, there: 'none' }));
    expect(looked).toMatchObject({
      code: 1,
      people: [{ nhsNumber: PERSON, differences, sentAgain: true, asked: false }],
      counts: { same: 1, differing: 1, sendAgain: 1, asked: 0 },
    });
    for (const type of gone) expect(await held(type)).toEqual([]);
    await reconciled('--apply');
    for (const type of ['EpisodeOfCare', 'Flag', 'CarePlan'] as const) expect(await held(type)).toHaveLength(1);
    expect(await held('Flag')).toMatchObject([{ status: 'active' }]);
    expect(await reconciled()).toMatchObject(SAME);
    expect(await questions()).toEqual([]);
  });

  test('a Flag alone that an old backup brought back is behind', async () => {
    const older = await held('Flag');
    await hear(homeOf(PERSON, { sentAt: '20260305100500', family: 'Changed', left: '20260302100000' }));
    const newer = await held('Flag');
    for (const flag of older) await put(flag);
    const found = await reconciled('--apply');
    expect(found.people).toMatchObject([
      {
        differences: [{ kind: 'version-behind', here: 'version 2', there: 'version 1' }],
        sentAgain: true,
        asked: false,
      },
    ]);
    const plain = ({ meta: _, ...flag }: Held) => flag;
    expect((await held('Flag')).map(plain)).toEqual(newer.map(plain));
    expect(await reconciled()).toMatchObject(SAME);
  });

  test('what is over may be gone: nobody needs to keep it', async () => {
    const periods = [{ ...SECTION_3, id: 'P2', from: '20260601', to: '20260720' }];
    const stay = { visit: 'V2', admitted: '20260601', left: '20260801', sentAt: '20260801100000' };
    await hear(homeOf(PERSON, { ...stay, periods }));
    const over = (await held('Flag')).find(({ status }) => status === 'inactive');
    const finished = (await held('EpisodeOfCare')).find(({ status }) => status === 'finished');
    expect([over, finished]).not.toContain(undefined);
    await fetch(`${council.url}/Flag/${over?.id}`, { method: 'DELETE' });
    await fetch(`${council.url}/EpisodeOfCare/${finished?.id}`, { method: 'DELETE' });
    expect(await reconciled()).toMatchObject({ code: 0, counts: { same: 2, differing: 0 } });
  });
});

describe('what somebody at the council has changed by hand is asked, and stays', () => {
  test.each([
    { story: 'a Flag set inactive', type: 'Flag', status: 'inactive', kind: 'status-differs', there: 'ended' },
    {
      story: 'a Flag marked as an error',
      type: 'Flag',
      status: 'entered-in-error',
      kind: 'missing-there',
      there: 'none',
    },
    { story: 'an episode finished', type: 'EpisodeOfCare', status: 'finished', kind: null, there: 'ended' },
    { story: 'both marked as errors', type: null, status: 'entered-in-error', kind: 'missing-there', there: 'none' },
  ] as const)('$story', async ({ type, status, kind, there }) => {
    const types = type === null ? (['EpisodeOfCare', 'Flag'] as const) : [type];
    for (const each of types) await setByHand(each, status);
    const found = await reconciled('--apply');
    if (kind === null) {
      // The Flag that its people see is still active.
      expect(found).toMatchObject(SAME);
      return;
    }
    expect(found.people).toMatchObject([
      { nhsNumber: PERSON, differences: [{ kind, here: 'active', there }], sentAgain: false, asked: true },
    ]);
    for (const each of types) expect(await held(each)).toMatchObject([{ status }]);
    expect(await questions()).toEqual([expect.stringMatching(new RegExp(`^registers-differ: Status: ${there} in `))]);
  });

  test('a Flag set active again that was told as over', async () => {
    const { nhsNumber, mrn, visit } = homeOf(PERSON);
    await hear({ trigger: 'A13', sentAt: '20260301120000', nhsNumber, mrn, visit } as Adt);
    expect(await held('Flag')).toMatchObject([{ status: 'inactive' }]);
    await setByHand('Flag', 'active');
    const { people } = await reconciled('--apply');
    expect(people).toMatchObject([
      { nhsNumber: PERSON, differences: [{ kind: 'status-differs', there: 'active' }], sentAgain: false, asked: true },
    ]);
    expect(await held('Flag')).toMatchObject([{ status: 'active' }]);
  });

  test.each(['Flag', 'EpisodeOfCare'] as const)(
    'a second %s of one episode, under the same identifier',
    async (type) => {
      const [first] = await held(type);
      if (!first) throw new Error(`no ${type}`);
      const { id: _, meta: __, ...copy } = first;
      await put(copy);
      const both = await held(type);
      expect(both).toHaveLength(2);
      const { people } = await reconciled('--apply');
      expect(people).toMatchObject([
        {
          nhsNumber: PERSON,
          differences: both.map(({ id }) => ({ kind: 'twice', caseId: `${type}/${id}` })),
          sentAgain: false,
          asked: true,
        },
      ]);
      expect(await held(type)).toHaveLength(2);
      expect(await questions()).toEqual([expect.stringMatching(`^registers-differ: Entries: ${type}/`)]);
    },
  );
});
