import type { FaultCode } from '../fault.js';
import { FAULTS } from '../fault.js';
import type { Log } from '../log.js';
import type { Directory } from '../organisations/directory.js';
import { transactionBundle } from '../publish/bundle.js';
import { organisationsOn } from '../publish/organisations.js';
import { type Stamped, type StampedResource, stamp } from '../publish/stamp.js';
import { londonDay } from '../register/day.js';
import type { Site } from '../site.js';
import type { Claim, DeliveryStore } from '../store/deliveries.js';
import type { FhirDestination, Held, HeldKey } from '../wire/fhir.js';
import type { FhirTrouble } from '../wire/fhir-trouble.js';
import { backoffMs } from './backoff.js';
import type { LedgerContent, ToDeliver } from './fold.js';
import { recordVersionOf } from './held.js';

type Deps = {
  deliveries: DeliveryStore;
  destination: FhirDestination;
  site: Site;
  directory: Directory;
  now: () => Date;
  random: () => number;
  /** Asks to be called again. Must not throw: the sweep finds what it misses. */
  again: (delivery: ToDeliver, delayMs: number) => Promise<void>;
  log: Log;
};

/** Hands the newest version to its body, until nothing is due for this person and body, or it has to wait. */
export async function dispatch({ personKey, body }: ToDeliver, deps: Deps): Promise<void> {
  for (;;) {
    const claim = await deps.deliveries.claim(personKey, body, deps.now());
    if (!claim) return;
    const log = deps.log.child({ council: body, deliveryRow: claim.publicationId, attempt: claim.attempt });
    const result = await handOver(claim, deps);
    if (result.kind === 'confirmed') {
      await deps.deliveries.confirm({ claim, httpStatus: result.httpStatus });
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
    const answer = await destination.readHeld(stamped.resources.map(keyOf));
    if (answer.kind === 'trouble') return beforeSending(answer);
    const verdict = compare(answer.held, stamped, claim.recordVersion);
    if (verdict === 'same') return { kind: 'confirmed', httpStatus: null };
    if (verdict === 'ahead') return ahead(claim);
    for (const { value, versionId } of answer.held) if (versionId !== null) versions.set(value, versionId);
  }
  const sent = await destination.transaction(transactionBundle(content.publication.patient, stamped, versions));
  return sent.kind === 'confirmed' ? { kind: 'confirmed', httpStatus: 200 } : sent;
}

/** What a version of the ledger looks like on the wire: the same every time it is made. */
export function stampedVersion(
  content: LedgerContent,
  recordVersion: number,
  site: Site,
  directory: Directory,
): Stamped {
  return stamp(content.publication, content.ids, recordVersion, {
    recordedAt: content.recordedAt,
    recordedBy: { name: site.name, ods: null },
    organisationOf: organisationsOn(directory, londonDay(content.recordedAt)),
    retired: content.retired,
  });
}

const keyOf = (resource: StampedResource): HeldKey => ({
  resourceType: resource.resourceType,
  system: resource.identifier[0].system,
  value: resource.identifier[0].value,
});

function compare(held: readonly Held[], { resources }: Stamped, recordVersion: number): 'same' | 'ahead' | 'behind' {
  const versions = new Map(held.map(({ value, resource }) => [value, recordVersionOf(resource)]));
  const each = resources.map((resource) => versions.get(resource.identifier[0].value) ?? 0);
  if (each.some((version) => version > recordVersion)) return 'ahead';
  return each.every((version) => version === recordVersion) ? 'same' : 'behind';
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
  const fault: FaultCode = trouble.detail.code;
  if (FAULTS[fault].remedy !== 'retry') {
    await deps.deliveries.park({ claim, httpStatus, fault, outcome: outcome ?? trouble.detail });
    log.warn('a delivery was parked', { fault });
    return;
  }
  const delayMs = backoffMs(claim.attempt, retryAfterMs, deps.random);
  const nextAttemptAt = new Date(deps.now().getTime() + delayMs);
  await deps.deliveries.fail({ claim, httpStatus, fault, nextAttemptAt });
  log.info('a delivery waits and is tried again', { fault, retryAfterMs: delayMs });
  await deps.again(claim, delayMs);
}
