import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { createFramer, framed } from '../wire/mllp-frame.js';
import { discharge } from './person.js';

/** `persons` 0: as many as fit into `seconds`. Else exactly so many, however long it takes; `first` is where they begin. */
export type Load = { port: number; connections: number; seconds: number; persons: number; first: number };

/** Milliseconds; `refused` counts answers that were not AA. */
export type LoadResult = { acknowledged: number; refused: number; elapsedMs: number; p50Ms: number; p99Ms: number };

/** Each connection sends a message, waits for its acknowledgement, and sends the next. */
export async function closedLoop({ port, connections, seconds, persons, first }: Load): Promise<LoadResult> {
  const run = Date.now().toString(36);
  const latencies: number[] = [];
  let refused = 0;
  let next = 0;
  const begun = performance.now();
  const isOver = () => (persons > 0 ? next >= persons : performance.now() - begun > seconds * 1_000);

  const one = async () => {
    const peer = await connect(port);
    while (!isOver()) {
      const message = discharge(first + next++, run);
      const sentAt = performance.now();
      const answer = await peer.ask(message);
      latencies.push(performance.now() - sentAt);
      if (!/\rMSA\|AA\|/.test(answer)) refused += 1;
    }
    peer.end();
  };
  await Promise.all(Array.from({ length: connections }, one));

  latencies.sort((a, b) => a - b);
  const at = (share: number) => Math.round((latencies[Math.floor(latencies.length * share)] ?? 0) * 10) / 10;
  return {
    acknowledged: latencies.length - refused,
    refused,
    elapsedMs: Math.round(performance.now() - begun),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  };
}

async function connect(port: number): Promise<{ ask(message: Buffer): Promise<string>; end(): void }> {
  const socket: Socket = createConnection({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  const framer = createFramer({ maxFrameBytes: 65_536 });
  let answered: (answer: string) => void = () => {};
  let hungUp: () => void = () => {};
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
