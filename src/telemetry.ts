import type { Pool } from 'pg';
import type { Config } from './config.js';
import { createMeters, type Meters } from './console/meters.js';
import type { Attempt } from './flow/attempts.js';
import type { Arrival } from './flow/receive.js';
import { type TraceSteps, traceSteps } from './flow/trace-steps.js';
import { traceCauses } from './store/trace-cause.js';
import { openTracing } from './tracing.js';
import { VERSION } from './version.js';

/** Where the steps of the flow tell what they have done; `traces` is null where no collector is configured. */
export type Telemetry = {
  meters: Meters;
  traces: TraceSteps | null;
  arrived(arrival: Arrival): void;
  attempted(attempt: Attempt): void;
};

type Options = { config: Config; pool: Pool };

export async function openTelemetry({ config, pool }: Options, onClose: OnClose): Promise<Telemetry> {
  const meters = createMeters(VERSION);
  const traces = await openTraces(config, pool, onClose);
  return {
    meters,
    traces,
    arrived: (arrival) => {
      meters.arrived(arrival);
      traces?.received(arrival);
    },
    attempted: (attempt) => {
      meters.attempted(attempt);
      void traces?.attempted(attempt);
    },
  };
}

type OnClose = (end: () => Promise<void>) => void;

/** Null where no collector is configured. */
export async function openTraces({ tracing: to }: Config, pool: Pool, onClose: OnClose): Promise<TraceSteps | null> {
  if (!to) return null;
  const tracing = await openTracing({ ...to, salt: await traceCauses(pool).salt(), version: VERSION });
  onClose(() => tracing.close());
  return traceSteps(pool, tracing);
}
