import { foldDue } from '../../src/flow/fold.js';
import { interpretPending } from '../../src/flow/interpret.js';
import { type Receive, receiver } from '../../src/flow/receive.js';
import { type Day, londonDay } from '../../src/register/day.js';
import { inboxStore } from '../../src/store/inbox.js';
import type { Tables } from '../../src/tables.js';
import { type Adt, adt } from '../scenarios/adt.js';
import type { TestDatabase } from '../support/postgres.js';
import { quiet } from '../support/quiet.js';
import { tables } from './terminal.js';

/** The way in, as the service has it. */
export const receiveInto = ({ pool }: TestDatabase): Receive =>
  receiver({ site: tables.site, acceptBatch: inboxStore(pool).acceptBatch, wake: () => undefined, log: quiet });

/** Messages come in, are interpreted, and whoever they concern is folded. */
export async function hear(
  messages: readonly (Adt | string)[],
  database: TestDatabase,
  given: Tables = tables,
  on: Day = today(),
): Promise<void> {
  const receive = receiveInto(database);
  for (const message of messages) {
    const bytes = Buffer.from(typeof message === 'string' ? message : adt(message));
    await receive(bytes, { transport: 'mllp', peer: '127.0.0.1' });
  }
  await work(database, given, on);
}

const today = (): Day => londonDay(new Date().toISOString());

/** One round of the service's work, without its queues. */
export async function work({ pool }: TestDatabase, given: Tables = tables, on: Day = today()): Promise<void> {
  const { site, mappings, directory } = given;
  await interpretPending({ pool, site, mappings, changed: async () => undefined, log: quiet });
  const now = () => new Date();
  await foldDue({ pool, site, directory, now, today: () => on, deliver: () => undefined, log: quiet });
}
