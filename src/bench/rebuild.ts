import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { lookUp } from '../flow/look-up.js';
import { nhsNumber } from '../invented.js';
import { digestCopies } from './digests.js';
import { type Measured, median, rate, row } from './figures.js';
import type { House } from './house.js';
import type { Keeper } from './keeper.js';
import { giveLongHistory } from './long-history.js';
import type { Bench } from './measure.js';
import { quartersOf, sampling } from './resident.js';
import { unless } from './settled.js';
import { benchTables } from './tables.js';
import { fillTown } from './town.js';

const USUAL = { messages: 1_000_000, persons: 100_000 };
/** A million messages within fifteen minutes. */
const TARGET = { least: 1_112 };
/** Percent, from when it is warm to the end. */
const FLAT = { most: 10 };
const LOOKS = 300;
/** Milliseconds. */
const LOOKED_UP = { most: 100 };

/** Everything derived is dropped and derived again; then people are looked up as they were known on other days. */
export async function measureRebuild(keeper: Keeper, bench: Bench): Promise<Measured> {
  const town = await fillTown('rebuild', USUAL, keeper, bench);
  const { pool, persons, messages } = town;
  await digestCopies(pool);
  const before = await registerOf(pool);
  const rebuilt = await rebuildIn(town.house, keeper);
  const perSecond = rate(messages, rebuilt.ms);
  bench.say(`rebuild: ${Math.round(rebuilt.ms / 1_000)} s, ${Math.round(perSecond)} messages a second`);
  const { early, late, highest } = quartersOf(rebuilt.samplesMb);
  // As after some minutes, when the database has looked at what was made anew by itself.
  await pool.query('vacuum (analyze)');
  const looks = await lookedUp(pool, { ...town, persons: (nth) => Math.floor((persons * nth) / LOOKS) });
  const days = await giveLongHistory(pool, nhsNumber(0), town.until);
  await pool.query('vacuum (analyze) mentions, stated_facts');
  const longLooks = await lookedUp(pool, { ...days, persons: () => 0 });
  const people = `${persons} people with ${messages} messages`;
  return {
    rows: [
      row('rebuild', people, [perSecond, 'messages a second'], TARGET),
      row('rebuild', 'the same', [rebuilt.ms / 60_000, 'minutes']),
      row('rebuild', 'highest memory', [highest, 'MB']),
      row('rebuild', 'growth after warm-up', [early > 0 ? (late / early - 1) * 100 : 0, '%'], FLAT),
      row('rebuild', 'one person, as known on any day, 99 of 100 within', [slowOf(looks), 'ms'], LOOKED_UP),
      row('rebuild', 'the same with 1,000 facts of as many days', [slowOf(longLooks), 'ms'], LOOKED_UP),
    ],
    problems: [
      ...town.problems,
      ...unless('rebuild: persons', rebuilt.persons, persons),
      ...unless('rebuild: versions that it published', rebuilt.published, 0),
      ...(JSON.stringify(await registerOf(pool)) === JSON.stringify(before)
        ? []
        : ['rebuild: other statuses than before']),
    ],
    details: {
      rebuild: { persons, messages, ms: Math.round(rebuilt.ms), samplesMb: rebuilt.samplesMb.map(Math.round) },
      lookUp: { medianMs: median(looks), slowMs: slowOf(looks) },
      lookUpLong: { medianMs: median(longLooks), slowMs: slowOf(longLooks) },
    },
  };
}

type Rebuilt = { persons: number; published: number; ms: number; samplesMb: number[] };

/** The command, from its start to its end. A copy's entry names the facts of whom it is a copy, so it is none the same. */
async function rebuildIn(house: House, keeper: Keeper): Promise<Rebuilt> {
  const answer = join(await keeper.folder(), 'answer.json');
  const begun = performance.now();
  const child = house.command(['rebuild', '--json'], answer);
  const samples = sampling(child.pid);
  keeper.undo(async () => void samples.stop());
  const code = await child.ended;
  const ms = performance.now() - begun;
  const samplesMb = samples.stop();
  if (code !== 0 && code !== 1) throw new Error(`rebuild ended with exit code ${code}`);
  const { persons, published } = JSON.parse(await readFile(answer, 'utf8')) as Omit<Rebuilt, 'ms' | 'samplesMb'>;
  return { persons, published, ms, samplesMb };
}

/** How many people have which status and council. */
async function registerOf(pool: Pool): Promise<unknown[]> {
  const { rows } = await pool.query(
    `select status, council, icb, count(*)::int as count
       from entries
      group by status, council, icb
      order by status, council, icb`,
  );
  return rows;
}

type Looked = { from: Date; until: Date; persons(nth: number): number };

/** Milliseconds of each, the fastest first: on days all over the time. */
async function lookedUp(pool: Pool, { from, until, persons }: Looked): Promise<number[]> {
  const deps = { ...benchTables(), pool };
  const took: number[] = [];
  for (let nth = 0; nth < LOOKS; nth++) {
    const knownAt = new Date(from.getTime() + ((until.getTime() - from.getTime()) * nth) / LOOKS);
    const begun = performance.now();
    await lookUp(
      nhsNumber(persons(nth)),
      { asOf: until.toISOString().slice(0, 10), knownAt: nth % 2 === 0 ? knownAt : null },
      deps,
    );
    took.push(performance.now() - begun);
  }
  return took.sort((a, b) => a - b);
}

const slowOf = (sorted: readonly number[]): number => sorted[Math.floor(0.99 * sorted.length)] ?? 0;
