import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { sendCommand } from '../../src/commands/send.js';
import { inboxStore } from '../../src/store/inbox.js';
import { listenMllp, type MllpListener } from '../../src/wire/mllp-listener.js';
import { openRoom } from '../../src/wire/room.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { receiveInto } from './service.js';
import { contextOf, example, run } from './terminal.js';

let database: TestDatabase;
let mllp: MllpListener;
let to = '';

beforeAll(async () => {
  database = await testDatabase();
  const receive = receiveInto(database);
  mllp = await listenMllp({
    host: '127.0.0.1',
    port: 0,
    maxFrameBytes: 1_000_000,
    room: openRoom(5),
    frameTimeoutMs: 10_000,
    receive: async (frame) => (await receive(frame, { transport: 'mllp', peer: '127.0.0.1' })).acknowledgements,
    oversize: () => Buffer.from(''),
    onError: () => undefined,
  });
  to = `mllp://127.0.0.1:${mllp.port}`;
});
afterAll(async () => {
  await mllp.close();
  await database.drop();
});

const send = (...args: string[]) => run(sendCommand, args, contextOf(null));

describe('over MLLP', () => {
  test('two files are played, each acknowledgement printed, and both messages are in the inbox', async () => {
    const files = [example('a01-admission'), example('a28-new-record')];
    const { code, out } = await send(...files, '--to', to);
    expect(code).toBe(0);
    expect(out).toMatch(/a01-admission\.hl7 \[0\] ZMH00001: AA ZMH00001\n.*a28-new-record\.hl7 \[0\] \w+: AA/);
    const inbox = await inboxStore(database.pool).search({ limit: 10 });
    expect(inbox.map(({ trigger }) => trigger)).toEqual(['A28', 'A01']);
  });

  test('a message that is refused makes the answer no, and the ones after it are played all the same', async () => {
    const { code, out } = await send(
      example('a31-demographics'),
      unknownSender,
      example('a21-leave-begins'),
      '--to',
      to,
      '--json',
    );
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject([
      { accepted: true, acknowledgements: [{ code: 'AA' }] },
      {
        accepted: false,
        acknowledgements: [
          { code: 'AR', controlId: 'N1', text: expect.stringContaining('no sender of the site file') },
        ],
      },
      { accepted: true },
    ]);
  });

  test('nobody listens: exit code 3, and where', async () => {
    const { code, out, err } = await send(example('a01-admission'), '--to', 'mllp://127.0.0.1:1', '--json');
    expect({ code, out }).toEqual({ code: 3, out: '[]' });
    expect(err).toMatch(/mllp:\/\/127\.0\.0\.1:1: cannot connect[\s\S]*0 messages out of 1 answered/);
  });
});

describe('over HTTP', () => {
  let server: Server | null = null;
  afterEach(() => {
    server?.close();
  });

  async function listener(
    answer: (request: { type?: string; token?: string; body: Buffer }) => Promise<[number, Uint8Array]>,
  ) {
    server = createServer(async (req, res) => {
      const chunks: Buffer[] = [];
      for await (const chunk of req) chunks.push(chunk as Buffer);
      const { 'content-type': type, authorization: token } = req.headers;
      const [status, body] = await answer({
        ...(type === undefined ? {} : { type }),
        ...(token === undefined ? {} : { token }),
        body: Buffer.concat(chunks),
      });
      res.writeHead(status, { location: 'http://127.0.0.1:1/elsewhere' }).end(body);
    });
    const listening = server;
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(listening.address() as AddressInfo).port}/hl7`;
  }

  test('each message is a request of its own, and the body of the answer is its acknowledgement', async () => {
    const receive = receiveInto(database);
    const asked: (string | undefined)[] = [];
    const url = await listener(async ({ type, token, body }) => {
      asked.push(type, token);
      const { acknowledgements } = await receive(body, { transport: 'http', peer: '127.0.0.1' });
      return [200, Buffer.concat(acknowledgements)];
    });
    const { code, out } = await send(example('a22-returns-from-leave'), '--to', url, '--token', 'a-token');
    expect(code).toBe(0);
    expect(out).toMatch(/: AA ZMH\d+$/);
    expect(asked).toEqual(['application/hl7-v2', 'Bearer a-token']);
  });

  test('an answer that is no acknowledgement counts as a no, and a redirect is not followed', async () => {
    const url = await listener(async () => [307, Buffer.from('')]);
    const { code, out } = await send(example('a01-admission'), '--to', url);
    expect(code).toBe(1);
    expect(out).toContain('no acknowledgement  HTTP 307 without an acknowledgement');
  });

  test('a listener that asks for a token: the command was used wrongly, and says what is missing', async () => {
    const url = await listener(async () => [401, Buffer.from('')]);
    expect(await send(example('a01-admission'), '--to', url)).toMatchObject({
      code: 2,
      err: expect.stringContaining('give its token with --token'),
    });
  });
});

test.each([
  ['no file', []],
  ['no address', ['x.hl7']],
  ['an address that is none', ['x.hl7', '--to', '127.0.0.1:2575']],
  ['a password in the address', ['x.hl7', '--to', 'mllp://me:secret@127.0.0.1']],
])('%s is refused before anything is sent', async (_what, args) => {
  await expect(send(...args)).rejects.toMatchObject({ code: 'usage' });
});

const unknownSender = new URL('./unknown-sender.hl7', import.meta.url).pathname;
