import type { FaultCode } from '../fault.js';
import { FAULTS } from '../fault.js';
import type { Log } from '../log.js';
import type { Directory } from '../organisations/directory.js';
import { transactionBundle } from '../publish/bundle.js';
import type { Site } from '../site.js';
import type { DeliveryStore } from '../store/deliveries.js';
import type { Claim } from '../store/delivery-claim.js';
import type { DoubtStore } from '../store/delivery-doubt.js';
import type { FhirDestination } from '../wire/fhir.js';
import type { FhirTrouble } from '../wire/fhir-trouble.js';
import { backoffMs } from './backoff.js';
import type { LedgerContent, ToDeliver } from './fold.js';
import { compare, keysOf, stampedVersion } from './held.js';
import { lookAgain } from './look-again.js';
import { patiently } from './patiently.js';

type Deps = {
  deliveries: DeliveryStore;
  doubts: DoubtStore;
  destination: FhirDestination;
  site: Site;
  directory: Directory;
  now: () => Date;
  random: () => number;
  /** How long after a confirmation an attempt without an answer may still arrive. */
  lookAgainMs: number;
  /** Asks to be called again. Must not throw: the sweep finds what it misses. */
  again: (delivery: ToDeliver, delayMs: number) => Promise<void>;
  log: Log;
};

/** Hands the newest version to its body, until nothing is due for this person and body, or it has to wait. */
export async function dispatch(to: ToDeliver, deps: Deps): Promise<void> {
  const { personKey, body } = to;
  for (;;) {
    const claim = await deps.deliveries.claim(personKey, body, deps.now());
    if (!claim && (await lookAgain(to, deps)) === 'undone') continue;
    if (!claim) return;
    const log = deps.log.child({ council: body, deliveryRow: claim.publicationId, attempt: claim.attempt });
    const result = await handOver(claim, deps);
    if (result.kind === 'confirmed') {
      const nextAttemptAt = new Date(deps.now().getTime() + deps.lookAgainMs);
      await patiently(() => deps.deliveries.confirm({ claim, httpStatus: result.httpStatus, nextAttemptAt }));
      log.info('a delivery was confirmed');
      continue;
    }
    await settleTrouble(claim, result, deps, log);
    return;
  }
}

type Result = { kind: 'confirmed'; httpStatus: number | null } | FhirTrouble;

/** After an attempt without an answer the body is read first: it may have this version, or one it must not lose. */
async function handOver(claim: Claim, { destination, site, directory }: Deps): Promise<Result> {
  const content = claim.content as LedgerContent;
  const stamped = stampedVersion(content, claim.recordVersion, site, directory);
  const versions = new Map<string, string>();
  if (claim.unsure || claim.attempt > 1) {
    const answer = await destination.readHeld(keysOf(stamped));
    if (answer.kind === 'trouble') return beforeSending(answer);
    const verdict = compare(answer.held, stamped, claim.recordVersion);
    if (verdict === 'same') return { kind: 'confirmed', httpStatus: null };
    if (verdict === 'ahead') return ahead(claim);
    for (const { value, versionId } of answer.held) if (versionId !== null) versions.set(value, versionId);
  }
  const sent = await destination.transaction(transactionBundle(content.publication.patient, stamped, versions));
  return sent.kind === 'confirmed' ? { kind: 'confirmed', httpStatus: 200 } : sent;
}

/** A read that failed sent nothing: this attempt has changed nothing at the body. */
const beforeSending = (trouble: FhirTrouble): FhirTrouble =>
  trouble.detail.code === 'no-reply'
    ? { ...trouble, detail: { ...trouble.detail, code: 'council-unavailable' } }
    : trouble;

const ahead = ({ body }: Claim): FhirTrouble => ({
  kind: 'trouble',
  detail: {
    code: 'council-ahead',
    where: body,
    text: 'it holds a newer version than the ledger knows',
    next: 'find out whether this database was restored from a backup, or another service sends the same identifiers',
  },
  httpStatus: null,
  retryAfterMs: null,
  outcome: null,
});

async function settleTrouble(claim: Claim, trouble: FhirTrouble, deps: Deps, log: Log): Promise<void> {
  const { httpStatus, outcome, retryAfterMs } = trouble;
  const fault = await lastingFault(claim, trouble, deps);
  if (FAULTS[fault].remedy !== 'retry') {
    const kept = outcome ?? { ...trouble.detail, code: fault };
    await patiently(() => deps.deliveries.park({ claim, httpStatus, fault, outcome: kept }));
    log.warn('a delivery was parked', { fault });
    return;
  }
  const delayMs = backoffMs(claim.attempt, retryAfterMs, deps.random);
  const nextAttemptAt = new Date(deps.now().getTime() + delayMs);
  await patiently(() => deps.deliveries.fail({ claim, httpStatus, fault, nextAttemptAt }));
  log.info('a delivery waits and is tried again', { fault, retryAfterMs: delayMs });
  await deps.again(claim, delayMs);
}

const CONFLICTS_AT_MOST = 5;

/**
 * Somebody else's change is over at the next reading. A conflict that comes again and again is another thing, such as
 * two patients with the same NHS number, and only the council can mend it.
 */
async function lastingFault(
  { publicationId }: Claim,
  { detail }: FhirTrouble,
  { deliveries }: Deps,
): Promise<FaultCode> {
  if (detail.code !== 'version-conflict') return detail.code;
  const before = await patiently(() => deliveries.countEnded(publicationId, 'version-conflict'));
  return before + 1 < CONFLICTS_AT_MOST ? detail.code : 'council-refused';
}
