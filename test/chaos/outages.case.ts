import { Redis } from 'ioredis';
import { pause } from '../support/process.js';
import { chaos, type Story, seconds } from './chaos.js';

const PEOPLE = 400;
const MINUTE_MS = 60_000;
const SETTLING_MS = 1_000;

/** Nothing may be acknowledged while nothing can be kept; what was on its way when it began is given a second. */
async function aMinuteWithout(
  { tally, tell }: Story,
  outage: { begin: () => Promise<void>; end: () => Promise<void> },
) {
  await outage.begin();
  await pause(SETTLING_MS);
  const before = tally.acknowledged.size;
  const asked = tally.putOff + tally.closed;
  await pause(MINUTE_MS);
  if (tally.acknowledged.size !== before) throw new Error('something was acknowledged with no database to keep it in');
  tell(`${tally.putOff + tally.closed - asked} answers in the minute, none positive`);
  const over = Date.now();
  await outage.end();
  while (tally.acknowledged.size === before) await pause(20);
  tell(`acknowledging again after ${seconds(Date.now() - over)}`);
}

chaos('database-gone', 'the database is away for a minute', {
  needs: { database: 'own' },
  people: PEOPLE,
  trouble: async (story) => {
    const { server } = story.town;
    await story.acknowledgedPart(0.3);
    await aMinuteWithout(story, { begin: async () => server?.stop(), end: async () => server?.start() });
  },
});

chaos('database-silent', 'the database is there and says nothing for a minute', {
  needs: { database: 'own' },
  people: PEOPLE,
  trouble: async (story) => {
    const { server } = story.town;
    await story.acknowledgedPart(0.3);
    await aMinuteWithout(story, { begin: async () => server?.freeze(), end: async () => server?.thaw() });
  },
});

chaos('redis-flushed', 'Redis forgets everything, three times under load', {
  needs: { queue: 'redis' },
  people: PEOPLE,
  trouble: async ({ town, acknowledgedPart }) => {
    const client = new Redis(town.redis?.url ?? '');
    for (const share of [0.2, 0.5, 0.8]) {
      await acknowledgedPart(share);
      await client.flushall();
    }
    client.disconnect();
  },
});

chaos('redis-stopped', 'Redis is away under load, and messages are acknowledged all the same', {
  needs: { queue: 'redis' },
  people: PEOPLE,
  trouble: async ({ town, tally, acknowledgedPart, tell }) => {
    await acknowledgedPart(0.2);
    const before = tally.acknowledged.size;
    await town.redis?.kill();
    await acknowledgedPart(0.7);
    await pause(15_000);
    tell(`${tally.acknowledged.size - before} acknowledged without it`);
    await town.redis?.start();
  },
});
