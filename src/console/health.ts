import { Router } from 'express';
import { Fault } from '../fault.js';
import type { AppDeps } from './deps.js';

/** `next` is null while the part is up. */
export type PartHealth = { name: string; up: boolean; next: string | null };

const CHECK_TIMEOUT_MS = 3_000;

/** Asks every part at once; one that does not answer in time is down. */
export async function healthOf({ pool, queues, checks }: AppDeps): Promise<PartHealth[]> {
  const asked = {
    database: () => pool.query('select 1'),
    queue: () => queues.counts('interpret'),
    ...checks,
  };
  return Promise.all(Object.entries(asked).map(([name, check]) => healthOfPart(name, check)));
}

export function healthRoutes(deps: AppDeps): Router {
  return Router()
    .get('/health/live', (_req, res) => {
      res.set('Cache-Control', 'no-store').json({ status: 'alive' });
    })
    .get('/health/ready', async (_req, res) => {
      const parts = await healthOf(deps);
      const ready = parts.every(({ name, up }) => up || !isNeeded(name, deps.roles));
      res
        .status(ready ? 200 : 503)
        .set('Cache-Control', 'no-store')
        .json({
          status: ready ? 'ready' : 'not-ready',
          parts: Object.fromEntries(
            parts.map(({ name, up }) => [name, { status: up ? 'up' : 'down', needed: isNeeded(name, deps.roles) }]),
          ),
        });
    });
}

/** What wakes the work, and the work itself. */
const OF_WORK: readonly string[] = ['queue', 'work'];

/**
 * Whoever asks takes a process that is not ready away from those who send to it. What only wakes the work is no reason
 * to take away a feed or a page: messages are kept all the same, and what was acknowledged waits in its rows.
 */
const isNeeded = (part: string, roles: AppDeps['roles']): boolean => roles.includes('work') || !OF_WORK.includes(part);

async function healthOfPart(name: string, check: () => Promise<unknown>): Promise<PartHealth> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), CHECK_TIMEOUT_MS);
  });
  try {
    await Promise.race([check(), late]);
    return { name, up: true, next: null };
  } catch (error) {
    return {
      name,
      up: false,
      next: error instanceof Fault ? error.detail.next : 'it does not answer: check that it runs',
    };
  } finally {
    clearTimeout(timer);
  }
}
