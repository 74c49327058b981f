import { Router } from 'express';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { deliveryStore } from '../store/deliveries.js';
import { entryStore } from '../store/entries.js';
import { inboxStore } from '../store/inbox.js';
import { overviewStore } from '../store/overview.js';
import type { AppDeps } from './deps.js';

/** Scrapes that come together share one reading of the tables. */
const CACHE_MS = 5_000;

/** Prometheus text, made of the rows at the moment of the scrape: every process answers the same. No patient data. */
export function metricsRoutes(deps: AppDeps): Router {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauges = gaugesOf(registry);
  const now = deps.now ?? (() => new Date());
  let read: { at: number; done: Promise<void> } | null = null;

  const fresh = async () => {
    const at = now().getTime();
    if (read === null || at - read.at >= CACHE_MS) read = { at, done: readRows(deps, gauges, now()) };
    try {
      await read.done;
    } catch (error) {
      read = null;
      throw error;
    }
  };
  return Router().get('/metrics', async (_req, res) => {
    await fresh();
    res
      .set('Cache-Control', 'no-store')
      .type(registry.contentType)
      .send(await registry.metrics());
  });
}

function gaugesOf(registry: Registry) {
  const gauge = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Gauge({ name: `aftercare_${name}`, help, labelNames, registers: [registry] });
  return {
    messages: gauge('messages', 'Messages in the inbox, by sender of the site file and state', ['sender', 'state']),
    uninterpreted: gauge('oldest_uninterpreted_seconds', 'Age of the oldest message that nobody has interpreted', []),
    deliveries: gauge('deliveries', 'Versions for each body, by state', ['body', 'state']),
    undelivered: gauge('oldest_undelivered_seconds', 'Age of the oldest version that its body does not have', ['body']),
    entries: gauge('entries', 'Persons in the register, by status', ['status']),
    questions: gauge('open_questions', 'Questions that only a person may answer, by kind', ['kind']),
  };
}

async function readRows({ pool, site }: AppDeps, gauges: ReturnType<typeof gaugesOf>, now: Date): Promise<void> {
  const overview = overviewStore(pool);
  const [messages, uninterpreted, deliveries, undelivered, entries, questions] = await Promise.all([
    inboxStore(pool).counts(),
    overview.uninterpreted(),
    deliveryStore(pool).counts(),
    overview.undelivered(),
    entryStore(pool).counts(),
    overview.questions(),
  ]);
  const ageSeconds = (at: Date | null): number =>
    at === null ? 0 : Math.max(0, (now.getTime() - at.getTime()) / 1000);
  for (const each of Object.values(gauges)) each.reset();
  // A stranger may write anything into MSH-4, also a person's name, and as many as it likes.
  const known = new Set(site.senders.map(({ ods }) => ods));
  for (const { sender, state, count } of messages) {
    gauges.messages.inc({ sender: known.has(sender) ? sender : 'unknown', state }, count);
  }
  gauges.uninterpreted.set(ageSeconds(uninterpreted.oldestAt));
  for (const { body, state, count } of deliveries) gauges.deliveries.set({ body, state }, count);
  for (const { body, oldestAt } of undelivered) gauges.undelivered.set({ body }, ageSeconds(oldestAt));
  for (const { status, count } of entries) gauges.entries.set({ status }, count);
  for (const { kind, count } of questions) gauges.questions.set({ kind }, count);
}
