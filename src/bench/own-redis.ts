import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Redis } from 'ioredis';
import { Fault } from '../fault.js';
import { freePort } from '../store/embedded/free-port.js';
import type { Keeper } from './keeper.js';

/** Version and what it does to keep what it acknowledged. */
export type RedisFacts = { version: string; appendonly: string; appendfsync: string };

/** Null where no program of that name can be run. */
export function redisProgram(): string | null {
  const places = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'redis-server'));
  return places.find(mayRun) ?? null;
}

function mayRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A Redis of the bench's own, on a port and in a folder of its own; its address. */
export async function startRedis(keeper: Keeper, program: string): Promise<string> {
  const port = await freePort();
  const settings = { port: String(port), bind: '127.0.0.1', dir: await keeper.folder(), appendonly: 'yes', save: '' };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  await keeper.start({ command: program, args }).waitFor(/Ready to accept connections/);
  return `redis://127.0.0.1:${port}`;
}

/** Refuses a Redis that holds anything: workers of the bench would take the jobs of another service. */
export async function emptyRedis(keeper: Keeper, url: string): Promise<RedisFacts> {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
  redis.on('error', () => undefined); // told by the calls that fail
  keeper.undo(async () => redis.disconnect());
  try {
    await redis.connect();
  } catch (cause) {
    throw new Fault({ ...REDIS, text: 'it does not answer', next: 'check that it runs and the address' }, { cause });
  }
  const held = await redis.dbsize();
  if (held > 0) throw new Fault({ ...REDIS, text: 'it is not empty', next: 'name one that nobody uses' });
  keeper.undo(() => clear(redis));
  const { redis_version: version = 'unknown' } = fieldsOf(await redis.info('server'));
  const [, appendonly = 'unknown'] = await setting(redis, 'appendonly');
  const [, appendfsync = 'unknown'] = await setting(redis, 'appendfsync');
  return { version, appendonly, appendfsync };
}

const REDIS = { code: 'system-unreachable', where: '--redis-url' } as const;

/** A managed Redis may not answer this. */
const setting = async (redis: Redis, name: string): Promise<string[]> => {
  const answer: unknown = await redis.config('GET', name).catch(() => []);
  return Array.isArray(answer) ? answer.map(String) : [];
};

/** It was empty before. */
async function clear(redis: Redis): Promise<void> {
  const keys = await redis.keys('aftercare:*');
  if (keys.length > 0) await redis.unlink(...keys);
}

const fieldsOf = (info: string): Record<string, string> =>
  Object.fromEntries(info.split('\r\n').flatMap((line) => (line.includes(':') ? [line.split(/:(.*)/, 2)] : [])));
