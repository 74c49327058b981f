import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { FaultCode } from '../fault.js';
import { FAULTS } from '../fault.js';
import type { Log } from '../log.js';
import type { Directory } from '../organisations/directory.js';
import { transactionBundle } from '../publish/bundle.js';
import type { Site } from '../site.js';
import type { DeliveryStore } from '../store/deliveries.js';
import type { Claim, Confirmation } from '../store/delivery-claim.js';
import type { DoubtStore } from '../store/delivery-doubt.js';
import type { FhirDestination } from '../wire/fhir.js';
import type { FhirTrouble } from '../wire/fhir-trouble.js';
import { backoffMs } from './backoff.js';
import { microBatch } from './batch.js';
import { compare, keysOf, stampedVersion } from './held.js';
import { lookAgain } from './look-again.js';
import { afterSenders, turn } from './pace.js';
import { patiently } from './patiently.js';
import type { LedgerContent } from './versions.js';

type Deps = {
  deliveries: DeliveryStore;
  doubts: DoubtStore;
  destination: FhirDestination;
  site: Site;
  directory: Directory;
  random: () => number;
  /** How long after a confirmation an attempt without an answer may still arrive. */
  lookAgainMs: number;
  /** Asks for the body to be looked after again. Must not throw: the sweep finds what it misses. */
  again: (body: string, delayMs: number) => Promise<void>;
  /** The service ends: what is on its way is waited for, and nothing else begun. */
  stop: AbortSignal;
  log: Log;
};

/** Versions on their way to one body at a time. */
const AT_ONCE = 32;
/** Answers come one by one; written down together they cost the database a fraction. */
const GATHER_MS = 5;
/** How long what has become due waits while others are slow. */
const LOOK_EVERY_MS = 250;

/**
 * Hands a body the newest version of every person for whom one is due, until nothing is due or everything has to wait.
 * What is slow holds up only itself: half of what may be on its way is claimed anew as soon as half is answered.
 */
export async function dispatchAll(body: string, deps: Deps): Promise<void> {
  const ways = waysTo(deps);
  try {
    while (!deps.stop.aborted) {
      await afterSenders();
      const claims = await deps.deliveries.claim(body, ways.room());
      for (const claim of claims) {
        ways.send(claim);
        await turn();
      }
      if (claims.length === 0 && ways.room() === AT_ONCE) return await settleDoubts(body, deps);
      await (claims.length === 0 ? ways.any() : ways.half());
      // A body that is down is tried a little at each sweep, not with all that waits for it.
      if (ways.failing() >= AT_ONCE || ways.isBroken()) break;
    }
  } finally {
    await ways.all();
  }
}

/** What is on its way to one body. `all` throws what broke an attempt; what failed at the body is settled and no break. */
function waysTo(deps: Deps) {
  const write = (rows: Confirmation[]) => patiently(() => deps.deliveries.confirm(rows));
  const confirm = microBatch(write, AT_ONCE, undefined, GATHER_MS);
  const ways = new Set<Promise<void>>();
  let failing = 0;
  let broken: { error: unknown } | null = null;

  const settled = (way: Promise<void>, end: End) => {
    failing = end === 'waits' ? failing + 1 : 0;
    ways.delete(way);
  };
  return {
    room: () => AT_ONCE - ways.size,
    failing: () => failing,
    isBroken: () => broken !== null,
    send(claim: Claim) {
      const way: Promise<void> = deliver(claim, confirm, deps).then(
        (end) => settled(way, end),
        (error: unknown) => {
          broken ??= { error };
          ways.delete(way);
        },
      );
      ways.add(way);
    },
    /** Until one is answered, or a moment: while it is slow, others become due. */
    any: () => Promise.race([...ways, moment()]),
    /** The same for half of what may be on its way. */
    async half() {
      let over = false;
      const limit = moment().then(() => {
        over = true;
      });
      while (ways.size > AT_ONCE / 2 && !over) await Promise.race([...ways, limit]);
      // Answers that come together are claimed for together.
      await nextTurn();
    },
    async all() {
      await Promise.all(ways);
      if (broken) throw broken.error;
    },
  };
}

const moment = (): Promise<void> => sleep(LOOK_EVERY_MS, undefined, { ref: false });

type Confirm = (confirmation: Confirmation) => Promise<boolean>;

type End = 'confirmed' | 'parked' | 'waits';

async function deliver(claim: Claim, confirm: Confirm, deps: Deps): Promise<End> {
  const log = deps.log.child({ council: claim.body, deliveryRow: claim.publicationId, attempt: claim.attempt });
  const result = await handOver(claim, deps);
  if (result.kind !== 'confirmed') return settleTrouble(claim, result, deps, log);
  const ours = await confirm({ claim, httpStatus: result.httpStatus, lookAgainMs: deps.lookAgainMs });
  if (ours) log.info('a delivery was confirmed');
  else log.warn('a delivery was confirmed after its claim had been given back');
  return 'confirmed';
}

const DOUBTS_AT_ONCE = 8;

/**
 * What was confirmed in doubt and has since been undone is due again: somebody has to come back for it. A few at a time,
 * and no more while the body cannot be read: what is due must not wait for doubts.
 */
async function settleDoubts(body: string, deps: Deps): Promise<void> {
  const waiting = await deps.doubts.waiting(body, DOUBTS_AT_ONCE);
  const found = await Promise.all(waiting.map((doubt) => lookAgain(doubt, deps)));
  const goOn = found.includes('undone') || (found.length === DOUBTS_AT_ONCE && !found.includes('unreadable'));
  if (goOn && !deps.stop.aborted) await deps.again(body, 0);
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

async function settleTrouble(claim: Claim, trouble: FhirTrouble, deps: Deps, log: Log): Promise<End> {
  const { httpStatus, outcome, retryAfterMs } = trouble;
  const fault = await lastingFault(claim, trouble, deps);
  if (FAULTS[fault].remedy !== 'retry') {
    const kept = outcome ?? { ...trouble.detail, code: fault };
    await patiently(() => deps.deliveries.park({ claim, httpStatus, fault, outcome: kept }));
    log.warn('a delivery was parked', { fault });
    return 'parked';
  }
  const afterMs = backoffMs(claim.attempt, retryAfterMs, deps.random);
  await patiently(() => deps.deliveries.fail({ claim, httpStatus, fault, afterMs }));
  log.info('a delivery waits and is tried again', { fault, retryAfterMs: afterMs });
  await deps.again(claim.body, afterMs);
  return 'waits';
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
