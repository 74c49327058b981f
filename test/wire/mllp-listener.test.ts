import { afterEach, describe, expect, test } from '@jest/globals';
import type { MllpOptions } from '../../src/wire/mllp-listener.js';
import { openRoom } from '../../src/wire/room.js';
import { bytes, frame, gate, type Listening, listening, type Peer, peerOf, text, until } from './mllp-peer.js';

const opened: Listening[] = [];
const peers: Peer[] = [];

async function listener(options: Partial<MllpOptions> = {}): Promise<Listening> {
  const each = await listening(options);
  opened.push(each);
  return each;
}
async function connect({ port }: Listening): Promise<Peer> {
  const peer = await peerOf(port);
  peers.push(peer);
  return peer;
}
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.socket.destroy();
  await Promise.all(opened.splice(0).map((each) => each.close()));
});

describe('what a sender may do', () => {
  test('one message, and another on the same connection', async () => {
    const peer = await connect(await listener());
    peer.write(frame('one'));
    expect(await peer.answers(1)).toEqual(['ok:one']);
    peer.write(frame('two'));
    expect(await peer.answers(2)).toEqual(['ok:one', 'ok:two']);
  });

  test('three in one write', async () => {
    const server = await listener();
    const peer = await connect(server);
    peer.write(frame('one') + frame('two') + frame('three'));
    expect(await peer.answers(3)).toEqual(['ok:one', 'ok:two', 'ok:three']);
    expect(server.received).toEqual(['one', 'two', 'three']);
  });

  test('byte by byte', async () => {
    const peer = await connect(await listener());
    peer.socket.setNoDelay(true);
    for (const byte of frame('one\xe9two')) {
      peer.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await peer.answers(1)).toEqual(['ok:one\xe9two']);
  });

  test('a cut inside the second of two', async () => {
    const peer = await connect(await listener());
    peer.write(`${frame('one')}\vtw`);
    expect(await peer.answers(1)).toEqual(['ok:one']);
    peer.write('o\x1c\r');
    expect(await peer.answers(2)).toEqual(['ok:one', 'ok:two']);
  });

  test('FS first, CR later or never', async () => {
    const peer = await connect(await listener());
    peer.write('\vone\x1c');
    expect(await peer.answers(1)).toEqual(['ok:one']);
    peer.write(`\r${frame('two')}`);
    expect(await peer.answers(2)).toEqual(['ok:one', 'ok:two']);
  });

  test('garbage before VT', async () => {
    const peer = await connect(await listener());
    peer.write(`HELO\r\n${frame('one')}`);
    expect(await peer.answers(1)).toEqual(['ok:one']);
  });

  test('the same message twice is received twice: telling repeats is not the wire’s', async () => {
    const peer = await connect(await listener());
    peer.write(frame('same') + frame('same'));
    expect(await peer.answers(2)).toEqual(['ok:same', 'ok:same']);
  });

  test('two megabytes', async () => {
    const peer = await connect(
      await listener({ maxFrameBytes: 4_194_304, receive: async (all) => [bytes(`${all.length}`)] }),
    );
    peer.write(frame('x'.repeat(2_000_000)));
    expect(await peer.answers(1)).toEqual(['2000000']);
  });

  test('end its side at once and still get its answers', async () => {
    const { opened: stored, open: store } = gate();
    const server = await listener({
      receive: async (message) => {
        await stored;
        return [bytes(`ok:${text(message)}`)];
      },
    });
    const peer = await connect(server);
    peer.socket.end(frame('one') + frame('two'), 'latin1');
    await until(() => server.received.length === 2);
    store();
    expect(await peer.untilClosed()).toEqual(['ok:one', 'ok:two']);
    expect(server.errors).toEqual([]);
  });

  test('two thousand at once, answered in order', async () => {
    const peer = await connect(await listener({ maxInFlightPerConnection: 8 }));
    const names = Array.from({ length: 2_000 }, (_, index) => `m${index}`);
    peer.write(names.map(frame).join(''));
    expect(await peer.answers(2_000)).toEqual(names.map((name) => `ok:${name}`));
  });
});

describe('answers', () => {
  test('keep the order of the messages when a later one is stored first', async () => {
    const gates = { one: gate(), two: gate() };
    const server = await listener({
      receive: async (message) => {
        await gates[text(message) as keyof typeof gates].opened;
        return [bytes(`ok:${text(message)}`)];
      },
    });
    const peer = await connect(server);
    peer.write(frame('one') + frame('two'));
    await until(() => server.received.length === 2);
    gates.two.open();
    await new Promise((resolve) => setTimeout(resolve, 20));
    gates.one.open();
    expect(await peer.answers(2)).toEqual(['ok:one', 'ok:two']);
  });

  test('there may be two, or none', async () => {
    const count: Record<string, string[]> = { enhanced: ['CA', 'AA'], silent: [], original: ['AA'] };
    const peer = await connect(await listener({ receive: async (message) => (count[text(message)] ?? []).map(bytes) }));
    peer.write(frame('enhanced') + frame('silent') + frame('original'));
    expect(await peer.answers(3)).toEqual(['CA', 'AA', 'AA']);
  });

  test('a failure to receive closes without an answer to it or to what came after it', async () => {
    const server = await listener({
      receive: async (message) => {
        if (text(message) === 'bad') throw new Error('the disk is gone');
        return [bytes(`ok:${text(message)}`)];
      },
    });
    const peer = await connect(server);
    peer.write(frame('good') + frame('bad') + frame('later'));
    expect(await peer.untilClosed()).toEqual(['ok:good']);
    expect(server.errors).toEqual(['the disk is gone']);

    const next = await connect(server);
    next.write(frame('good'));
    expect(await next.answers(1)).toEqual(['ok:good']);
  });
});

test('hanging up is no reset, so that answers given before it arrive', async () => {
  const server = await listener({
    maxInFlightPerConnection: 1,
    receive: async (message) => {
      if (text(message) === 'bad') throw new Error('the disk is gone');
      return [bytes(`ok:${text(message)}`)];
    },
  });
  const peer = await connect(server);
  const resets: unknown[] = [];
  peer.socket.on('error', (error) => resets.push(error));
  peer.write(frame('good') + frame('bad') + frame('x'.repeat(50_000)).repeat(100));
  expect(await peer.untilClosed()).toEqual(['ok:good']);
  expect(resets).toEqual([]);
});

describe('limits', () => {
  test('a frame above the limit is refused, not received, and the next one is served', async () => {
    const server = await listener({ maxFrameBytes: 1_000 });
    const peer = await connect(server);
    peer.write(frame('before') + frame(`MSH|^~\\&${'x'.repeat(200_000)}`) + frame('after'));
    expect(await peer.answers(3)).toEqual(['ok:before', 'too long:MSH|^~\\&', 'ok:after']);
    expect(server.received).toEqual(['before', 'after']);
  });

  test('an endless frame is refused at once and closed in time', async () => {
    const server = await listener({ maxFrameBytes: 1_000, frameTimeoutMs: 100 });
    const peer = await connect(server);
    peer.write(`\v${'x'.repeat(2_000)}`);
    expect(await peer.answers(1)).toEqual(['too long:xxxxxxxx']);
    const drip = setInterval(() => peer.write('x'.repeat(1_000)), 10);
    await peer.untilClosed();
    clearInterval(drip);
    expect(server.errors[0]).toMatch(/^half a frame/);
  });

  test('a half frame is closed, however busily it trickles', async () => {
    const server = await listener({ frameTimeoutMs: 100 });
    const peer = await connect(server);
    peer.write('\v');
    const drip = setInterval(() => peer.write('x'), 10);
    expect(await peer.untilClosed()).toEqual([]);
    clearInterval(drip);
    expect(server.received).toEqual([]);
    expect(server.errors[0]).toMatch(/^half a frame/);
  });

  test('a connection between frames stays open', async () => {
    const server = await listener({ frameTimeoutMs: 100 });
    const peer = await connect(server);
    peer.write(frame('one'));
    await peer.answers(1);
    await new Promise((resolve) => setTimeout(resolve, 250));
    peer.write(frame('two'));
    expect(await peer.answers(2)).toEqual(['ok:one', 'ok:two']);
  });

  test('the time in which we ourselves were busy is not the sender’s, the time after it is', async () => {
    const { opened: stored, open: store } = gate();
    const server = await listener({
      frameTimeoutMs: 400,
      maxInFlightPerConnection: 1,
      receive: async (message) => {
        await stored;
        return [bytes(`ok:${text(message)}`)];
      },
    });
    const peer = await connect(server);
    peer.write(`${frame('one')}\vtw`);
    await until(() => server.received.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 600));
    store();
    peer.write('o\x1c\r');
    expect(await peer.answers(2)).toEqual(['ok:one', 'ok:two']);
    peer.write(`${frame('three')}\vfo`);
    expect(await peer.untilClosed()).toEqual(['ok:one', 'ok:two', 'ok:three']);
    expect(server.errors[0]).toMatch(/^half a frame/);
  });

  test('one connection too many is refused and the others are served', async () => {
    const server = await listener({ room: openRoom(1) });
    const first = await connect(server);
    first.write(frame('one'));
    await first.answers(1);
    const second = await connect(server);
    expect(await second.untilClosed()).toEqual([]);
    expect(server.errors).toEqual(['refused: 1 connections are open already']);
    first.write(frame('two'));
    expect(await first.answers(2)).toEqual(['ok:one', 'ok:two']);
  });

  test('a flood is held back at the sender: no more in work than allowed', async () => {
    let inWork = 0;
    let most = 0;
    const server = await listener({
      maxInFlightPerConnection: 4,
      receive: async () => {
        inWork += 1;
        most = Math.max(most, inWork);
        await new Promise((resolve) => setTimeout(resolve, 1));
        inWork -= 1;
        return [bytes('ok')];
      },
    });
    const peer = await connect(server);
    for (let index = 0; index < 200; index += 1) peer.write(frame(`m${index}`));
    await peer.answers(200);
    expect(most).toBe(4);
  });

  test('a sender that takes no answers is not read for ever', async () => {
    const server = await listener({ frameTimeoutMs: 200, receive: async () => [Buffer.alloc(1_000_000, 'x')] });
    const peer = await connect(server);
    peer.socket.pause();
    for (let index = 0; index < 200; index += 1) peer.write(frame(`m${index}`));
    await until(() => server.errors.length > 0);
    expect(server.errors[0]).toBe('the peer took no answers for 200 ms');
    expect(server.received.length).toBeLessThan(200);
  });
});

describe('the listener outlives', () => {
  test('a reset while a message is being received', async () => {
    const { opened: stored, open: store } = gate();
    const server = await listener({ receive: async (message) => stored.then(() => [bytes(`ok:${text(message)}`)]) });
    const peer = await connect(server);
    peer.write(frame('one'));
    await until(() => server.received.length === 1);
    peer.socket.resetAndDestroy();
    await until(() => server.connections() === 0);
    store();
    const next = await connect(server);
    next.write(frame('two'));
    expect(await next.answers(1)).toEqual(['ok:two']);
  });

  test('a sender that leaves in the middle of a frame', async () => {
    const server = await listener();
    const peer = await connect(server);
    peer.socket.end('\vhalf');
    await peer.untilClosed();
    expect(server.received).toEqual([]);
    expect(server.errors).toEqual(['half a frame: the peer ended in it']);
  });
});

describe('closing', () => {
  test('answers what was read, then ends, and takes nobody new', async () => {
    const { opened: stored, open: store } = gate();
    const server = await listener({ receive: async (message) => stored.then(() => [bytes(`ok:${text(message)}`)]) });
    const busy = await connect(server);
    const idle = await connect(server);
    busy.write(frame('one') + frame('two'));
    await until(() => server.received.length === 2 && server.connections() === 2);
    const closing = server.close();
    await expect(peerOf(server.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    store();
    expect(await busy.untilClosed()).toEqual(['ok:one', 'ok:two']);
    expect(await idle.untilClosed()).toEqual([]);
    await closing;
    await server.close();
  });

  test('does not wait for ever for what never ends', async () => {
    const server = await listener({ frameTimeoutMs: 100, receive: () => new Promise(() => {}) });
    const peer = await connect(server);
    peer.write(frame('one'));
    await until(() => server.received.length === 1);
    await server.close();
    expect(await peer.untilClosed()).toEqual([]);
  });
});

test('a port that is taken is said', async () => {
  const server = await listener();
  await expect(listener({ port: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

describe('memory', () => {
  test('while the bytes of all connections are spent nobody is read; then everybody is answered, in order', async () => {
    const { opened: stored, open: store } = gate();
    let received = 0;
    const server = await listener({
      room: openRoom(100, 3_000),
      receive: async (message) => {
        received += 1;
        await stored;
        return [bytes(`ok:${text(message).slice(0, 2)}`)];
      },
    });
    const all = await Promise.all([connect(server), connect(server), connect(server)]);
    for (const [n, peer] of all.entries()) {
      for (const part of ['a', 'b', 'c', 'd']) {
        peer.write(frame(`${n}${part}${'x'.repeat(1_000)}`));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    // What each may overdraw is one chunk: without the budget all twelve would have been taken.
    expect(received).toBeLessThan(8);
    store();
    for (const [n, peer] of all.entries()) {
      expect(await peer.answers(4)).toEqual([`ok:${n}a`, `ok:${n}b`, `ok:${n}c`, `ok:${n}d`]);
    }
  });
});
