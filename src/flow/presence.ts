import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Pool } from 'pg';
import type { Log } from '../log.js';
import { type ProcessRole, processStore } from '../store/processes.js';
import { repeat } from './repeat.js';

type Present = { pool: Pool; roles: readonly ProcessRole[]; log: Log };

const EVERY_MS = 5_000;

/** Lets the database know that these roles run here, until the answer is called: then they have ended as they should. */
export function keepPresent({ pool, roles, log }: Present): () => Promise<void> {
  const id = randomUUID();
  const processes = processStore(pool);
  const end = repeat(EVERY_MS, log, () => processes.seen(id, hostname(), roles));
  return async () => {
    await end();
    await processes.ended(id).catch((error: unknown) => {
      log.warn('it could not be written down that this process ends; it will be missed', { error });
    });
  };
}
