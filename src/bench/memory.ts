import { type Measured, row } from './figures.js';
import { openHouse } from './house.js';
import type { Keeper } from './keeper.js';
import { type Bench, onPostgres } from './measure.js';
import { quartersOf, sampling } from './resident.js';
import { newRun } from './run.js';
import { countsOf, settled, stillOpen, unless } from './settled.js';

const MESSAGES = 200_000;
const COURSE = 10;
const LOOKS_EVERY_MS = 1_000;
/** Percent. Less is the collector's doing. */
const FLAT = { most: 10 };
const HIGHEST_MB = { most: 300 };

/** What the service's process takes while it receives, folds and hands over. */
export async function measureMemory(keeper: Keeper, bench: Bench): Promise<Measured> {
  const { options, say } = bench;
  const messages = options.messages ?? MESSAGES;
  const persons = Math.ceil(messages / COURSE);
  const house = await openHouse(keeper, onPostgres(bench));
  const service = await house.start();
  const samples = sampling(service.pid);
  keeper.undo(async () => void samples.stop());

  const people = { kind: 'course', run: newRun(), first: 0, persons } as const;
  const load = { people, from: 0, count: messages, seconds: 0, warmSeconds: 0, perSecond: null };
  const { refused, acknowledged } = await house.play({ ...load, connections: options.connections }, service);
  say(`memory: ${acknowledged} messages taken, now until they are worked off`);
  const pool = await house.database();
  const open = await settled(pool, LOOKS_EVERY_MS);
  const taken = samples.stop();
  await service.stop();

  const { messages: stored, parked } = await countsOf(pool);
  const { early, late, highest } = quartersOf(taken);
  return {
    rows: [
      row('memory', `highest, ${messages} messages`, [highest, 'MB'], HIGHEST_MB),
      row('memory', 'growth after warm-up', [early > 0 ? (late / early - 1) * 100 : 0, '%'], FLAT),
      row('memory', 'second quarter of the time', [early, 'MB']),
      row('memory', 'last quarter of the time', [late, 'MB']),
    ],
    problems: [
      ...stillOpen('memory', open),
      ...unless('memory: answers that were not AA', refused, 0),
      ...unless('memory: messages in the inbox', stored, messages),
      ...unless('memory: messages parked', parked, 0),
    ],
    details: { memory: { messages, samplesMb: taken.map(Math.round) } },
  };
}
