import { type Measured, rate, row } from './figures.js';
import { type House, openHouse, type Service, type Systems } from './house.js';
import type { Keeper } from './keeper.js';
import { type Bench, onPostgres } from './measure.js';
import { emptyRedis, redisProgram, startRedis } from './own-redis.js';
import { newRun } from './run.js';
import { countsOf, settled, sinceConfirmed, stillOpen, unless, untilHeld } from './settled.js';

const PERSONS = 5_000;
const TARGET = { least: 500 };

/**
 * From MLLP in to confirmed by a council, once as many have gone through that the service is warm, with the queue on PostgreSQL
 * and, where there is one, on Redis.
 */
export async function measurePeople(keeper: Keeper, bench: Bench): Promise<Measured> {
  const { options, learnt, say } = bench;
  const onDatabase = await carried(keeper, bench, onPostgres(bench), 'PostgreSQL');
  const redisUrl = options.redisUrl ?? (await redisOfOwn(keeper));
  if (redisUrl === null) {
    say('people: no redis-server is installed and no --redis-url given, so nothing is measured with Redis');
    return { ...onDatabase, details: { people: { postgresql: onDatabase.details } } };
  }
  learnt.redis = await emptyRedis(keeper, redisUrl);
  const onRedis = await carried(keeper, bench, { ...onPostgres(bench), redisUrl }, 'Redis');
  return {
    rows: [...onDatabase.rows, ...onRedis.rows],
    problems: [...onDatabase.problems, ...onRedis.problems],
    details: { people: { postgresql: onDatabase.details, redis: onRedis.details } },
  };
}

async function redisOfOwn(keeper: Keeper): Promise<string | null> {
  const program = redisProgram();
  return program === null ? null : startRedis(keeper, program);
}

async function carried(keeper: Keeper, bench: Bench, systems: Systems, queue: string): Promise<Measured> {
  const { options, say } = bench;
  const persons = options.persons ?? PERSONS;
  const house = await openHouse(keeper, systems);
  const service = await house.start();
  const first = await carry(house, service, { first: 0, persons, connections: options.connections });
  const found = await carry(house, service, { first: persons, persons, connections: options.connections });
  const perSecond = rate(persons, found.elapsedMs);
  say(`people: ${Math.round(perSecond)} a second, queue on ${queue}`);

  await service.stop();
  const { confirmed } = await countsOf(await house.database());
  const { Flag: flags = 0 } = await house.held();
  await house.letGo();
  const where = `people, queue on ${queue}`;
  return {
    rows: [
      row('people', `MLLP to confirmed, queue on ${queue}`, [perSecond, 'persons a second'], TARGET),
      row('people', `the same, the first ${persons} after a start`, [
        rate(persons, first.elapsedMs),
        'persons a second',
      ]),
    ],
    problems: [
      ...stillOpen(where, found.open),
      ...unless(`${where}: answers that were not AA`, first.refused + found.refused, 0),
      ...unless(`${where}: deliveries confirmed`, confirmed, 2 * persons),
      ...unless(`${where}: Flags that the council holds`, flags, 2 * persons),
    ],
    details: { persons, firstMs: first.elapsedMs, elapsedMs: found.elapsedMs },
  };
}

/** Each person with one message; the time from the first that is sent until all are confirmed. */
async function carry(house: House, service: Service, part: { first: number; persons: number; connections: number }) {
  const people = { kind: 'discharge', run: newRun(), first: part.first, persons: part.persons } as const;
  const load = { people, from: 0, count: part.persons, seconds: 0, warmSeconds: 0, perSecond: null };
  const { refused, begunAt } = await house.play({ ...load, connections: part.connections }, service);
  await untilHeld(house, part.first + part.persons);
  const pool = await house.database();
  const open = await settled(pool);
  const since = await sinceConfirmed(pool);
  return { refused, open, elapsedMs: Math.round(Date.now() - since - begunAt) };
}
