import { type Measured, row } from './figures.js';
import { openHouse } from './house.js';
import type { Keeper } from './keeper.js';
import type { Load } from './load.js';
import { type Bench, onPostgres } from './measure.js';
import type { People } from './messages.js';
import { newRun } from './run.js';
import { countsOf, unless } from './settled.js';

const WARM_SECONDS = 1;
const TARGET = { perSecond: { least: 5_000 }, p99Ms: { most: 40 } };

/** Durable acknowledgements: as many as it can give, and how long one takes at a rate that others set. */
export async function measureAcks(keeper: Keeper, bench: Bench): Promise<Measured> {
  const { options, say } = bench;
  const { seconds, connections, perSecond } = options;
  const house = await openHouse(keeper, onPostgres(bench));
  const service = await house.start();

  const people: People = { kind: 'discharge', run: newRun(), first: 0, persons: 0 };
  const load: Omit<Load, 'port'> = {
    ...{ people, connections, count: null, perSecond: null, from: 0 },
    seconds: seconds + WARM_SECONDS,
    warmSeconds: WARM_SECONDS,
  };
  const closed = await house.play(load, service);
  say(`acks: ${closed.perSecond} a second at full speed`);
  const open = await house.play({ ...load, from: closed.sent, perSecond }, service);
  say(`acks: 99 of 100 within ${open.p99Ms} ms at ${perSecond} a second`);

  await service.stop();
  const stored = (await countsOf(await house.database())).messages;
  return {
    rows: [
      row('acks', `at full speed, ${connections} connections`, [closed.perSecond, 'a second'], TARGET.perSecond),
      row('acks', `99 of 100 within, at ${perSecond} a second`, [open.p99Ms, 'ms'], TARGET.p99Ms),
      row('acks', `of ${perSecond} a second really sent`, [open.perSecond, 'a second']),
    ],
    problems: [
      ...unless('acks: answers that were not AA', closed.refused + open.refused, 0),
      ...unless('acks: messages in the inbox', stored, closed.acknowledged + open.acknowledged),
    ],
    details: { acks: { closed, open } },
  };
}
