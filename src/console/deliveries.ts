import { FAULTS, type FaultCode } from '../fault.js';
import type { LedgerContent } from '../flow/versions.js';
import { auditStore } from '../store/audit.js';
import { type DeliveryRow, deliveryStore } from '../store/deliveries.js';
import { ledgerStore } from '../store/ledger.js';
import { personKeyStore } from '../store/person-keys.js';
import { traceStore } from '../store/trace.js';
import { askedBody } from './asked-body.js';
import type { AppDeps, Who } from './deps.js';
import type { DeliveryQuery, HandOver } from './queries.js';
import type { DeliveryListView, DeliveryRowView, DeliveryView } from './schemas.js';

const VERSIONS_SHOWN = 200;
const WAITS = new Set(['due', 'sending', 'handed-over']);

/** Newest first. */
export async function listDeliveries(deps: AppDeps, query: DeliveryQuery): Promise<DeliveryListView> {
  const { state, before, limit } = query;
  const body = askedBody(query.body, deps);
  const rows = await deliveryStore(deps.pool).list({
    bodies: body === undefined ? undefined : [body],
    states: state === undefined ? undefined : [state],
    before,
    limit: limit + 1,
  });
  const deliveries = rows.slice(0, limit).map((row) => deliveryRow(row, deps));
  return { deliveries, nextBefore: rows.length > limit ? (deliveries.at(-1)?.id ?? null) : null };
}

/**
 * One version for one body, the versions before and after it, and every attempt. Null where there is none. It says what
 * the body was told of the person, so seeing it is recorded as a look at them.
 */
export async function readDelivery(deps: AppDeps, id: string, who: Who): Promise<DeliveryView | null> {
  const publication = await ledgerStore(deps.pool).publication(id);
  if (!publication) return null;
  const deliveries = deliveryStore(deps.pool);
  const keys = await personKeyStore(deps.pool).keysUnder(publication.personKey);
  const [rows, attempts, answer] = await Promise.all([
    deliveries.list({ bodies: [publication.body], personKeys: keys, limit: VERSIONS_SHOWN }),
    traceStore(deps.pool).attempts(id),
    deliveries.outcome(id),
  ]);
  const versions = rows.map((row) => deliveryRow(row, deps));
  const own = versions.find((version) => version.id === id);
  if (!own) return null;
  const look = { who: who.name, role: who.role, action: 'version-seen', subject: own.personKey, reason: null };
  await auditStore(deps.pool).record(look);
  return {
    ...own,
    versions,
    attempts: attempts.map((attempt) => ({
      ...attempt,
      startedAt: attempt.startedAt.toISOString(),
      endedAt: attempt.endedAt?.toISOString() ?? null,
    })),
    answer,
    resources: [...(deps.resourcesOf?.(publication.content as LedgerContent, publication.recordVersion) ?? [])],
  };
}

/** Makes rows due again and wakes whoever delivers. Returns how many persons and bodies that concerns. */
export async function handOverAgain({ pool, handOver }: AppDeps, which: HandOver, who: Who): Promise<number> {
  const { delivery, body } = which;
  const subject = delivery === undefined ? `body:${body}` : `delivery:${delivery}`;
  await auditStore(pool).record({ who: who.name, role: who.role, action: 'handed-over-again', subject, reason: null });
  const due = await deliveryStore(pool).requeue({
    publicationIds: delivery === undefined ? undefined : [delivery],
    bodies: body === undefined ? undefined : [body],
  });
  await handOver(due);
  return due.length;
}

export const deliveryRow = (row: DeliveryRow, { bodyName }: Pick<AppDeps, 'bodyName'>): DeliveryRowView => ({
  id: row.publicationId,
  personKey: row.personKey,
  body: row.body,
  bodyName: bodyName?.(row.body) ?? null,
  recordVersion: row.recordVersion,
  state: row.state,
  attempt: row.attempt,
  fault:
    row.lastFault === null
      ? null
      : { code: row.lastFault, text: FAULTS[row.lastFault].text, next: nextFor(row.lastFault) },
  publishedAt: row.publishedAt.toISOString(),
  nextAttemptAt: WAITS.has(row.state) ? row.nextAttemptAt.toISOString() : null,
  settledAt: row.settledAt?.toISOString() ?? null,
});

const NEXT: Partial<Record<FaultCode, string>> = {
  'council-refused': "read the council's answer, agree with the council what must change, then hand it over again",
  'council-ahead': 'ask the council who wrote the newer version; compare the two registers before handing over again',
  'destination-missing':
    'add the destination of this body to the site file and restart; it is then handed over by itself',
  'body-ended':
    'nothing: whoever came after it was told; where its system is still there, give it a destination again and restart',
};

const BY_REMEDY = {
  retry: 'nothing: it is tried again by itself',
  operator: 'mend the cause, then hand it over again',
  sender: 'tell the sender',
};

/** What whoever looks after this fault does. */
export const nextFor = (fault: FaultCode): string => NEXT[fault] ?? BY_REMEDY[FAULTS[fault].remedy];
