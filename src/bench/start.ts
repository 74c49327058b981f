import { type Measured, row } from './figures.js';
import { openHouse } from './house.js';
import type { Keeper } from './keeper.js';
import type { Bench } from './measure.js';

const TARGET = { most: 5 };

/** The service with its embedded database, which starts and stops with it: the first time, and once it has been there. */
export async function measureStart(keeper: Keeper, { say }: Bench): Promise<Measured> {
  const house = await openHouse(keeper, { databaseUrl: null, redisUrl: null });
  const seconds: number[] = [];
  const unready: string[] = [];
  for (const time of ['first', 'second']) {
    const service = await house.start();
    const { status } = await fetch(`${service.url}/health/ready`);
    if (status !== 200) unready.push(`start: the ${time} time it said that it is ready, and answered ${status}`);
    seconds.push(service.readyAfterMs / 1_000);
    await service.stop();
  }
  const [first = 0, second = 0] = seconds;
  say(`start: ${second.toFixed(1)} s the second time`);
  return {
    rows: [
      row('start', 'embedded, the second time', [second, 's'], TARGET),
      row('start', 'embedded, the first time', [first, 's']),
    ],
    problems: unready,
    details: { start: { firstMs: Math.round(first * 1_000), secondMs: Math.round(second * 1_000) } },
  };
}
