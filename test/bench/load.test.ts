import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type Load, runLoad } from '../../src/bench/load.js';
import { createFramer, framed } from '../../src/wire/mllp-frame.js';

type Answer = (nth: number) => 'AA' | 'AE' | 'hang up';

let server: Server | null = null;
afterEach(async () => {
  server?.close();
  server = null;
});

/** A listener that answers as it is told, and what it has heard. */
async function listener(answer: Answer): Promise<{ port: number; heard: string[]; connections: Set<Socket> }> {
  const heard: string[] = [];
  const connections = new Set<Socket>();
  server = createServer((socket) => {
    connections.add(socket);
    const framer = createFramer({ maxFrameBytes: 65_536 });
    socket.on('data', (chunk: Buffer) => {
      for (const event of framer.push(chunk)) {
        if (event.kind !== 'frame') continue;
        const code = answer(heard.length);
        heard.push(event.bytes.toString('latin1').split('|')[9] ?? '');
        if (code === 'hang up') socket.destroy();
        else socket.write(framed(Buffer.from(`MSH|^~\\&\rMSA|${code}|X\r`)));
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { port: typeof address === 'object' && address ? address.port : 0, heard, connections };
}

const load = (over: Partial<Load>): Load => ({
  port: 0,
  connections: 3,
  people: { kind: 'discharge', run: 'a', first: 0, persons: 0 },
  from: 0,
  count: null,
  seconds: 1,
  warmSeconds: 0,
  perSecond: null,
  ...over,
});

describe('the load', () => {
  test('sends exactly so many, each once, over so many connections', async () => {
    const { port, heard, connections } = await listener(() => 'AA');
    expect(await runLoad(load({ port, count: 50 }))).toMatchObject({
      sent: 50,
      acknowledged: 50,
      refused: 0,
      measured: 50,
    });
    expect(new Set(heard).size).toBe(50);
    expect(connections.size).toBe(3);
  });

  test('goes on where the last has ended: no message is sent twice', async () => {
    const { port, heard } = await listener(() => 'AA');
    const first = await runLoad(load({ port, count: 20 }));
    await runLoad(load({ port, count: 20, from: first.sent }));
    expect(new Set(heard).size).toBe(40);
  });

  test('counts every answer that is not AA', async () => {
    const { port } = await listener((nth) => (nth % 5 === 0 ? 'AE' : 'AA'));
    expect(await runLoad(load({ port, count: 50 }))).toMatchObject({ sent: 50, acknowledged: 40, refused: 10 });
  });

  test('at a rate it sends what that rate gives, however quickly it is answered', async () => {
    const { port } = await listener(() => 'AA');
    expect(await runLoad(load({ port, perSecond: 60 }))).toMatchObject({ sent: 60, acknowledged: 60 });
  });

  test('a warm-up is sent and counted, and not measured', async () => {
    const { port } = await listener(() => 'AA');
    const { sent, acknowledged, measured } = await runLoad(load({ port, seconds: 0.4, warmSeconds: 0.2 }));
    expect(acknowledged).toBe(sent);
    expect(measured).toBeLessThan(sent);
  });

  test('what hangs up instead of answering is trouble, and no message is taken for acknowledged', async () => {
    const { port } = await listener((nth) => (nth === 10 ? 'hang up' : 'AA'));
    await expect(runLoad(load({ port, count: 50, connections: 1 }))).rejects.toThrow('hung up');
  });
});
