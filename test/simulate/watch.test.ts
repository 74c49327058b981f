import { expect, test } from '@jest/globals';
import type { Council, Held } from '../../src/simulate/council.js';
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

test('two active Flags of one person are a fault, and not one that ended while the pages were read', async () => {
  const both = [flag('a', 'active'), flag('b', 'active')];
  expect(await seen(both, both)).toEqual([`E08000025: holds two active Flags of ${number}`]);
  expect(await seen(both, [flag('a', 'inactive'), flag('b', 'active')])).toEqual([]);
});
