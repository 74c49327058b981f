import type { Pool } from 'pg';
import type { FaultCode } from '../fault.js';
import type { Interpretation } from '../store/facts.js';
import { traceCauses } from '../store/trace-cause.js';
import type { Tracing } from '../tracing.js';
import type { Attempt } from './attempts.js';
import type { ToDeliver } from './fold.js';
import type { Arrival } from './receive.js';
import type { Took } from './took.js';

/** The steps of the way from the socket to the council, as spans of one trace for each message. None throws. */
export type TraceSteps = {
  received(arrival: Arrival): void;
  interpreted(found: readonly Pick<Interpretation, 'messageId' | 'outcome' | 'fault'>[], took: Took): void;
  folded(versions: readonly ToDeliver[], took: Took): Promise<void>;
  attempted(attempt: Attempt): Promise<void>;
};

export function traceSteps(pool: Pool, { note }: Tracing): TraceSteps {
  const causes = traceCauses(pool);
  return {
    received: ({ row, outcome, refused, sender, trigger, startedAt, durationMs }) => {
      if (row === null) return;
      const from = sender === null ? {} : { sender, trigger };
      const fields = { messageRow: row, outcome, ...from, ...(refused ? { state: 'rejected' } : {}) };
      const first = outcome !== 'repeat';
      note({ name: 'receive', cause: { kind: 'message', row }, startedAt, durationMs, first, fields });
    },
    interpreted: (found, took) => {
      for (const { messageId: row, outcome, fault } of found) {
        const fields = { messageRow: row, state: outcome, ...faultField(fault?.code) };
        note({ name: 'interpret', cause: { kind: 'message', row }, ...took, fields });
      }
    },
    folded: (versions, took) =>
      quietly(async () => {
        const newest = await causes.newestVersions(versions);
        const because = await causes.ofPublications(newest.map(({ id }) => id));
        for (const { id, body } of newest) {
          const cause = because.get(id);
          if (cause) note({ name: 'fold', cause, ...took, fields: { deliveryRow: id, council: body } });
        }
      }),
    attempted: ({ claim, result, httpStatus, startedAt, durationMs }) =>
      quietly(async () => {
        const cause = (await causes.ofPublications([claim.publicationId])).get(claim.publicationId);
        if (!cause) return;
        const { publicationId: deliveryRow, body: council, attempt, recordVersion } = claim;
        const ended = result === 'confirmed' || result === 'handed-over' ? { state: result } : faultField(result);
        const fields = {
          deliveryRow,
          council,
          attempt,
          recordVersion,
          ...ended,
          ...(httpStatus ? { httpStatus } : {}),
        };
        note({ name: 'deliver', cause, startedAt, durationMs, fields });
      }),
  };
}

const faultField = (fault: FaultCode | undefined) => (fault === undefined ? {} : { fault });

/** A trace that is missing is nobody's trouble. */
const quietly = (work: () => Promise<void>): Promise<void> => work().catch(() => undefined);
