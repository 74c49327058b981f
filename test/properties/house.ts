import { foldDue } from '../../src/flow/fold.js';
import { interpretPending } from '../../src/flow/interpret.js';
import { receiver } from '../../src/flow/receive.js';
import { recordFacts } from '../../src/flow/record.js';
import { readStatedFacts } from '../../src/interpret/stated.js';
import { inboxStore } from '../../src/store/inbox.js';
import { type Adt, adt } from '../scenarios/adt.js';
import { type Stated, tables } from '../scenarios/tell.js';
import type { TestDatabase } from '../support/postgres.js';
import { quiet } from '../support/quiet.js';
import { statedBy } from '../support/stated-by.js';
import type { Story } from './histories.js';

/** The service's work over a real store, one step at a time, on the day that the test says it is. */
export function houseOf({ pool }: TestDatabase, today: () => string) {
  const deps = { pool, ...tables, now: () => new Date(`${today()}T12:00:00Z`), today, log: quiet };
  const foldEverybody = () => foldDue({ ...deps, deliver: () => undefined });
  const receive = receiver({
    site: tables.site,
    acceptBatch: inboxStore(pool).acceptBatch,
    wake: () => undefined,
    log: quiet,
  });

  /** Received, interpreted and folded by itself, so that each step of the way is published. */
  async function hear(message: Adt): Promise<void> {
    await receive(Buffer.from(adt(message)), { transport: 'mllp', peer: 'test' });
    await interpretPending({ ...deps, changed: async () => undefined });
    await foldEverybody();
  }

  async function record(stated: readonly Stated[]): Promise<void> {
    const ndjson = stated.map((fact) => JSON.stringify({ statedBy: statedBy(fact), ...fact })).join('\n');
    const read = readStatedFacts(ndjson, tables.mappings.codes);
    if (read.kind === 'mistakes') throw new Error(read.mistakes.join('\n'));
    await recordFacts(read.facts, 'test', deps);
    await foldEverybody();
  }

  return {
    deps,
    foldEverybody,
    hear,
    record,
    async live({ messages, stated }: Story): Promise<void> {
      for (const message of messages) await hear(message);
      await record(stated);
    },
    forget: () =>
      pool.query(
        `truncate messages, message_contents, stated_facts, person_keys, episode_ids, publications, deliveries,
                  delivery_attempts, entries, mentions, told_periods, parked_names, nodes, interpretations, rebuilds`,
      ),
  };
}
