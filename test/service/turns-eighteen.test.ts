import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dispatchAll } from '../../src/flow/dispatch.js';
import { foldDue } from '../../src/flow/fold.js';
import { interpretPending } from '../../src/flow/interpret.js';
import type { Day } from '../../src/register/day.js';
import { destinationsOf } from '../../src/site.js';
import { deliveryStore } from '../../src/store/deliveries.js';
import { doubtStore } from '../../src/store/delivery-doubt.js';
import { sweepStore } from '../../src/store/sweep.js';
import type { Tables } from '../../src/tables.js';
import { fhirDestination } from '../../src/wire/fhir.js';
import { receiveInto } from '../commands/service.js';
import { adt, HOME, SECTION_3 } from '../scenarios/adt.js';
import { startCouncilProcess } from '../support/council.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { quiet } from '../support/quiet.js';
import { heldBy, versionOf } from '../support/service.js';
import { tablesWith } from '../support/tables.js';

const BIRMINGHAM = 'E08000025';
const CHILDREN = `${BIRMINGHAM}-children`;

type Council = Awaited<ReturnType<typeof startCouncilProcess>>;
let database: TestDatabase;
let adults: Council;
let childrens: Council;
let tables: Tables;

beforeAll(async () => {
  [database, adults, childrens] = await Promise.all([
    testDatabase(),
    startCouncilProcess('Adults'),
    startCouncilProcess('Children'),
  ]);
  tables = tablesWith({ [BIRMINGHAM]: adults.url, [CHILDREN]: childrens.url });
  const message = adt({ ...HOME, birthDate: '20080615', periods: [SECTION_3] });
  await receiveInto(database)(Buffer.from(message), { transport: 'mllp', peer: '127.0.0.1' });
  const { site, mappings } = tables;
  await interpretPending({ pool: database.pool, site, mappings, changed: async () => undefined, log: quiet });
});
afterAll(async () => {
  await Promise.all([adults.stop(), childrens.stop()]);
  await database.drop();
});

/** What the service does on one day: who is due is folded, and every system is told. */
async function liveThrough(day: Day): Promise<void> {
  const { pool } = database;
  const { site, directory } = tables;
  const now = () => new Date(`${day}T12:00:00Z`);
  await sweepStore(pool).markChanging(day, 100);
  await foldDue({ pool, site, directory, now, today: () => day, deliver: () => undefined, log: quiet });
  for (const { body, url } of destinationsOf(site)) {
    const destination = fhirDestination({ to: body, url, timeoutMs: 10_000 });
    await dispatchAll(body, {
      deliveries: deliveryStore(pool),
      doubts: doubtStore(pool),
      destination,
      site,
      directory,
      random: Math.random,
      lookAgainMs: 1_000,
      again: async () => undefined,
      stop: new AbortController().signal,
      log: quiet,
    });
    await destination.close();
  }
}

const states = async (): Promise<string[]> => {
  const { rows } = await database.pool.query<{ says: string }>(
    `select p.body || ' ' || p.record_version || ' ' || d.state as says
       from publications p
       join deliveries d on d.publication_id = p.id
      order by p.id`,
  );
  return rows.map(({ says }) => says);
};
const flags = async ({ url }: Council) =>
  (await heldBy(url, 'Flag')).map((flag) => `${flag.status} ${versionOf(flag)}`);

describe('a person of seventeen who is owed aftercare', () => {
  test('is known to the council’s system for children, and not to the other', async () => {
    await liveThrough('2026-06-14');
    expect(await states()).toEqual([`${CHILDREN} 1 confirmed`]);
    expect([await flags(adults), await flags(childrens)]).toEqual([[], ['active 1']]);
  });

  test('turns eighteen: the day alone brings it about, and both systems acknowledge', async () => {
    await liveThrough('2026-06-15');
    expect((await states()).toSorted()).toEqual(
      [`${CHILDREN} 1 confirmed`, `${CHILDREN} 2 confirmed`, `${BIRMINGHAM} 1 confirmed`].toSorted(),
    );
    expect([await flags(adults), await flags(childrens)]).toEqual([['active 1'], ['inactive 2']]);
    const [episode] = await heldBy(adults.url, 'EpisodeOfCare');
    expect(episode?.status).toBe('active');
  });

  test('and the day after says nothing new', async () => {
    await liveThrough('2026-06-16');
    expect(await states()).toHaveLength(3);
  });
});
