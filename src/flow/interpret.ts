import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import type { Mappings } from '../interpret/mappings.js';
import type { Log } from '../log.js';
import { nodesOf } from '../register/nodes.js';
import { periodNumberOf } from '../register/period-number.js';
import { findSender, type Sender, type Site } from '../site.js';
import type { Interpretation } from '../store/facts.js';
import { inboxStore, type PendingMessage } from '../store/inbox.js';
import { rebuildStore } from '../store/rebuild.js';
import { inTransaction } from '../store/transaction.js';
import { interpretBytes } from './admit.js';
import { keepInterpretations } from './keep-interpretations.js';
import { namedByAnyFeed, namedIn } from './named-in.js';
import { afterSenders, fewOf, turn } from './pace.js';
import { isGone } from './senders-gone.js';
import { type SideBySide, sideBySide } from './side-by-side.js';
import { stopwatch, type Took } from './took.js';

type Deps = {
  pool: Pool;
  site: Site;
  mappings: Mappings;
  /** Facts of persons have changed: they are due to be folded. Must not throw: the sweep finds what it misses. */
  changed: () => Promise<void>;
  /** The service ends: what has begun is finished, and nothing else begun. */
  stop?: AbortSignal;
  /** Messages in a batch, where it is not the usual. */
  atOnce?: number;
  /** No later message than this one. */
  upTo?: string;
  traced?: ((found: readonly Interpretation[], took: Took) => void) | undefined;
  log: Log;
};

const BATCH = 100;
/** Of one batch: larger messages come fewer at a time, so that memory does not grow with them. */
const BATCH_BYTES = 2 * 1024 * 1024;
/** While so many batches are being stored the next is read: neither the database nor we wait for the other. */
const STORED_AT_ONCE = 2;

/** Interprets every message that waits, oldest first. Running it twice at once, or again, changes nothing. */
export async function interpretPending(deps: Deps): Promise<void> {
  const storing = sideBySide(STORED_AT_ONCE);
  try {
    await interpretAll(deps, storing);
  } finally {
    await storing.ended();
  }
}

async function interpretAll(deps: Deps, storing: SideBySide): Promise<void> {
  const inbox = inboxStore(deps.pool);
  const upTo = deps.upTo === undefined ? {} : { upTo: deps.upTo };
  let after: string | null = null;
  // Has this round found something to do? What is left to others is met again in each.
  let any = false;
  while (!deps.stop?.aborted) {
    await afterSenders();
    const limit = fewOf(deps.atOnce ?? BATCH);
    const waiting = await inbox.pending({ limit, bytes: BATCH_BYTES, after, ...upTo });
    const ours = await withoutRebuilds(waiting, deps);
    if (ours.length > 0) await interpretBatch(ours, deps, storing);
    any ||= ours.length > 0;
    after = waiting.at(-1)?.id ?? null;
    // What was committed late may lie before what was read: it is looked for once nothing is on its way any more.
    if (waiting.length < limit) {
      if (!any) return;
      await storing.ended();
      [after, any] = [null, false];
    }
    await turn();
  }
}

/**
 * A rebuild has dropped what such a message said, and goes only with its sender: without it the message would be taken for
 * one that nobody could ever read. So it waits for the rebuild, which refuses to go on with such a site file itself.
 */
async function withoutRebuilds(waiting: readonly PendingMessage[], { pool, site }: Deps) {
  if (!waiting.some((message) => isGone(message, site))) return waiting;
  const rebuilding = await rebuildStore(pool).begun();
  if (rebuilding?.readAt !== null) return waiting;
  const isLeft = (message: PendingMessage) =>
    isGone(message, site) && BigInt(message.id) <= BigInt(rebuilding.untilMessage);
  return waiting.filter((message) => !isLeft(message));
}

async function interpretBatch(messages: readonly PendingMessage[], deps: Deps, storing: SideBySide): Promise<void> {
  const took = stopwatch();
  const found: Interpretation[] = [];
  for (const message of messages) {
    found.push(interpretationOf(message, deps));
    await turn();
  }
  await storing.begin(async () => {
    await record(found, deps);
    deps.traced?.(found, took());
    await deps.changed();
  });
}

/** What today's definitions find in a message. */
export function interpretationOf(
  message: PendingMessage,
  { site, mappings }: Pick<Deps, 'site' | 'mappings'>,
): Interpretation {
  const sender = findSender(site, message.sender, message.application);
  if (!sender) return senderGone(message, mappings);
  const { outcome, fault, facts } = interpretBytes(message.content, sender, mappings, message.receivedAt);
  const nodes = [...new Set(facts.flatMap(nodesOf))];
  const periods = [...new Set(facts.flatMap((fact) => periodNumberOf(fact) ?? []))];
  const found = {
    messageId: message.id,
    definition: definitionOf(sender, mappings),
    outcome,
    fault,
    facts,
    nodes,
    periods,
  };
  return outcome === 'parked' ? { ...found, names: namedIn(message.content, sender, mappings) } : found;
}

/** Everything besides the bytes that decides what a message means. */
const definitionOf = ({ feed, timeZone, ods }: Sender, { version }: Mappings): string =>
  createHash('sha256')
    .update(JSON.stringify([version, feed, timeZone, ods]))
    .digest('hex')
    .slice(0, 16);

const senderGone = ({ id, sender, content }: PendingMessage, mappings: Mappings): Interpretation => ({
  messageId: id,
  definition: 'no sender',
  outcome: 'parked',
  fault: {
    code: 'sender-unknown',
    where: 'MSH-4',
    text: 'the sender was taken out of the site file after this message was accepted',
    next: 'put the sender back, restart the service, then run "aftercare replay --parked" (it shows what changes; --apply does it)',
  },
  facts: [],
  nodes: [],
  periods: [],
  names: namedByAnyFeed(content, sender, mappings),
});

/** The whole batch in one transaction; if that cannot be stored, each by itself, so that one message holds up no other. */
async function record(batch: readonly Interpretation[], { pool, site, log }: Deps): Promise<void> {
  const store = (part: readonly Interpretation[]) =>
    inTransaction(pool, (db) => keepInterpretations(part, { site }, db));
  try {
    await store(batch);
    return;
  } catch (error) {
    if (!isAboutContent(error)) throw error;
    log.warn('a batch could not be stored and is stored one by one', { count: batch.length, error });
  }
  for (const one of batch) {
    try {
      await store([one]);
    } catch (error) {
      if (!isAboutContent(error)) throw error;
      log.error('a message could not be interpreted and was parked', { messageRow: one.messageId, error });
      await store([{ ...one, outcome: 'parked', facts: [], nodes: [], periods: [], fault: CANNOT_BE_STORED }]);
    }
  }
}

/** SQLSTATE classes 21 to 23 (data and integrity) and 54 (too large): the content's fault. Anything else is the database's. */
const isAboutContent = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^(?:2[123]|54)/.test(String(error.code));

const CANNOT_BE_STORED: Interpretation['fault'] = {
  code: 'interpret-failed',
  where: 'message',
  text: 'what it says cannot be stored',
  next: 'report the message row',
};
