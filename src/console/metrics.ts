import { Router } from 'express';
import type { Gauge } from 'prom-client';
import { notEndedBefore } from '../flow/watch-tell.js';
import { dueStore } from '../store/due.js';
import { entryStore } from '../store/entries.js';
import { feedMinutes } from '../store/feed-minutes.js';
import { foldedWithStore } from '../store/folded-with.js';
import { overviewStore } from '../store/overview.js';
import { watchStore } from '../store/watch.js';
import { connectedBodies } from './bodies.js';
import type { AppDeps } from './deps.js';
import { createMeters } from './meters.js';
import { figuresIn, type Reading, refresher } from './readings.js';

/**
 * Prometheus text: what this process has done, and what the tables say, which is the same from every process. No scrape
 * reads a large table: messages are counted by the watch, and what is dear to read is read the more seldom. No patient
 * data, and nothing that a stranger may have written.
 */
export function metricsRoutes(deps: AppDeps): Router {
  const { registry } = deps.meters ?? createMeters('unknown');
  const figures = figuresIn(registry);
  const up = figures.gauge(
    'database_up',
    '1 while the figures from the tables can be read, else 0 and they are absent',
  );
  const fresh = refresher(readingsOf(deps, figures), () => performance.now());
  const setPool = poolFigures(deps, figures);
  return Router().get('/metrics', async (_req, res) => {
    up.set((await fresh()) ? 1 : 0);
    setPool();
    res
      .set('Cache-Control', 'no-store')
      .type(registry.contentType)
      .send(await registry.metrics());
  });
}

type Figures = ReturnType<typeof figuresIn>;

function readingsOf(deps: AppDeps, figures: Figures): Reading[] {
  return [
    feedReading(deps, figures),
    waitingReading(deps, figures),
    deliveryReading(deps, figures),
    registerReading(deps, figures),
    alertReading(deps, figures),
    queueReading(deps, figures),
    placeReading(deps, figures),
  ];
}

const clockOf = ({ now = () => new Date() }: AppDeps) => now;
const seconds = (at: Date): number => at.getTime() / 1_000;
const ageOf = (at: Date | null, now: Date): number => (at === null ? 0 : Math.max(0, seconds(now) - seconds(at)));

function feedReading({ pool }: AppDeps, { counter, gauge }: Figures): Reading {
  const labels = ['sender', 'application'] as const;
  const received = counter('messages_received_total', 'Messages acknowledged and kept, by feed of the site file', [
    ...labels,
  ]);
  const rejected = counter('messages_rejected_total', 'Messages refused (AR); strangers are unknown', [...labels]);
  const settled = counter('messages_settled_total', 'Messages by their first outcome', [...labels, 'outcome']);
  const last = gauge('feed_last_message_timestamp_seconds', 'When a feed was last heard, to the minute', [...labels]);
  return {
    figures: [received, rejected, settled, last],
    read: async () => {
      const totals = await feedMinutes(pool, []).totals();
      return () => {
        for (const { sender, application, lastMinute, ...counts } of totals) {
          const feed = { sender: sender || 'unknown', application };
          received.inc(feed, counts.received);
          rejected.inc(feed, counts.rejected);
          for (const outcome of ['interpreted', 'ignored', 'parked'] as const) {
            settled.inc({ ...feed, outcome }, counts[outcome]);
          }
          if (lastMinute) last.set(feed, seconds(lastMinute));
        }
      };
    },
  };
}

function waitingReading(deps: AppDeps, { gauge }: Figures): Reading {
  const waiting = gauge('messages_waiting', 'Messages that nobody has interpreted; counted up to ten thousand');
  const oldest = gauge('oldest_uninterpreted_seconds', 'Age of the oldest message that nobody has interpreted');
  const unfolded = gauge('oldest_unfolded_seconds', 'Age of the oldest statement that the register does not show yet');
  const parked = gauge('messages_parked', 'Messages set aside for a person; counted up to ten thousand a fault', [
    'fault',
  ]);
  return {
    figures: [waiting, oldest, unfolded, parked],
    read: async () => {
      const overview = overviewStore(deps.pool);
      const [uninterpreted, unfoldedAt, causes] = await Promise.all([
        overview.uninterpreted(),
        watchStore(deps.pool).oldestUnfoldedAt(),
        overview.parkedByFault(),
      ]);
      return () => {
        waiting.set(uninterpreted.count);
        oldest.set(ageOf(uninterpreted.oldestAt, clockOf(deps)()));
        unfolded.set(ageOf(unfoldedAt, clockOf(deps)()));
        for (const { fault, count } of causes) parked.set({ fault }, count);
      };
    },
  };
}

function deliveryReading(deps: AppDeps, { gauge }: Figures): Reading {
  const due = gauge('deliveries_waiting', 'Versions on their way to a body, waiting included', ['body']);
  const oldest = gauge('oldest_undelivered_seconds', 'Age of the oldest version on its way to a body', ['body']);
  const parked = gauge('deliveries_parked', 'Versions that nobody tells a body until a person looks', [
    'body',
    'fault',
  ]);
  const bodies = connectedBodies(deps);
  return {
    figures: [due, oldest, parked],
    read: async () => {
      const watch = watchStore(deps.pool);
      const [waiting, stuck] = await Promise.all([watch.undelivered(), watch.parkedDeliveries()]);
      return () => {
        // A body to which nothing is owed is a 0 and not a gap, so that a rule sees the end of an outage.
        for (const body of bodies) zero({ body }, due, oldest);
        for (const { body, count, oldestAt } of waiting) {
          due.set({ body }, count);
          oldest.set({ body }, ageOf(oldestAt, clockOf(deps)()));
        }
        for (const { body, fault, count } of stuck) parked.set({ body, fault }, count);
      };
    },
  };
}

const zero = (labels: { body: string }, ...gauges: Gauge<'body'>[]): void => {
  for (const gauge of gauges) gauge.set(labels, 0);
};

function registerReading({ pool, foldedWith }: AppDeps, { gauge }: Figures): Reading {
  const entries = gauge('entries', 'Persons in the register, by status', ['status']);
  const questions = gauge('open_questions', 'Questions that only a person may answer, by kind', ['kind']);
  const otherwise = gauge(
    'entries_folded_otherwise',
    "Persons folded by other rules, policies or organisations than this process's; counted up to ten thousand",
  );
  const clocks = gauge('clocks', 'Things due that are not done, by who owes them and how overdue they are', [
    'council',
    'icb',
    'state',
  ]);
  return {
    figures: [entries, questions, otherwise, clocks],
    read: async () => {
      const [statuses, kinds, counts, others] = await Promise.all([
        entryStore(pool).counts(),
        overviewStore(pool).questions(),
        dueStore(pool).clockCounts(),
        foldedWith === undefined ? null : foldedWithStore(pool).countOthers(foldedWith),
      ]);
      return () => {
        if (others !== null) otherwise.set(others);
        for (const { status, count } of statuses) entries.set({ status }, count);
        for (const { kind, count } of kinds) questions.set({ kind }, count);
        for (const { council, icb, state, count } of counts) {
          clocks.set({ council: council ?? 'unknown', icb: icb ?? 'unknown', state }, count);
        }
      };
    },
  };
}

function alertReading(deps: AppDeps, { gauge }: Figures): Reading {
  const open = gauge('alerts_open', 'Alerts that have begun and not ended, by kind', ['kind']);
  const untold = gauge('alerts_untold', 'Beginnings and endings that a channel has not taken yet');
  return {
    figures: [open, untold],
    read: async () => {
      const watch = watchStore(deps.pool);
      const since = notEndedBefore(clockOf(deps)());
      const [alerts, waiting] = await Promise.all([watch.open(), watch.untold(since)]);
      return () => {
        for (const { kind } of alerts) open.inc({ kind });
        untold.set(waiting);
      };
    },
  };
}

function queueReading({ queues, ...deps }: AppDeps, { gauge }: Figures): Reading {
  const jobs = gauge('queue_jobs', 'Jobs of a queue; they only wake workers, the work itself is in the tables', [
    'queue',
    'state',
  ]);
  const names = ['interpret', 'fold', ...connectedBodies(deps).map((body) => `deliver-${body}`)];
  return {
    figures: [jobs],
    read: async () => {
      const counted = await Promise.all(names.map(async (queue) => ({ queue, ...(await queues.counts(queue)) })));
      return () => {
        for (const { queue, waiting, active, delayed } of counted) {
          jobs.set({ queue, state: 'waiting' }, waiting);
          jobs.set({ queue, state: 'active' }, active);
          jobs.set({ queue, state: 'delayed' }, delayed);
        }
      };
    },
  };
}

function placeReading({ pool, disk, certificates }: AppDeps, { gauge }: Figures): Reading {
  const free = gauge('disk_free_bytes', 'Left for this process on the volume of DATA_DIR');
  const size = gauge('disk_size_bytes', 'Size of the volume of DATA_DIR');
  const database = gauge(
    'database_size_bytes',
    'Size of the database; how much room its server has cannot be known here',
  );
  const expires = gauge('certificate_expires_timestamp_seconds', 'When a certificate of this process expires', [
    'setting',
  ]);
  return {
    figures: [free, size, database, expires],
    read: async () => {
      const [[volume], { rows }] = await Promise.all([
        disk?.() ?? [],
        pool.query<{ bytes: number }>('select pg_database_size(current_database())::float8 as bytes'),
      ]);
      return () => {
        if (volume) free.set(volume.free);
        if (volume) size.set(volume.size);
        database.set(rows[0]?.bytes ?? 0);
        for (const { setting, notAfter } of certificates?.() ?? [])
          expires.set({ setting }, seconds(new Date(notAfter)));
      };
    },
  };
}

/** Read at each scrape: they are numbers of this process. */
function poolFigures({ pool }: AppDeps, { gauge }: Figures): () => void {
  const connections = gauge('database_connections', 'Connections of this process to the database', ['state']);
  const waiting = gauge('database_waiting_queries', 'Work of this process that waits for a connection');
  return () => {
    connections.set({ state: 'idle' }, pool.idleCount);
    connections.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
    waiting.set(pool.waitingCount);
  };
}
