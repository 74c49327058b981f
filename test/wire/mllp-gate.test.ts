import { afterEach, describe, expect, test } from '@jest/globals';
import type { Gate, Passage } from '../../src/wire/gate.js';
import type { Peer as At } from '../../src/wire/mllp-connection.js';
import type { MllpOptions } from '../../src/wire/mllp-listener.js';
import { openRoom } from '../../src/wire/room.js';
import { frame, type Listening, listening, type Peer, peerOf, text, until } from './mllp-peer.js';

const opened: Listening[] = [];
const peers: Peer[] = [];
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.socket.destroy();
  await Promise.all(opened.splice(0).map((each) => each.close()));
});

type Held = { message: string; go: () => void; isCancelled: boolean };

/** Holds what begins with `slow`, closes on `enough`, and lets the rest in. */
function gateOf() {
  const held: Held[] = [];
  const asked: string[] = [];
  const left: At[] = [];
  const gate: Gate<At> = {
    enter(bytes, _connection, go): Passage {
      const message = text(bytes);
      asked.push(message);
      if (message.startsWith('enough')) return 'close';
      if (!message.startsWith('slow')) return 'go';
      const each: Held = { message, go, isCancelled: false };
      held.push(each);
      return {
        cancel: () => {
          each.isCancelled = true;
        },
      };
    },
    left: (connection) => void left.push(connection),
  };
  return { gate, held, asked, left };
}

async function connectTo(options: Partial<MllpOptions>) {
  const server = await listening(options);
  opened.push(server);
  const connect = async () => {
    const peer = await peerOf(server.port);
    peers.push(peer);
    return peer;
  };
  return { server, connect };
}

describe('a sender above its rate', () => {
  test('waits, is refused nothing, and gets its answers in order', async () => {
    const { gate, held, asked } = gateOf();
    const { server, connect } = await connectTo({ gate });
    const peer = await connect();
    peer.write(frame('one') + frame('slow two') + frame('three') + frame('slow four') + frame('five'));
    expect(await peer.answers(1)).toEqual(['ok:one']);
    await until(() => held.length === 1);
    expect(asked).toEqual(['one', 'slow two']);
    held[0]?.go();
    expect(await peer.answers(3)).toEqual(['ok:one', 'ok:slow two', 'ok:three']);
    expect(server.received).toEqual(['one', 'slow two', 'three']);
    await until(() => held.length === 2);
    held[1]?.go();
    expect((await peer.answers(5)).at(-1)).toBe('ok:five');
  });

  test('is not read meanwhile: what it sends stays in its own buffers', async () => {
    const { gate, held } = gateOf();
    const { server, connect } = await connectTo({ gate });
    const peer = await connect();
    peer.write(frame('slow'));
    await until(() => held.length === 1);
    const many = 400;
    for (let n = 0; n < many; n += 1) peer.write(frame(`${n}:${'x'.repeat(50_000)}`));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.received).toEqual([]);
    expect(peer.socket.writableLength).toBeGreaterThan(1_000_000);
    held[0]?.go();
    const answers = await peer.answers(many + 1);
    expect(answers.map((each) => each.slice(3).split(':')[0])).toEqual(['slow', ...Array(many).keys()].map(String));
  });

  test('holds nobody else up, and uses up none of what all read with', async () => {
    const { gate, held } = gateOf();
    const { connect } = await connectTo({ gate, room: openRoom(10, 1_000) });
    const slow = await connect();
    slow.write(frame(`slow${'x'.repeat(5_000)}`) + frame('next'));
    await until(() => held.length === 1);
    const other = await connect();
    other.write(frame('a') + frame('b'));
    expect(await other.answers(2)).toEqual(['ok:a', 'ok:b']);
    other.write(frame('c'));
    expect(await other.answers(3)).toEqual(['ok:a', 'ok:b', 'ok:c']);
    held[0]?.go();
    expect(await slow.answers(2)).toHaveLength(2);
  });

  test('that has ended its side still gets all its answers, then the end', async () => {
    const { gate, held } = gateOf();
    const { connect } = await connectTo({ gate });
    const peer = await connect();
    peer.write(frame('slow one') + frame('two'));
    peer.socket.end();
    await until(() => held.length === 1);
    held[0]?.go();
    expect(await peer.untilClosed()).toEqual(['ok:slow one', 'ok:two']);
  });

  test('does not keep the listener from closing, also when it has ended its side', async () => {
    const { gate, held } = gateOf();
    const { server, connect } = await connectTo({ gate, frameTimeoutMs: 60_000 });
    const peer = await connect();
    peer.write(frame('slow one'));
    peer.socket.end();
    await until(() => held.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 20)); // its end has come too
    await server.close();
    expect(await peer.untilClosed()).toEqual([]);
  });

  test('that is gone does not wait any more', async () => {
    const { gate, held, left } = gateOf();
    const { server, connect } = await connectTo({ gate });
    const peer = await connect();
    peer.write(frame('slow one'));
    await until(() => held.length === 1);
    await server.close();
    expect(held[0]?.isCancelled).toBe(true);
    expect(await peer.untilClosed()).toEqual([]);
    await until(() => left.length === 1);
    expect(server.received).toEqual([]);
  });
});

test('a connection that may not be served is answered what came before, then closed', async () => {
  const { gate } = gateOf();
  const { server, connect } = await connectTo({ gate });
  const peer = await connect();
  peer.write(frame('one') + frame('enough') + frame('two'));
  expect(await peer.untilClosed()).toEqual(['ok:one']);
  expect(server.received).toEqual(['one']);
});
