import type { Asked } from '../../src/flow/fhir-answer.js';
import { foldDue } from '../../src/flow/fold.js';
import { interpretPending } from '../../src/flow/interpret.js';
import { receiver } from '../../src/flow/receive.js';
import { fhirReceiver } from '../../src/flow/receive-fhir.js';
import { recordFacts } from '../../src/flow/record.js';
import { readStatedFacts } from '../../src/interpret/stated.js';
import { inboxStore } from '../../src/store/inbox.js';
import { type Message, type Stated, tables, written } from '../scenarios/tell.js';
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

  const receiveFhir = fhirReceiver({ site: tables.site, keep: receive.keep, log: quiet });

  async function take(message: Message): Promise<void> {
    const bytes = Buffer.from(written(message));
    if (!('resourceType' in message)) await receive(bytes, { transport: 'mllp', peer: 'test' });
    else {
      const isBundle = message.resourceType === 'Bundle';
      const asks: Asked = isBundle ? { kind: 'bundle' } : { kind: 'create', type: message.resourceType };
      await receiveFhir(bytes, { asks, url: 'http://x/fhir', prefer: 'minimal' }, { transport: 'http', peer: 'test' });
    }
  }

  /** Received, interpreted and folded by itself, so that each step of the way is published. */
  async function hear(message: Message): Promise<void> {
    await take(message);
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
                  delivery_attempts, entries, open_questions, open_charges, mentions, told_periods, parked_names, nodes,
                  interpretations, rebuilds`,
      ),
  };
}
