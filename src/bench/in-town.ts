import type { Measured } from './figures.js';
import type { Measure } from './measure.js';
import { measurePages } from './pages.js';
import { measureSearch } from './search.js';
import { openTown } from './town.js';

/** The console's pages and the inbox's search, with as many people and messages as a large partnership has. */
export const measureInTown =
  (which: readonly ('pages' | 'search')[]): Measure =>
  async (keeper, bench) => {
    const town = await openTown(keeper, bench);
    const found: Measured[] = [];
    if (which.includes('pages')) found.push(await measurePages(town, bench.say));
    if (which.includes('search')) found.push(await measureSearch(town, bench.say));
    await town.service.stop();
    return {
      rows: found.flatMap(({ rows }) => rows),
      problems: [...town.problems, ...found.flatMap(({ problems }) => problems)],
      details: Object.assign({}, ...found.map(({ details }) => details)),
    };
  };
