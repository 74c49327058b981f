import { expect, test } from '@jest/globals';
import { type Council, type Held, PAGE } from '../../src/simulate/council.js';
import { timelineOf } from '../../src/simulate/timeline.js';
import { openWatch } from '../../src/simulate/watch.js';

const { lives } = timelineOf({ seed: 1, people: 20, years: 3 });
const life = lives.find(({ told }) => told.qualifying);
const number = life?.nhsNumbers[0] ?? '';

const flag = (uuid: string, status: string): Held => ({
  resourceType: 'Flag',
  id: uuid,
  status,
  identifier: [{ value: uuid }],
  subject: { identifier: { system: 'https://fhir.nhs.uk/Id/nhs-number', value: number } },
});

/** `paged`: what page by page came together; `atOnce`: what there is. */
async function seen(paged: readonly Held[], atOnce: readonly Held[]): Promise<string[]> {
  const council = {
    code: 'E08000025',
    held: async (type: string) => (type === 'Flag' ? paged : []),
    flagsAtOnce: async () => atOnce,
  } as unknown as Council;
  const watch = openWatch(lives);
  await watch.look(council);
  return watch.problems();
}

test('two active Flags of one person are a fault, and not one that ended while page after page was read', async () => {
  const both = [flag('a', 'active'), flag('b', 'active')];
  const others = Array.from({ length: PAGE }, (_, nth) => flag(`past-${nth}`, 'inactive'));
  const fault = [`E08000025: holds two active Flags of ${number}`];
  const now = [flag('a', 'inactive'), flag('b', 'active')];
  expect(await seen([...others, ...both], both)).toEqual(fault);
  expect(await seen([...others, ...both], now)).toEqual([]);
  expect(await seen(both, now)).toEqual(fault); // one page is one moment
});
