import type { Measured } from './figures.js';
import type { Systems } from './house.js';
import type { Keeper } from './keeper.js';
import { databaseSettings } from './machine.js';
import type { RedisFacts } from './own-redis.js';

export type BenchOptions = {
  /** How long messages are sent at full speed, and again at `perSecond`. */
  seconds: number;
  connections: number;
  perSecond: number;
  /** Null: as many as each measure takes by itself. */
  persons: number | null;
  messages: number | null;
  databaseUrl: string | null;
  redisUrl: string | null;
};

/** What is learnt on the way about the systems that were used. */
export type Learnt = { database: Record<string, string> | null; redis: RedisFacts | null };

export type Bench = { options: BenchOptions; learnt: Learnt; say(text: string): void };

export type Measure = (keeper: Keeper, bench: Bench) => Promise<Measured>;

/** Queues in the database, as most measures have them. */
export const onPostgres = ({ options: { databaseUrl }, learnt }: Bench): Systems => ({
  databaseUrl,
  redisUrl: null,
  learn: async (pool) => {
    learnt.database ??= await databaseSettings(pool);
  },
});
