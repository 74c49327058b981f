import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { traceSteps } from '../src/flow/trace-steps.js';
import { traceCauses } from '../src/store/trace-cause.js';
import { openTracing } from '../src/tracing.js';
import { HOME, SECTION_3 } from './scenarios/adt.js';
import { startCouncilProcess } from './support/council.js';
import { type TestDatabase, testDatabase } from './support/postgres.js';
import { acknowledgementsFor, untilSettled } from './support/service.js';
import { startWatchedService } from './watch/service.js';

type OtlpSpan = {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[];
  status: { code?: number };
};
type Otlp = { resourceSpans: { resource: { attributes: unknown[] }; scopeSpans: { spans: OtlpSpan[] }[] }[] };

type Collector = { url: string; spans: OtlpSpan[]; raw: string[]; close(): Promise<void> };

/** A collector that takes OTLP over HTTP as JSON, and keeps every span. */
async function startCollector(): Promise<Collector> {
  const spans: OtlpSpan[] = [];
  const raw: string[] = [];
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    raw.push(text);
    const { resourceSpans }: Otlp = JSON.parse(text);
    if (req.url === '/v1/traces') {
      spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
    }
    res.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans, raw, close };
}

const attributesOf = ({ attributes }: OtlpSpan) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]));

const BIRMINGHAM = 'E08000025';
const SALT = 'an invented installation';

let database: TestDatabase;
let collector: Collector;
beforeAll(async () => {
  [database, collector] = await Promise.all([testDatabase(), startCollector()]);
});
afterAll(async () => {
  await collector.close();
  await database.drop();
});

describe('one trace from the socket to the council', () => {
  test('the steps of different processes meet in one trace, and say nothing of the person', async () => {
    const council = await startCouncilProcess('Birmingham');
    const service = await startWatchedService({
      databaseUrl: database.url,
      councils: { [BIRMINGHAM]: council.url },
      config: { tracing: { endpoint: collector.url, share: 1, serviceName: 'aftercare-test' } },
    });
    const home = { ...HOME, periods: [{ ...SECTION_3, council: `${BIRMINGHAM}^^^GSS` }] };
    expect(await acknowledgementsFor(service.mllpPort, [home, home])).toEqual(['AA', 'AA']);
    await untilSettled(database.pool);
    // Closing sends what is left.
    await service.close();
    await council.stop();

    const received = collector.spans.filter(({ name }) => name === 'receive');
    const [first, repeat] = received;
    const delivered = collector.spans.find(({ name }) => name === 'deliver');
    expect(received).toHaveLength(2);
    expect(first?.parentSpanId).toBeUndefined();
    expect(repeat).toMatchObject({ traceId: first?.traceId, parentSpanId: first?.spanId });
    expect(delivered).toMatchObject({ traceId: first?.traceId, parentSpanId: first?.spanId });
    expect(attributesOf(first ?? failed())).toEqual({
      'aftercare.message_row': '1',
      'aftercare.sender': 'RXT',
      'aftercare.trigger': 'A03',
      'aftercare.outcome': 'stored',
    });
    expect(attributesOf(delivered ?? failed())).toMatchObject({
      'aftercare.council': BIRMINGHAM,
      'aftercare.state': 'confirmed',
      'aftercare.attempt': 1,
      'aftercare.http_status': 200,
    });
    expect(collector.raw.join('')).toContain('aftercare-test');
    expect(collector.raw.join('')).not.toMatch(/9990000018|Example\b|EXAMPLE|PID/);
  });

  test('interpretation and fold of the same rows, in another process, hang on the same first span', async () => {
    const [first] = collector.spans;
    const salt = await traceCauses(database.pool).salt();
    const tracing = await openTracing({
      endpoint: collector.url,
      salt,
      share: 1,
      serviceName: 'another',
      version: '1',
    });
    const steps = traceSteps(database.pool, tracing);
    const took = { startedAt: Date.parse('2026-03-01T10:00:00Z'), durationMs: 12.5 };
    steps.interpreted([{ messageId: '1', outcome: 'interpreted', fault: null }], took);
    const { rows } = await database.pool.query<{ personKey: string; body: string }>(
      'select person_key as "personKey", body from publications',
    );
    await steps.folded(rows, took);
    await tracing.close();
    for (const name of ['interpret', 'fold']) {
      const span = collector.spans.findLast((each) => each.name === name);
      expect(span).toMatchObject({ traceId: first?.traceId, parentSpanId: first?.spanId });
      expect(BigInt(span?.endTimeUnixNano ?? 0) - BigInt(span?.startTimeUnixNano ?? 0)).toBe(12_500_000n);
    }
  });
});

const failed = (): never => {
  throw new Error('no such span');
};

describe('what is sent', () => {
  const openTo = (share: number, salt = SALT) =>
    openTracing({ endpoint: `${collector.url}/`, salt, share, serviceName: 'aftercare-test', version: '1' });
  const steps = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ kind: 'message' as const, row: String(1_000 + i) }));
  const took = { startedAt: 0, durationMs: 1 };

  test('a share of the traces is the same traces in every process, each of them whole', async () => {
    const before = collector.spans.length;
    const [listens, works] = await Promise.all([openTo(0.2), openTo(0.2)]);
    for (const cause of steps(400)) {
      listens.note({ name: 'receive', cause, first: true, ...took, fields: {} });
      works.note({ name: 'deliver', cause, ...took, fields: {} });
    }
    await Promise.all([listens.close(), works.close()]);
    const sent = collector.spans.slice(before);
    const tracesOf = (name: string) => sent.filter((span) => span.name === name).map(({ traceId }) => traceId);
    expect(tracesOf('receive').sort()).toEqual(tracesOf('deliver').sort());
    expect(tracesOf('receive').length).toBeGreaterThan(30);
    expect(tracesOf('receive').length).toBeLessThan(150);
  });

  test('the same row of two installations is two traces', async () => {
    const before = collector.spans.length;
    for (const tracing of await Promise.all([openTo(1), openTo(1, 'another')])) {
      tracing.note({ name: 'receive', cause: { kind: 'message', row: '1' }, first: true, ...took, fields: {} });
      await tracing.close();
    }
    const [one, two] = collector.spans.slice(before);
    expect(one?.traceId).not.toBe(two?.traceId);
  });

  test('patient data passed by accident does not come out, and a fault marks its span', async () => {
    const before = collector.spans.length;
    const tracing = await openTo(1);
    const fields = { sender: 'OKONKWO-SMYTHE', trigger: '9990000018', fault: 'council-refused', messageRow: '7' };
    tracing.note({ name: 'deliver', cause: { kind: 'message', row: '7' }, ...took, fields });
    await tracing.close();
    const [span] = collector.spans.slice(before);
    expect(attributesOf(span ?? failed())).toEqual({
      'aftercare.message_row': '7',
      'aftercare.fault': 'council-refused',
    });
    expect(span?.status.code).toBe(2);
  });

  test('a collector that is away holds nothing up', async () => {
    const tracing = await openTracing({
      endpoint: 'http://127.0.0.1:9',
      salt: SALT,
      share: 1,
      serviceName: 'aftercare-test',
      version: '1',
    });
    tracing.note({ name: 'receive', cause: { kind: 'message', row: '1' }, first: true, ...took, fields: {} });
    await expect(tracing.close()).resolves.toBeUndefined();
  });
});
