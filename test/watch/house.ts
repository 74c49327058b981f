import type { Pool } from 'pg';
import { watcher } from '../../src/flow/watch.js';
import type { Certificate, Disk } from '../../src/flow/watch-conditions.js';
import { channelsOf } from '../../src/flow/watch-tell.js';
import { createLog } from '../../src/log.js';
import { type Site, siteFromObject } from '../../src/site.js';
import { inboxStore } from '../../src/store/inbox.js';
import type { IncomingMessage } from '../../src/store/message.js';
import { incoming } from '../store/messages.js';
import { otherTestsHaveCommitted } from '../support/postgres.js';

export const BIRMINGHAM = 'E08000025';

export function watchedSite(alerts: Record<string, unknown> = {}): Site {
  const read = siteFromObject({
    name: 'Test partnership',
    senders: [
      { ods: 'RXT', application: 'EPR', name: 'A trust', feed: 'zmh' },
      { ods: 'RXX', name: 'Another trust', feed: 'zmh' },
    ],
    councils: [{ gss: BIRMINGHAM, destination: { kind: 'fhir', url: 'http://127.0.0.1:9/fhir' } }],
    alerts,
  });
  if (read.kind === 'problems') throw new Error(read.problems.join('\n'));
  return read.site;
}

export type Watching = {
  round(at: string): Promise<string[]>;
  log: string[];
  disk: Disk;
  certificates: Certificate[];
};

type Told = { webhook?: string; secret?: string; smtpUrl?: string; email?: string[] };

/** One process that watches, with the clock in the hands of the test. `round` answers what began and what ended. */
export function watchingProcess(pool: Pool, told: Told = {}, site = watchedSite()): Watching {
  let now = new Date(0);
  const log: string[] = [];
  const disk: Disk = { subject: 'here:/data', free: 50, size: 100 };
  const certificates: Certificate[] = [];
  const round = watcher({
    pool,
    site,
    channels: channelsOf({
      site: site.name,
      webhook: told.webhook ? { url: told.webhook, secret: told.secret ?? null } : null,
      mail: told.smtpUrl ? { smtpUrl: told.smtpUrl, from: 'watch@aftercare.example', to: told.email ?? [] } : null,
      now: () => now,
    }),
    log: createLog('debug', { write: (line) => void log.push(line) }),
    now: () => now,
    disks: async () => [disk],
    certificates: async () => certificates,
  });
  return {
    disk,
    certificates,
    log,
    round: async (at) => {
      now = new Date(at);
      if (await uncounted(pool)) await otherTestsHaveCommitted(pool);
      const { began, ended } = await round();
      return [
        ...began.map(({ kind, subject }) => `${kind} ${subject} began`),
        ...ended.map(({ kind, subject }) => `${kind} ${subject} ended`),
      ].sort();
    },
  };
}

async function uncounted(pool: Pool): Promise<boolean> {
  const { rowCount } = await pool.query('select from feed_counting where counted_to < (select max(id) from messages)');
  return rowCount === 1;
}

let controlId = 0;

/** Messages that came at a moment; the inbox itself knows only "now". */
export async function cameAt(
  pool: Pool,
  at: string,
  over: Partial<IncomingMessage> = {},
  count = 1,
): Promise<string[]> {
  const messages = Array.from({ length: count }, () => {
    controlId += 1;
    return incoming({ controlId: `W${controlId}`, ...over });
  });
  const ids = (await inboxStore(pool).acceptBatch(messages)).map(({ id }) => id);
  await pool.query('update messages set received_at = $2 where id = any ($1::bigint[])', [ids, at]);
  return ids;
}

export const interpreted = (pool: Pool, ids: readonly string[], state = 'interpreted', fault: unknown = null) =>
  pool.query('update messages set state = $2, fault = $3 where id = any ($1::bigint[])', [
    ids,
    state,
    fault === null ? null : JSON.stringify(fault),
  ]);
