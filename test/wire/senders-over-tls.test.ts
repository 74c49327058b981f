import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Agent, fetch } from 'undici';
import type { Service } from '../../src/commands/command.js';
import { sendCommand } from '../../src/commands/send.js';
import type { Config } from '../../src/config.js';
import { createLog } from '../../src/log.js';
import { startService } from '../../src/main.js';
import { siteFromObject } from '../../src/site.js';
import { inboxStore } from '../../src/store/inbox.js';
import { tablesFor } from '../../src/tables.js';
import { sendMllp } from '../../src/wire/mllp-client.js';
import { contextOf, example, run } from '../commands/terminal.js';
import { adt } from '../scenarios/adt.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { type Authority, authority, type Files, filesOf, type Issued } from './certificates.js';

let database: TestDatabase;
let trust: Authority;
let files: Files;
let epr: Issued;
let labs: Issued;
let anybody: Issued;
const folder = mkdtempSync(join(tmpdir(), 'aftercare-client-'));

beforeAll(async () => {
  database = await testDatabase();
  trust = await authority('Invented Trust CA');
  files = filesOf(await trust.issue('bridge.example'), trust.cert);
  epr = await trust.issue('epr.rxt.example');
  labs = await trust.issue('epr.rrk.example');
  anybody = await trust.issue('x.example');
});
afterAll(() => database.drop());

let service: Service | null = null;
let log: string[] = [];
afterEach(async () => {
  await service?.close();
  service = null;
});

const rxt = { ods: 'RXT', name: 'A trust', feed: 'zmh' };
const rrk = { ods: 'RRK', name: 'Another', feed: 'zmh' };
const boundTo = ({ cert }: Issued) => ({ certificate: { fingerprint256: new X509Certificate(cert).fingerprint256 } });

async function start(senders: object[], over: Partial<Config> = {}): Promise<Record<string, number>> {
  const read = siteFromObject({ name: 'Test partnership', senders });
  if (read.kind === 'problems') throw new Error(read.problems.join('\n'));
  log = [];
  const config: Config = {
    databaseUrl: database.url,
    redisUrl: null,
    dataDir: folder,
    siteFile: null,
    host: '127.0.0.1',
    httpPort: 0,
    mllp: { port: 0, maxBytes: 65_536 },
    tls: { ...files, mllpPort: 0, httpsPort: 0 },
    logLevel: 'info',
    authMode: 'token',
    ...over,
  };
  service = await startService({
    config,
    tables: tablesFor(read.site),
    roles: ['listen'],
    log: createLog('info', { write: (line) => void log.push(line) }),
  });
  const { close, ...ports } = service;
  return Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, port ?? -1]));
}

const tls = (identity: Issued | null) => ({ ca: Buffer.from(trust.cert), identity: identity && pem(identity) });
const pem = ({ cert, key }: Issued) => ({ cert: Buffer.from(cert), key: Buffer.from(key) });

let last = 0;
const message = (sender: string) => {
  last += 1;
  return Buffer.from(adt({ trigger: 'A08', sentAt: '20260301', sender, controlId: `TLS${last}` }));
};
const codeIn = (bytes: Uint8Array) => /\rMSA\|([A-Z]{2})/.exec(Buffer.from(bytes).toString())?.[1] ?? 'none';

/** The answers to one message of each sender, over one connection. */
async function answered(port: number | undefined, shown: Issued | 'plain' | null, ...senders: string[]) {
  const codes: string[] = [];
  const options = { timeoutMs: 10_000, tls: shown === 'plain' ? null : tls(shown) };
  for await (const { acknowledgements } of sendMllp('127.0.0.1', port ?? -1, senders.map(message), options))
    codes.push(...acknowledgements.map(codeIn));
  return codes;
}

async function posted(port: number | undefined, shown: Issued | null, sender: string, scheme = 'https') {
  const agent = new Agent({ connect: { ca: trust.cert, ...shown } });
  const response = await fetch(`${scheme}://127.0.0.1:${port}/hl7`, {
    method: 'POST',
    headers: { 'content-type': 'application/hl7-v2' },
    body: message(sender),
    dispatcher: agent,
  });
  const answer = { status: response.status, code: codeIn(new Uint8Array(await response.arrayBuffer())) };
  const retryAfter = response.headers.get('retry-after');
  await agent.destroy();
  return retryAfter === null ? answer : { ...answer, retryAfter };
}

const lastRow = async () => {
  const inbox = inboxStore(database.pool);
  const [last] = await inbox.search({ limit: 1 });
  return last && inbox.get(last.id);
};

describe('a sender that must prove itself', () => {
  test('is heard over its certificate, and what else names it is refused and kept without content', async () => {
    const { mllpTlsPort, mllpPort } = await start([{ ...rxt, ...boundTo(epr) }, rrk]);
    expect(await answered(mllpTlsPort, epr, 'RXT', 'RXT')).toEqual(['AA', 'AA']);
    expect(await answered(mllpTlsPort, anybody, 'RXT', 'RRK')).toEqual(['AR', 'AA']);
    expect(await answered(mllpPort, 'plain', 'RXT')).toEqual(['AR']);
    expect(await lastRow()).toMatchObject({
      state: 'rejected',
      ack: 'AR',
      fault: { code: 'sender-unproven' },
      content: null,
    });
    expect(log.filter((line) => line.includes('"fault":"sender-unproven"'))).not.toEqual([]);
  });

  test('speaks for nobody else, also not for a sender that needs no proof', async () => {
    const { mllpTlsPort } = await start([
      { ...rxt, ...boundTo(epr) },
      { ...rrk, ...boundTo(labs) },
    ]);
    expect(await answered(mllpTlsPort, epr, 'RXT', 'RRK', 'RXT')).toEqual(['AA', 'AR', 'AA']);
    expect(await answered(mllpTlsPort, labs, 'RXT', 'RRK')).toEqual(['AR', 'AA']);
    await service?.close();
    const again = await start([{ ...rxt, ...boundTo(epr) }, rrk]);
    expect(await answered(again.mllpTlsPort, epr, 'RRK')).toEqual(['AR']);
  });

  test('may have two certificates while one is renewed, or be known by its subject', async () => {
    const renewed = await trust.issue('epr.rxt.example');
    const both = { certificate: [boundTo(epr).certificate, boundTo(renewed).certificate] };
    const { mllpTlsPort } = await start([
      { ...rxt, ...both },
      { ...rrk, certificate: { subject: 'CN=epr.rrk.example' } },
    ]);
    expect(await answered(mllpTlsPort, epr, 'RXT')).toEqual(['AA']);
    expect(await answered(mllpTlsPort, renewed, 'RXT')).toEqual(['AA']);
    expect(await answered(mllpTlsPort, await trust.issue('epr.rrk.example'), 'RRK')).toEqual(['AA']);
  });

  test('is held to the same over HTTPS, where people with a browser still need no certificate', async () => {
    const { httpsPort, httpPort } = await start([{ ...rxt, ...boundTo(epr) }, rrk]);
    expect(await posted(httpsPort, epr, 'RXT')).toEqual({ status: 200, code: 'AA' });
    expect(await posted(httpsPort, anybody, 'RXT')).toEqual({ status: 200, code: 'AR' });
    expect(await posted(httpsPort, epr, 'RRK')).toEqual({ status: 200, code: 'AR' });
    expect(await posted(httpsPort, null, 'RRK')).toEqual({ status: 200, code: 'AR' });
    expect(await lastRow()).toMatchObject({ state: 'rejected', fault: { code: 'sender-unproven' } });
    const stranger = await (await authority('Somebody Else CA')).issue('epr.rxt.example');
    expect(await posted(httpsPort, stranger, 'RXT')).toEqual({ status: 200, code: 'AR' });
    expect(await posted(httpPort, null, 'RXT', 'http')).toEqual({ status: 200, code: 'AR' });
    const agent = new Agent({ connect: { ca: trust.cert } });
    const health = await fetch(`https://127.0.0.1:${httpsPort}/health/ready`, { dispatcher: agent });
    expect([health.status, await health.json()]).toMatchObject([200, { status: 'ready' }]);
    await agent.destroy();
  });

  test('is held to the same when it sends FHIR, and its rate counts there too', async () => {
    const limits = { messagesPerSecond: 1 };
    const { httpsPort } = await start([{ ...rxt, ...boundTo(epr), limits }]);
    const body = readFileSync('mappings/feeds/fhir-ukcore/examples/class-outpatient.json');
    const statusWith = async (shown: Issued) => {
      const agent = new Agent({ connect: { ca: trust.cert, ...shown } });
      const response = await fetch(`https://127.0.0.1:${httpsPort}/fhir`, {
        method: 'POST',
        headers: { 'content-type': 'application/fhir+json' },
        body,
        dispatcher: agent,
      });
      await response.arrayBuffer();
      await agent.destroy();
      return response.status;
    };
    expect(await statusWith(anybody)).toBe(403);
    expect(await lastRow()).toMatchObject({ state: 'rejected', fault: { code: 'sender-unproven' }, content: null });
    const statuses = await Promise.all(Array.from({ length: 10 }, () => statusWith(epr)));
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
  });

  test('is not served at all by a service that could never see its certificate', async () => {
    const senders = [{ ...rxt, ...boundTo(epr) }];
    for (const tls of [null, { ...files, clientCaFile: null, mllpPort: 0, httpsPort: 0 }]) {
      await expect(start(senders, { tls })).rejects.toMatchObject({
        code: 'config-invalid',
        message: expect.stringMatching(/TLS_CLIENT_CA_FILE: is not set, and RXT must prove itself/),
      });
    }
  });
});

describe('only TLS', () => {
  test('plain ports may be off', async () => {
    const ports = await start([rxt], { httpPort: null, mllp: { port: null, maxBytes: 65_536 } });
    expect([ports.httpPort, ports.mllpPort]).toEqual([-1, -1]);
    expect(await answered(ports.mllpTlsPort, anybody, 'RXT')).toEqual(['AA']);
  });

  test('a port that is taken is said by its setting', async () => {
    const { mllpTlsPort = 0, httpsPort = 0 } = await start([rxt]);
    const running = service;
    const also = (tls: Partial<NonNullable<Config['tls']>>) =>
      start([rxt], { tls: { ...files, mllpPort: 0, httpsPort: 0, ...tls } });
    await expect(also({ mllpPort: mllpTlsPort })).rejects.toMatchObject({ detail: { where: 'MLLP_TLS_PORT' } });
    await expect(also({ httpsPort })).rejects.toMatchObject({
      detail: { where: expect.stringMatching(/^HTTPS_PORT/) },
    });
    service = running;
  });
});

describe('limits of a sender', () => {
  test('above its rate nothing is refused and nothing is lost', async () => {
    const { mllpPort } = await start([{ ...rxt, limits: { messagesPerSecond: 20 } }]);
    const many = Array(45).fill('RXT');
    expect(await answered(mllpPort, 'plain', ...many)).toEqual(many.map(() => 'AA'));
  });

  test('another sender is served while it waits', async () => {
    const { mllpPort } = await start([{ ...rxt, limits: { messagesPerSecond: 1 } }, rrk]);
    let isThrough = false;
    const slow = answered(mllpPort, 'plain', ...Array(100).fill('RXT')).then(
      () => {
        isThrough = true;
      },
      () => {}, // the service is closed before it is through
    );
    const many = Array(20).fill('RRK');
    expect(await answered(mllpPort, 'plain', ...many)).toEqual(many.map(() => 'AA'));
    expect(isThrough).toBe(false);
    await service?.close();
    await slow;
    service = null;
  });

  test('over HTTP it is told to come again', async () => {
    const { httpPort } = await start([{ ...rxt, limits: { messagesPerSecond: 1 } }, rrk]);
    const answers = await Promise.all(Array.from({ length: 10 }, () => posted(httpPort, null, 'RXT', 'http')));
    expect(answers).toContainEqual({ status: 200, code: 'AA' });
    expect(answers).toContainEqual({ status: 429, code: 'none', retryAfter: '1' });
    expect(await posted(httpPort, null, 'RRK', 'http')).toEqual({ status: 200, code: 'AA' });
  });

  test('one connection too many gets no answer; when another is closed, the next does', async () => {
    const { mllpPort } = await start([{ ...rxt, limits: { connections: 1 } }]);
    const first = sendMllp('127.0.0.1', mllpPort ?? -1, [message('RXT'), message('RXT')], { timeoutMs: 10_000 });
    expect((await first.next()).value).toMatchObject({ index: 0 });
    await expect(answered(mllpPort, 'plain', 'RXT')).rejects.toMatchObject({ code: 'no-reply' });
    expect((await first.next()).value).toMatchObject({ index: 1 });
    await first.return(undefined);
    let codes: string[] = [];
    while (codes.length === 0) codes = await answered(mllpPort, 'plain', 'RXT').catch(() => []);
    expect(codes).toEqual(['AA']);
    expect(log.filter((line) => line.includes('above the limit of its sender'))).toHaveLength(1);
  });
});

describe('aftercare send', () => {
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const send = (...args: string[]) => run(sendCommand, [example('a01-admission'), ...args], contextOf(null));
  const identity = ({ cert, key }: Issued) => ['--cert', file('c.pem', cert), '--key', file('k.pem', key)];

  test('proves who sends, over MLLP and over HTTPS', async () => {
    const { mllpTlsPort, httpsPort } = await start([{ ...rxt, ...boundTo(epr) }]);
    const ca = ['--ca', file('ca.pem', trust.cert)];
    for (const to of [`mllps://127.0.0.1:${mllpTlsPort}`, `https://127.0.0.1:${httpsPort}/hl7`]) {
      expect(await send('--to', to, ...ca, ...identity(epr))).toMatchObject({ code: 0 });
      expect(await send('--to', to, ...ca, ...identity(anybody))).toMatchObject({
        code: 1,
        out: expect.stringContaining('AR'),
      });
    }
  });

  test.each([
    { story: 'an authority it does not know', args: () => identity(epr), says: /unknown authority[\s\S]*--ca/ },
    {
      story: 'a listener that wants to know who sends',
      args: () => ['--ca', file('ca.pem', trust.cert)],
      says: /--cert/,
    },
  ])('says what to do about $story', async ({ args, says }) => {
    const { mllpTlsPort } = await start([rxt]);
    const said = await send('--to', `mllps://127.0.0.1:${mllpTlsPort}`, ...args());
    expect(said).toMatchObject({ code: 3, err: expect.stringMatching(says) });
  });

  test('to a port without TLS', async () => {
    const { mllpPort } = await start([rxt]);
    expect((await send('--to', `mllps://127.0.0.1:${mllpPort}`)).code).toBe(3);
  });

  test.each([
    ['a certificate without its key', ['--to', 'mllps://127.0.0.1', '--cert', import.meta.filename ?? '']],
    ['a certificate without TLS', ['--to', 'mllp://127.0.0.1', '--ca', import.meta.filename ?? '']],
    ['a file that is not there', ['--to', 'mllps://127.0.0.1', '--ca', 'nowhere.pem']],
  ])('%s is used wrongly', async (_what, args) => {
    await expect(send(...args)).rejects.toMatchObject({ code: 'usage' });
  });
});
