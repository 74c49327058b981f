import type { FaultCode } from '../fault.js';
import type { DeliveryStore } from '../store/deliveries.js';
import type { Claim } from '../store/delivery-claim.js';

/** One try to hand a version to its body. */
export type Attempt = {
  claim: Pick<Claim, 'publicationId' | 'body' | 'attempt' | 'recordVersion'>;
  result: 'confirmed' | 'handed-over' | FaultCode;
  httpStatus: number | null;
  /** Milliseconds since 1970. */
  startedAt: number;
  durationMs: number;
};

/** The same store, which tells of every attempt that it has settled. `attempted` must not throw. */
export function observedDeliveries(deliveries: DeliveryStore, attempted: (attempt: Attempt) => void): DeliveryStore {
  const begun = new Map<string, { claim: Attempt['claim']; startedAt: number; began: number }>();

  const ended = ({ claim, httpStatus }: Ended, result: Attempt['result']) => {
    const start = begun.get(claim.publicationId);
    if (start?.claim.attempt !== claim.attempt) return;
    begun.delete(claim.publicationId);
    const durationMs = performance.now() - start.began;
    attempted({ claim: start.claim, result, httpStatus: httpStatus ?? null, startedAt: start.startedAt, durationMs });
  };
  return {
    ...deliveries,
    claim: async (...asked) => {
      const claims = await deliveries.claim(...asked);
      for (const { publicationId, body, attempt, recordVersion } of claims) {
        const claim = { publicationId, body, attempt, recordVersion };
        begun.set(publicationId, { claim, startedAt: Date.now(), began: performance.now() });
      }
      return claims;
    },
    confirm: async (confirmations) => {
      const ours = await deliveries.confirm(confirmations);
      for (const confirmation of confirmations) ended(confirmation, 'confirmed');
      return ours;
    },
    handOver: async (settled) => {
      const ours = await deliveries.handOver(settled);
      ended(settled, 'handed-over');
      return ours;
    },
    fail: async (settled) => {
      const ours = await deliveries.fail(settled);
      ended(settled, settled.fault);
      return ours;
    },
    park: async (settled) => {
      const ours = await deliveries.park(settled);
      ended(settled, settled.fault);
      return ours;
    },
  };
}

type Ended = { claim: Pick<Claim, 'publicationId' | 'attempt'>; httpStatus?: number | null };
