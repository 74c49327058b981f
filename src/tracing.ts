import { createHash, randomBytes } from 'node:crypto';
import type { Span } from '@opentelemetry/api';
import { type LogFields, safeFields } from './log.js';

/** What a trace is of: a message, or a fact that somebody stated. `row` is the row's id. */
export type Cause = { kind: 'message' | 'stated'; row: string };

/** Something that was done because of a cause. `fields` are held to what may be logged. */
export type Step = {
  name: 'receive' | 'interpret' | 'fold' | 'deliver';
  cause: Cause;
  /** Milliseconds since 1970. */
  startedAt: number;
  durationMs: number;
  /** The one that the other steps of its trace hang on; at most one of a cause. */
  first?: boolean;
  fields: Omit<LogFields, 'error'>;
};

export type Tracing = {
  note(step: Step): void;
  /** Sends what is left, for a few seconds at most. */
  close(): Promise<void>;
};

type Options = {
  /** Of the collector, as OTEL_EXPORTER_OTLP_ENDPOINT gives it. */
  endpoint: string;
  /** The installation's own: row ids begin at 1 everywhere. */
  salt: string;
  /** Of all traces, from 0 to 1: the same ones in every process. */
  share: number;
  serviceName: string;
  version: string;
};

const CLOSE_MS = 5_000;
/** For a burst of some thousand messages; what comes on top is left out, and nothing waits for it. */
const QUEUE = { maxQueueSize: 16_384, maxExportBatchSize: 1_024, scheduledDelayMillis: 1_000 };

/**
 * Traces to an OpenTelemetry collector. The packages are loaded only here. A trace's id is made from the row that caused
 * it, and so is the id of its first span: each process, also after a queue or a restart, adds its steps to the same trace
 * without anything being carried along.
 */
export async function openTracing({ endpoint, salt, share, serviceName, version }: Options): Promise<Tracing> {
  const [{ ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace }, sdk, { OTLPTraceExporter }] = await Promise.all(
    [
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/exporter-trace-otlp-http'),
    ],
  );
  let given: Ids = { traceId: '', spanId: '' };
  const provider = new sdk.NodeTracerProvider({
    resource: resourceOf({ 'service.name': serviceName, 'service.version': version }),
    // By the trace's id and nothing else, so that a trace is sent whole or not at all.
    sampler: new sdk.TraceIdRatioBasedSampler(share),
    idGenerator: { generateTraceId: () => given.traceId, generateSpanId: () => given.spanId },
    spanProcessors: [
      new sdk.BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` }), QUEUE),
    ],
  });
  const tracer = provider.getTracer('aftercare-bridge', version);

  const begin = ({ name, cause, startedAt, fields, first: isFirst = false }: Step): Span => {
    const first = idsOf(salt, cause);
    given = isFirst ? first : { traceId: first.traceId, spanId: randomBytes(8).toString('hex') };
    const parent = { ...first, traceFlags: TraceFlags.SAMPLED, isRemote: true };
    // What people state is not received by this process, so its trace has no first span.
    const context = isFirst || cause.kind === 'stated' ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
    const kind = {
      receive: SpanKind.SERVER,
      deliver: SpanKind.CLIENT,
      interpret: SpanKind.INTERNAL,
      fold: SpanKind.INTERNAL,
    };
    return tracer.startSpan(
      name,
      { kind: kind[name], startTime: startedAt, attributes: attributesOf(fields) },
      context,
    );
  };
  return {
    note: (step) => {
      const span = begin(step);
      if (step.fields.fault !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(step.startedAt + step.durationMs);
    },
    close: () => Promise.race([provider.shutdown(), after(CLOSE_MS)]),
  };
}

type Ids = { traceId: string; spanId: string };

function idsOf(salt: string, { kind, row }: Cause): Ids {
  const digest = createHash('sha256').update(`${salt} ${kind} ${row}`).digest('hex');
  return { traceId: digest.slice(0, 32), spanId: digest.slice(32, 48) };
}

/** `messageRow` becomes `aftercare.message_row`. */
const attributesOf = (fields: Omit<LogFields, 'error'>): Record<string, string | number> =>
  Object.fromEntries(
    Object.entries(safeFields(fields)).map(([name, value]) => [
      `aftercare.${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
      value,
    ]),
  );

/** Who sends. The SDK has no public way to make one without its resources package, and needs no more than this. */
function resourceOf(attributes: Record<string, string>) {
  return {
    attributes,
    merge: () => resourceOf(attributes),
    getRawAttributes: () => Object.entries(attributes) as [string, string][],
  };
}

const after = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
