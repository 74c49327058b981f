import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { type FaultyCouncil, startFaultyCouncil } from '../support/council.js';
import { describeNeeding } from '../support/needs.js';
import { until } from '../support/process.js';
import { startRedis, type TestRedis } from '../support/redis.js';
import { heldBy, type Stored, versionOf } from '../support/service.js';
import { type Installation, install } from './killable.js';
import { type Invented, inventPeople, messagesOf, sendUntilAcknowledged, traces } from './people.js';

const BIRMINGHAM = 'E08000025';
const SOLIHULL = 'E08000029';
const MINUTES = 120_000;

type World = { installation: Installation; councils: Record<string, FaultyCouncil>; redis: TestRedis | null };

/** The same stories whichever queue is below. */
function stories(queue: 'postgresql' | 'redis'): void {
  let world: World;
  let jobs = '';
  const everybody: Invented[] = [];

  beforeAll(async () => {
    const redis = queue === 'redis' ? await startRedis() : null;
    const [birmingham, solihull] = await Promise.all([
      startFaultyCouncil('Birmingham'),
      startFaultyCouncil('Solihull'),
    ]);
    const councils = { [BIRMINGHAM]: birmingham, [SOLIHULL]: solihull };
    const urls = { [BIRMINGHAM]: birmingham.url, [SOLIHULL]: solihull.url };
    world = { installation: await install(urls, redis ? { REDIS_URL: redis.url } : {}), councils, redis };
  }, MINUTES);
  afterAll(async () => {
    await world?.installation.close();
    await Promise.all(Object.values(world?.councils ?? {}).map((council) => council.stop()));
    await world?.redis?.close();
  }, MINUTES);

  /** Plays new people while `trouble` comes, each time a part of the messages has been acknowledged. */
  async function play(count: number, troubles: readonly (() => Promise<void>)[]): Promise<Set<string>> {
    const people = inventPeople(100 + everybody.length * 2, count, [BIRMINGHAM, SOLIHULL]);
    everybody.push(...people);
    const acknowledged = new Set<string>();
    const total = people.flatMap(messagesOf).length;
    const sending = sendUntilAcknowledged(world.installation.mllpPort, people, acknowledged);
    sending.catch(() => undefined); // said by the await below
    for (const [index, trouble] of troubles.entries()) {
      const enough = Math.ceil((total * (index + 1)) / (troubles.length + 2));
      await until(() => acknowledged.size >= enough, 'a part of the messages acknowledged');
      await trouble();
    }
    await sending;
    expect(acknowledged.size).toBe(total);
    return acknowledged;
  }

  async function allArrived(acknowledged: ReadonlySet<string>): Promise<void> {
    const { installation, councils } = world;
    expect(await missingInInbox(installation.pool, acknowledged)).toEqual([]);
    for (const [gss, council] of Object.entries(councils)) {
      const theirs = everybody.filter((person) => person.council === gss);
      await until(
        async () => (await toldAt(council)).size === theirs.length,
        `all ${theirs.length} people known to ${gss}`,
        60_000,
      );
      const told = await toldAt(council);
      expect(await repeatedAt(council, theirs.length)).toEqual([]);
      await until(
        async () => (await stale(installation.pool, gss, await flagsOf(council))).length === 0,
        'the latest version of everybody',
      );
      expect(told.size).toBe(theirs.length);
    }
  }

  test(
    'the service is killed, twice',
    async () => {
      const { installation, councils } = world;
      // An answer that is lost makes the service read what the council holds.
      for (const council of Object.values(councils)) council.next({ kind: 'drop-answer' });
      const again = async () => {
        await installation.killService();
        jobs += await jobsOf(world);
        await installation.start();
      };
      await allArrived(await play(40, [again, again]));
    },
    MINUTES,
  );

  test(
    'the database is killed, twice, and the service goes on',
    async () => {
      const { installation } = world;
      const again = () => installation.killDatabase();
      await allArrived(await play(40, [again, again]));
    },
    MINUTES,
  );

  test(
    'both are killed at once',
    async () => {
      const { installation } = world;
      const again = async () => {
        await Promise.all([installation.killService(), installation.killDatabase()]);
        await installation.start();
      };
      await allArrived(await play(40, [again]));
    },
    MINUTES,
  );

  if (queue === 'redis') {
    test(
      'Redis is killed and comes back; then it comes back empty',
      async () => {
        const { redis } = world;
        const again = async () => {
          await redis?.kill();
          await redis?.start();
        };
        const empty = async () => {
          const client = new Redis(redis?.url ?? '');
          await client.flushall();
          client.disconnect();
        };
        await allArrived(await play(40, [again, empty]));
      },
      MINUTES,
    );
  }

  test('nothing of anybody was written down: not in a log, a job, an address or a fault', async () => {
    const { installation, councils } = world;
    const { rows } = await installation.pool.query<{ text: string }>(
      `select coalesce(fault::text, '') as text from messages
        union all select coalesce(last_fault, '') || coalesce(outcome::text, '') from deliveries
        union all select coalesce(result, '') from delivery_attempts`,
    );
    const places = {
      logs: await installation.writtenDown(),
      jobs: jobs + (await jobsOf(world)),
      addresses: Object.values(councils)
        .flatMap(({ addresses }) => addresses)
        .join('\n'),
      faults: rows.map(({ text }) => text).join('\n'),
    };
    expect(places.logs.length).toBeGreaterThan(1_000);
    expect(places.jobs).toMatch(/"key"|key/);
    expect(places.addresses).toContain('identifier=');
    for (const [place, text] of Object.entries(places)) {
      expect({ place, found: traces(everybody).filter((trace) => text.includes(trace)) }).toEqual({ place, found: [] });
    }
  });
}

describe('kill -9, with queues in PostgreSQL', () => stories('postgresql'));
describeNeeding('redis', 'kill -9, with queues in Redis', () => stories('redis'));

/** Control ids that were acknowledged and are not on disk. */
async function missingInInbox(pool: Pool, acknowledged: ReadonlySet<string>): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>('select control_id as id from messages');
  const kept = new Set(rows.map(({ id }) => id));
  return [...acknowledged].filter((id) => !kept.has(id));
}

const flagsOf = (council: FaultyCouncil) => heldBy(council.directUrl, 'Flag');

/** Whom the council holds an active Flag about, by its own record. */
async function toldAt(council: FaultyCouncil): Promise<Set<string>> {
  const flags = (await flagsOf(council)) as (Stored & { subject?: { reference?: string } })[];
  return new Set(flags.filter(({ status }) => status === 'active').map(({ subject }) => subject?.reference ?? ''));
}

/** What there are more of than people. */
async function repeatedAt(council: FaultyCouncil, people: number): Promise<string[]> {
  const counts = await Promise.all(
    ['Patient', 'Flag', 'CarePlan', 'EpisodeOfCare'].map(async (type) => {
      const { length } = await heldBy(council.directUrl, type);
      return length === people ? [] : [`${length} ${type} for ${people} people`];
    }),
  );
  return counts.flat();
}

/** Flags of another version than the latest in the ledger, by identifier. */
async function stale(pool: Pool, body: string, flags: readonly Stored[]): Promise<string[]> {
  const { rows } = await pool.query<{ flag: string; version: number }>(
    `select i.flag, max(p.record_version) as version
       from episode_ids i
       join publications p on (p.person_key, p.body) = (i.person_key, i.body)
      where i.body = $1
      group by i.flag`,
    [body],
  );
  const latest = new Map(rows.map(({ flag, version }) => [flag, version]));
  return flags.filter((flag) => latest.get(flag.identifier?.[0]?.value ?? '') !== versionOf(flag)).map(({ id }) => id);
}

/** What the queue holds at this moment, as text. */
async function jobsOf({ installation, redis }: World): Promise<string> {
  if (!redis) {
    const { rows } = await installation.pool.query<{ text: string }>('select job::text as text from bullmq.job');
    return rows.map(({ text }) => text).join('\n');
  }
  const client = new Redis(redis.url);
  const keys = await client.keys('*');
  const values = await Promise.all(
    keys.map(async (key) => ((await client.type(key)) === 'hash' ? JSON.stringify(await client.hgetall(key)) : '')),
  );
  client.disconnect();
  return [...keys, ...values].join('\n');
}
