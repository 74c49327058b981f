import { Redis } from 'ioredis';
import { type Finding, findingsOf } from './finding.js';

const queue = findingsOf('queue');

const TIMEOUT_MS = 5_000;

/** Does Redis answer, and does it keep what it is given? Without Redis the queues are in the database. */
export async function queueFindings(redisUrl: string | null): Promise<Finding[]> {
  if (redisUrl === null) return [queue.ok('in the database (REDIS_URL is not set)')];
  const redis = new Redis(redisUrl, {
    lazyConnect: true,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let said: unknown; // the call that fails says only that it could not connect
  redis.on('error', (error) => {
    said = error;
  });
  try {
    await redis.connect();
    return [versionFinding(await redis.info('server')), ...(await settingFindings(redis))];
  } catch (error) {
    return [
      queue.outOfReach(
        `Redis (REDIS_URL) does not answer (${reasonOf(said ?? error)})`,
        'check that it runs, that this machine may connect, and the user and password; nothing is lost meanwhile',
      ),
    ];
  } finally {
    redis.disconnect();
  }
}

/** The first version with everything that the queues use. */
const OLDEST = [6, 2] as const;

function versionFinding(info: string): Finding {
  const version = /^redis_version:(\S+)/m.exec(info)?.[1] ?? '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
  return isOld
    ? queue.wrong(`Redis ${version || 'of unknown version'} is too old`, `use Redis ${OLDEST.join('.')} or later`)
    : queue.ok(`Redis ${version}`);
}

async function settingFindings(redis: Redis): Promise<Finding[]> {
  const policy = await settingOf(redis, 'maxmemory-policy');
  const appendOnly = await settingOf(redis, 'appendonly');
  if (policy === null)
    return [queue.unchecked('it does not let its settings be read', 'see that maxmemory-policy is noeviction')];
  return [
    policy === 'noeviction'
      ? queue.ok('maxmemory-policy is noeviction')
      : queue.wrong(`maxmemory-policy is ${policy}: jobs can vanish`, 'set maxmemory-policy noeviction in redis.conf'),
    appendOnly === 'yes'
      ? queue.ok('appendonly is on')
      : queue.ok('appendonly is off: when Redis is restarted its jobs are added again within seconds; nothing is lost'),
  ];
}

/** Null where the server does not let itself be asked, as hosted ones do not. */
async function settingOf(redis: Redis, name: string): Promise<string | null> {
  try {
    const answer: unknown = await redis.config('GET', name);
    return Array.isArray(answer) && typeof answer[1] === 'string' ? answer[1] : null;
  } catch (error) {
    if (error instanceof Error && error.name === 'ReplyError') return null;
    throw error;
  }
}

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return /NOAUTH|WRONGPASS|NOPERM/.test(error.message) ? 'it refuses the password' : 'no connection';
};
