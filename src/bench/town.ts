import type { Pool } from 'pg';
import { ask } from './ask.js';
import { openHouse, type Service } from './house.js';
import { localNumber, nhsNumber } from './invented.js';
import type { Keeper } from './keeper.js';
import { type Bench, onPostgres } from './measure.js';
import { multiply, type Seed } from './multiply.js';
import { playRounds } from './rounds.js';
import { newRun } from './run.js';
import { countsOf, stillOpen, unless, untilCounted } from './settled.js';

const MESSAGES = 1_000_000;
const PERSONS = 50_000;
/** So many people the service itself is told of; the rest are their copies. */
const MOST_SEEDS = 400;
/** With so many, everybody whom the console has to show is among them. */
const EVERY_ODDITY = 10;
const DAYS = 180;
const DAY_MS = 86_400_000;

/** A database as after half a year between the two times, and the service just started on it. */
export type Town = { service: Service; pool: Pool; persons: number; from: Date; until: Date };

/** The service itself makes the first few people; the rest are their copies. */
export async function openTown(keeper: Keeper, bench: Bench): Promise<Town & { problems: string[] }> {
  const { options, say } = bench;
  const persons = Math.max(options.persons ?? PERSONS, EVERY_ODDITY);
  const rounds = Math.max(1, Math.round((options.messages ?? MESSAGES) / persons));
  const seeds = Math.max(EVERY_ODDITY, Math.min(MOST_SEEDS, Math.floor(persons / 4)));
  const copies = Math.ceil(persons / seeds) - 1;
  const house = await openHouse(keeper, onPostgres(bench));

  const service = await house.start();
  const pool = await house.database();
  const run = newRun();
  const people = { kind: 'town', run, first: 0, persons: seeds } as const;
  const { open, refused } = await playRounds(house, service, { people, rounds, connections: options.connections });
  await service.stop();
  say(`the service knows ${seeds} people; now each is copied ${copies} times`);
  const until = new Date();
  const from = new Date(until.getTime() - DAYS * DAY_MS);
  const seed = (nth: number): Seed => ({ nhsNumber: nhsNumber(nth), localNumber: localNumber(run, nth) });
  const { goOn } = keeper;
  await multiply(pool, { seeds: Array.from({ length: seeds }, (_, nth) => seed(nth)), copies, from, until, say, goOn });
  const { messages } = await countsOf(pool);
  say(`${messages} messages of ${seeds * (copies + 1)} people`);

  // What counts the inbox catches up first, as it has in an installation that has run for long.
  const counting = await house.start();
  await untilCounted(pool);
  const unlike = await differences(counting, pool, [nhsNumber(seeds - 1), nhsNumber(seeds * (copies + 1) - 1)]);
  await counting.stop();
  await house.letGo();
  const started = await house.start();
  const problems = [
    ...stillOpen('pages and search', open),
    ...unless('pages and search: answers that were not AA', refused, 0),
    ...unless('pages and search: messages in the inbox', messages, seeds * rounds * (copies + 1)),
    ...unlike,
  ];
  return { service: started, pool: await house.database(), persons: seeds * (copies + 1), from, until, problems };
}

/** A copy shows what the person shows of whom it is one. */
async function differences(service: Service, pool: Pool, [seed, copy]: readonly [string, string]): Promise<string[]> {
  const [original, copied] = [await shown(service, pool, seed), await shown(service, pool, copy)];
  return original === copied ? [] : [`pages and search: a copy shows ${copied}, and not ${original}`];
}

type Person = { nhsNumber: string; status: string; facts: unknown[]; told: unknown[] };

async function shown({ url }: Service, pool: Pool, nhsNumber: string): Promise<string> {
  const { rows } = await pool.query<{ key: string }>(
    `select person_key as key
       from entries
      where nhs_number = $1`,
    [nhsNumber],
  );
  const { status: answered, text } = await ask(url, { path: `/api/register/${rows[0]?.key}` });
  if (answered !== 200) return `no person (${answered})`;
  const person = JSON.parse(text) as Person;
  const own = person.nhsNumber === nhsNumber ? 'own number' : 'another number';
  return `${own}, ${person.status}, ${person.facts.length} facts, ${person.told.length} versions`;
}
