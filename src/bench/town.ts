import type { Pool } from 'pg';
import { localNumber, nhsNumber } from '../invented.js';
import { ask } from './ask.js';
import { chargeSome } from './charges.js';
import { type House, openHouse, type Service } from './house.js';
import type { Keeper } from './keeper.js';
import { type Bench, onPostgres } from './measure.js';
import type { Kind } from './messages.js';
import { multiply, type Seed } from './multiply.js';
import { playRounds } from './rounds.js';
import { newRun } from './run.js';
import { countsOf, stillOpen, unless, untilCounted } from './settled.js';

const USUAL = { messages: 1_000_000, persons: 50_000 };
/** So many people the service itself is told of; the rest are their copies. */
const MOST_SEEDS = 400;
/** With so many, everybody whom the console has to show is among them. */
const EVERY_ODDITY = 10;
/** To show the page of charges. */
const ONE_IS_CHARGED_OF = 10;
const DAYS = 180;
const DAY_MS = 86_400_000;

/** A database as after half a year between the two times, and the service just started on it. */
export type Town = { service: Service; pool: Pool; persons: number; from: Date; until: Date };

/** The town, and the service just started on it. */
export async function openTown(keeper: Keeper, bench: Bench): Promise<Town & { problems: string[] }> {
  const { house, pool, persons, from, until, problems } = await fillTown('pages and search', USUAL, keeper, bench);
  const { seeds } = sizeOf(USUAL, bench);

  // What counts the inbox catches up first, as it has in an installation that has run for long.
  const counting = await house.start();
  await untilCounted(pool);
  const unlike = await differences(counting, pool, [nhsNumber(seeds - 1), nhsNumber(persons - 1)]);
  await counting.stop();
  await chargeSome(pool, persons / ONE_IS_CHARGED_OF, until);
  await house.letGo();
  const service = await house.start();
  return { service, pool: await house.database(), persons, from, until, problems: [...problems, ...unlike] };
}

type Size = { messages: number; persons: number };

function sizeOf(usual: Size, { options }: Bench) {
  const persons = Math.max(options.persons ?? usual.persons, EVERY_ODDITY);
  const seeds = Math.max(EVERY_ODDITY, Math.min(MOST_SEEDS, Math.floor(persons / 4)));
  const rounds = Math.max(1, Math.round((options.messages ?? usual.messages) / persons));
  return { persons, seeds, rounds, copies: Math.ceil(persons / seeds) - 1 };
}

/** A database as after half a year between the two times; no service runs on it. */
export type FilledTown = Omit<Town, 'service'> & { house: House; messages: number; problems: string[] };

/** The service itself makes the first few people; the rest are their copies. */
export async function fillTown(
  what: string,
  usual: Size & { kind?: Kind },
  keeper: Keeper,
  bench: Bench,
): Promise<FilledTown> {
  const { options, say } = bench;
  const { seeds, rounds, copies } = sizeOf(usual, bench);
  const house = await openHouse(keeper, onPostgres(bench));
  const service = await house.start();
  const pool = await house.database();
  const run = newRun();
  const people = { kind: usual.kind ?? 'town', run, first: 0, persons: seeds };
  const { open, refused } = await playRounds(house, service, { people, rounds, connections: options.connections });
  await service.stop();
  say(`the service knows ${seeds} people; now each is copied ${copies} times`);
  const until = new Date();
  const from = new Date(until.getTime() - DAYS * DAY_MS);
  const seed = (nth: number): Seed => ({ nhsNumber: nhsNumber(nth), localNumber: localNumber(run, nth) });
  const { goOn } = keeper;
  await multiply(pool, { seeds: Array.from({ length: seeds }, (_, nth) => seed(nth)), copies, from, until, say, goOn });
  const { messages } = await countsOf(pool);
  const persons = seeds * (copies + 1);
  say(`${messages} messages of ${persons} people`);
  const problems = [
    ...stillOpen(what, open),
    ...unless(`${what}: answers that were not AA`, refused, 0),
    ...unless(`${what}: messages in the inbox`, messages, persons * rounds),
  ];
  return { house, pool, persons, messages, from, until, problems };
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
