import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Attempt } from '../flow/attempts.js';
import type { Arrival } from '../flow/receive.js';

/** What this very process has done since it began, told as it happens. The other figures are read from the tables. */
export type Meters = {
  registry: Registry;
  arrived(arrival: Arrival): void;
  attempted(attempt: Attempt): void;
};

/** From half a millisecond, which a commit takes, to the ten seconds after which a sender has long given up. */
const ACCEPT_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const DELIVERY_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];

export function createMeters(version: string): Meters {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  new Gauge({
    name: 'aftercare_build_info',
    help: 'Always 1; which version runs, on which Node.js',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version, node: process.versions.node }, 1);
  const accept = new Histogram({
    name: 'aftercare_accept_seconds',
    help: 'From the last byte of a message to its commit, by this process',
    labelNames: ['transport', 'outcome'],
    buckets: ACCEPT_SECONDS,
    registers,
  });
  const attempts = new Counter({
    name: 'aftercare_delivery_attempts_total',
    help: 'Attempts of this process to hand a version to its body, by result',
    labelNames: ['body', 'result'],
    registers,
  });
  const delivery = new Histogram({
    name: 'aftercare_delivery_seconds',
    help: 'How long an attempt of this process took, by body',
    labelNames: ['body'],
    buckets: DELIVERY_SECONDS,
    registers,
  });
  return {
    registry,
    arrived: ({ transport, outcome, refused, durationMs }) => {
      accept.observe({ transport, outcome: refused ? 'refused' : outcome }, durationMs / 1_000);
    },
    attempted: ({ claim: { body }, result, durationMs }) => {
      attempts.inc({ body, result });
      delivery.observe({ body }, durationMs / 1_000);
    },
  };
}
