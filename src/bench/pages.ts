import { ask } from './ask.js';
import { type Measured, median, row } from './figures.js';
import { type Page, pagesOf } from './page-list.js';
import type { Town } from './town.js';

const WARM_ROUNDS = 5;
const TARGET = { most: 300 };

type Taken = { name: string; coldMs: number; warmMs: number[] };

/** Every page of the console: the first time after a start of service and database, and then again and again. */
export async function measurePages(town: Town, say: (text: string) => void): Promise<Measured> {
  const pages = await pagesOf(town);
  const problems = new Set<string>();
  const taken: Taken[] = [];
  for (const page of pages) taken.push({ name: page.name, coldMs: await fetched(page, town, problems), warmMs: [] });
  for (let round = 0; round < WARM_ROUNDS; round++) {
    for (const [index, page] of pages.entries()) taken[index]?.warmMs.push(await fetched(page, town, problems));
  }
  const cold = slowest(taken, ({ coldMs }) => coldMs);
  const warm = slowest(taken, ({ warmMs }) => median(warmMs));
  const worst = slowest(taken, ({ warmMs }) => Math.max(...warmMs));
  say(`pages: the slowest of ${pages.length} is ${warm.name}, ${Math.round(warm.ms)} ms`);
  return {
    rows: [
      row('pages', `slowest of ${pages.length}, median: ${warm.name}`, [warm.ms, 'ms'], TARGET),
      row('pages', `slowest, first after a start: ${cold.name}`, [cold.ms, 'ms'], TARGET),
      row('pages', `slowest, worst of ${WARM_ROUNDS}: ${worst.name}`, [worst.ms, 'ms']),
    ],
    problems: [...problems],
    details: { pages: taken.map(detailOf) },
  };
}

async function fetched({ name, ...request }: Page, { service }: Town, problems: Set<string>): Promise<number> {
  const { status, text, ms } = await ask(service.url, request);
  if (status !== 200 || !text.includes('</html>')) problems.add(`pages: ${name} was answered with ${status}`);
  return ms;
}

function slowest(taken: readonly Taken[], of: (page: Taken) => number): { name: string; ms: number } {
  const all = taken.map((page) => ({ name: page.name, ms: of(page) }));
  return all.toSorted((a, b) => b.ms - a.ms)[0] ?? { name: 'none', ms: 0 };
}

const detailOf = ({ name, coldMs, warmMs }: Taken) => ({
  name,
  coldMs: Math.round(coldMs),
  medianMs: Math.round(median(warmMs)),
  worstMs: Math.round(Math.max(...warmMs)),
});
