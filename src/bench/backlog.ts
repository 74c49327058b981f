import { type Measured, median, rate, row } from './figures.js';
import { type House, openHouse } from './house.js';
import type { Keeper } from './keeper.js';
import { type Bench, onPostgres } from './measure.js';
import { newRun } from './run.js';
import { countsOf, settled, sinceConfirmed, stillOpen, unless, untilHeld } from './settled.js';

const MESSAGES = 20_000;
const STARTS = 3;
/** One start differs from the next by as much. */
const NO_LONGER = 1.2;
const DRAINED = { least: 500 };

/** What has gathered while nobody worked: whether a start waits for it, and how fast it is worked off. */
export async function measureBacklog(keeper: Keeper, bench: Bench): Promise<Measured> {
  const { options, say } = bench;
  const messages = options.messages ?? MESSAGES;
  const house = await openHouse(keeper, onPostgres(bench));
  await (await house.start()).stop(); // makes the database
  const pool = await house.database();
  const without = await startsOf(house);
  const { refused } = await gather(house, messages, options.connections);
  const gathered = (await countsOf(pool)).messages;
  say(`backlog: ${gathered} messages wait`);
  const withIt = await startsOf(house);

  const service = await house.start();
  const begun = performance.now();
  const before = (await countsOf(pool)).confirmed;
  await untilHeld(house, messages);
  const open = await settled(pool);
  const since = await sinceConfirmed(pool);
  const elapsedMs = performance.now() - since - begun;
  await service.stop();
  const { confirmed } = await countsOf(pool);
  const { Flag: flags = 0 } = await house.held();
  const perSecond = rate(confirmed - before, elapsedMs);
  const longer = median(withIt) / median(without);
  say(`backlog: ${Math.round(perSecond)} persons a second`);
  return {
    rows: [
      row('backlog', `${messages} messages worked off`, [perSecond, 'persons a second'], DRAINED),
      row('backlog', 'start with it, beside one without', [longer, 'times as long'], { most: NO_LONGER }),
      row('backlog', 'start without it', [median(without), 'ms']),
      row('backlog', 'start with it', [median(withIt), 'ms']),
    ],
    problems: [
      ...stillOpen('backlog', open),
      ...unless('backlog: answers that were not AA', refused, 0),
      ...unless('backlog: messages in the inbox', gathered, messages),
      ...unless('backlog: deliveries confirmed', confirmed, messages),
      ...unless('backlog: Flags that the council holds', flags, messages),
    ],
    details: {
      backlog: { messages, startsWithoutMs: without, startsWithMs: withIt, elapsedMs: Math.round(elapsedMs) },
    },
  };
}

/** Milliseconds until ready, of several starts; each is stopped at once. */
async function startsOf(house: House): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < STARTS; n++) {
    const service = await house.start();
    times.push(service.readyAfterMs);
    await service.stop();
  }
  return times;
}

async function gather(house: House, messages: number, connections: number) {
  const listening = await house.start('listen');
  const people = { kind: 'discharge', run: newRun(), first: 0, persons: messages } as const;
  const load = { people, connections, from: 0, count: messages, seconds: 0, warmSeconds: 0, perSecond: null };
  const result = await house.play(load, listening);
  await listening.stop();
  return result;
}
