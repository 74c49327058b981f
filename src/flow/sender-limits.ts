import { performance } from 'node:perf_hooks';
import type { Log } from '../log.js';
import type { Sender, Site } from '../site.js';
import type { Gate } from '../wire/gate.js';
import type { ProvenBy } from '../wire/server-certificate.js';
import { admit } from './admit.js';
import { admitFhir, isFhirJson } from './admit-fhir.js';
import type { SenderProof } from './sender-proof.js';
import { type Clock, type TokenBucket, tokenBucket } from './token-bucket.js';

type Connection = { certificate: ProvenBy };

/** The limits that the site file gives senders, each process for itself. */
export type SenderLimits = {
  /** For connections on which messages follow each other: above its rate a sender waits its turn. */
  gate: Gate<Connection>;
  /** For single requests: whole seconds to wait before it is sent again; 0: its turn was taken. */
  secondsToWait(bytes: Uint8Array, certificate: ProvenBy): number;
};

type Limited = { sender: Sender; rate: TokenBucket | null; connections: Set<Connection> };
type Options = { proof: SenderProof; log: Pick<Log, 'warn'>; clock?: Clock };

const SAID_EVERY_MS = 60_000;

const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  after: (ms, call) => void setTimeout(call, ms).unref(),
};

/**
 * Null where nobody has a limit. Only who may speak for a sender uses up its limits: what is refused anyway costs it
 * nothing, and never waits.
 */
export function senderLimits(site: Site, { proof, log, clock = SYSTEM_CLOCK }: Options): SenderLimits | null {
  const limited = new Map<Sender, Limited>();
  for (const sender of site.senders) {
    const { messagesPerSecond, connections } = sender.limits;
    if (messagesPerSecond === null && connections === null) continue;
    const rate = messagesPerSecond === null ? null : tokenBucket(messagesPerSecond, clock);
    limited.set(sender, { sender, rate, connections: new Set() });
  }
  if (limited.size === 0) return null;

  const limitedOf = (bytes: Uint8Array, certificate: ProvenBy): Limited | undefined => {
    const admissions = isFhirJson(bytes)
      ? admitFhir(bytes, site).parts.map(({ admission }) => admission)
      : [admit(bytes, site)];
    const taken = admissions.find((each) => each.kind === 'admitted' && !proof(each.sender, certificate));
    return taken?.kind === 'admitted' ? limited.get(taken.sender) : undefined;
  };
  const say = sayingSeldom(log, clock);
  return {
    gate: {
      enter(frame, connection, go) {
        const of = limitedOf(frame, connection.certificate);
        if (!of) return 'go';
        if (!joins(of, connection)) {
          say(of.sender);
          return 'close';
        }
        return !of.rate || of.rate.take() ? 'go' : of.rate.await(go);
      },
      left(connection) {
        for (const { connections } of limited.values()) connections.delete(connection);
      },
    },
    secondsToWait(bytes, certificate) {
      const rate = limitedOf(bytes, certificate)?.rate;
      return !rate || rate.take() ? 0 : Math.max(1, Math.ceil(rate.waitMs() / 1_000));
    },
  };
}

function joins({ sender, connections }: Limited, connection: Connection): boolean {
  const { connections: most } = sender.limits;
  if (most === null || connections.has(connection)) return true;
  if (connections.size >= most) return false;
  connections.add(connection);
  return true;
}

/** A sender that tries again and again gets a line a minute, with how often it was. */
function sayingSeldom(log: Pick<Log, 'warn'>, { now }: Clock): (sender: Sender) => void {
  const said = new Map<Sender, { at: number; unsaid: number }>();
  return (sender) => {
    const last = said.get(sender);
    if (last && now() - last.at < SAID_EVERY_MS) {
      last.unsaid += 1;
      return;
    }
    log.warn('a connection above the limit of its sender was closed', {
      sender: sender.ods,
      count: 1 + (last?.unsaid ?? 0),
    });
    said.set(sender, { at: now(), unsaid: 0 });
  };
}
