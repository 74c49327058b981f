import { once } from 'node:events';
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFramer, framed } from '../wire/mllp-frame.js';
import { messageOf, type People } from './messages.js';

export type Load = {
  port: number;
  connections: number;
  people: People;
  /** The place of the first message among all of `people`. */
  from: number;
  /** So many messages; null: as many as fit into `seconds`. */
  count: number | null;
  seconds: number;
  /** The first seconds of these are not measured. */
  warmSeconds: number;
  /** Messages a second, each at its moment. Null: each connection sends the next as soon as it has its answer. */
  perSecond: number | null;
};

/** Times in milliseconds. What was sent in the warm-up is in `sent`, `acknowledged` and `refused`, but not measured. */
export type LoadResult = {
  /** When the first was sent, in milliseconds since 1970. */
  begunAt: number;
  sent: number;
  acknowledged: number;
  /** Answers that were not AA. */
  refused: number;
  measured: number;
  elapsedMs: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  highestMs: number;
};

/**
 * Plays messages over connections of which each waits for its answer. With a rate, what is late because all connections
 * wait counts from the moment at which it should have been sent: a service that stalls cannot hide those it kept waiting.
 */
export async function runLoad(load: Load): Promise<LoadResult> {
  const { people, from, seconds, perSecond } = load;
  const count = load.count ?? (perSecond === null ? Number.POSITIVE_INFINITY : Math.round(perSecond * seconds));
  const peers = await Promise.all(Array.from({ length: load.connections }, () => connect(load.port)));
  const begun = performance.now();
  const endsAt = load.count === null && perSecond === null ? begun + seconds * 1_000 : Number.POSITIVE_INFINITY;
  const results = recorder(begun, begun + load.warmSeconds * 1_000);
  let next = 0;

  await Promise.all(
    peers.map(async (peer) => {
      while (next < count && performance.now() < endsAt) {
        const nth = next++;
        const dueAt = perSecond === null ? null : begun + (nth * 1_000) / perSecond;
        if (dueAt !== null) await until(dueAt);
        const message = messageOf(from + nth, people);
        const startedAt = dueAt ?? performance.now();
        const answer = await peer.ask(message);
        results.add(startedAt, performance.now(), /\rMSA\|AA\|/.test(answer));
      }
      peer.end();
    }),
  );
  return results.end(performance.now());
}

async function until(moment: number): Promise<void> {
  const left = moment - performance.now();
  if (left > 0) await sleep(Math.ceil(left));
}

function recorder(begun: number, measuredFrom: number) {
  const latencies: number[] = [];
  let sent = 0;
  let acknowledged = 0;
  return {
    add(startedAt: number, endedAt: number, positive: boolean) {
      sent += 1;
      if (positive) acknowledged += 1;
      if (startedAt >= measuredFrom) latencies.push(endedAt - startedAt);
    },
    end(now: number): LoadResult {
      latencies.sort((a, b) => a - b);
      const at = (share: number) => tenths(latencies[Math.floor((latencies.length - 1) * share)] ?? 0);
      const elapsedMs = now - measuredFrom;
      return {
        begunAt: performance.timeOrigin + begun,
        sent,
        acknowledged,
        refused: sent - acknowledged,
        measured: latencies.length,
        elapsedMs: Math.round(elapsedMs),
        perSecond: elapsedMs > 0 ? Math.round(latencies.length / (elapsedMs / 1_000)) : 0,
        p50Ms: at(0.5),
        p99Ms: at(0.99),
        highestMs: at(1),
      };
    },
  };
}

const tenths = (ms: number): number => Math.round(ms * 10) / 10;

async function connect(port: number): Promise<{ ask(message: Buffer): Promise<string>; end(): void }> {
  const socket = createConnection({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  const framer = createFramer({ maxFrameBytes: 65_536 });
  let answered: (answer: string) => void = () => {};
  let hungUp: () => void = () => {};
  socket.on('error', () => undefined); // told by 'close', which always follows
  socket.on('close', () => hungUp());
  socket.on('data', (chunk: Buffer) => {
    for (const event of framer.push(chunk)) if (event.kind === 'frame') answered(event.bytes.toString('latin1'));
  });
  return {
    ask: (message) =>
      new Promise((resolve, reject) => {
        answered = resolve;
        hungUp = () => reject(new Error('the listener hung up'));
        socket.write(framed(message));
      }),
    end: () => socket.end(),
  };
}
