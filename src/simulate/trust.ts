import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../fault.js';
import { sendMllp } from '../wire/mllp-client.js';
import { framed } from '../wire/mllp-frame.js';
import { type Post, STRANGER } from './timeline.js';

/** What the senders know: what was answered AA is ours to keep. */
export type Tally = {
  /** Control ids, with those of the broken ones. */
  acknowledged: Set<string>;
  broken: Set<string>;
  /** AR: from somebody whom we do not know, or not to be read. */
  refused: number;
  /** Sent again because no answer came. */
  again: number;
  /** What must not be: a negative answer to a good message, a positive one to a stranger. */
  wrong: string[];
};

export const emptyTally = (): Tally => ({
  acknowledged: new Set(),
  broken: new Set(),
  refused: 0,
  again: 0,
  wrong: [],
});

type Door = { port(): number; stop: AbortSignal; tally: Tally };

const ANSWERS_WITHIN_MS = 30_000;
const AGAIN_MS = 100;
const CONNECTIONS = 3;

/** All trusts send what is theirs, each over several connections; one person's messages go over one, in their order. */
export async function sendAll(posts: readonly Post[], door: Door): Promise<void> {
  const queues = new Map<string, Post[]>();
  for (const post of posts) {
    const key = `${post.trust} ${post.life % CONNECTIONS}`;
    const queue = queues.get(key) ?? [];
    queues.set(key, queue);
    queue.push(post);
  }
  await Promise.all([...queues.values()].map((queue) => sendEach(queue, door)));
}

async function sendEach(queue: readonly Post[], door: Door): Promise<void> {
  const sendings = queue.flatMap(sendingsOf);
  for (let next = 0; next < sendings.length; ) {
    door.stop.throwIfAborted();
    const { hangUp } = sendings[next] ?? {};
    if (hangUp) await sentUnheard(hangUp, door.port());
    next = await sentFrom(sendings, hangUp ? next + 1 : next, door);
  }
}

/** `hangUp`: nobody waits for the answer. */
type Sending = { bytes: Buffer; controlId: string; expects: 'AA' | 'AR' | 'any'; hangUp?: Buffer };

function sendingsOf({ bytes, controlId, mishap }: Post): Sending[] {
  const whole: Sending = { bytes, controlId, expects: 'AA' };
  switch (mishap) {
    case 'repeated':
      return [whole, whole];
    case 'answer-lost':
      return [{ ...whole, hangUp: bytes }, whole];
    case 'corrupted': {
      const ownId = `${controlId}X`;
      const text = bytes.toString().replace(`|${controlId}|`, `|${ownId}|`);
      return [{ bytes: Buffer.from(text.slice(0, text.indexOf('\rPID|'))), controlId: ownId, expects: 'any' }, whole];
    }
    case 'stranger': {
      const text = bytes.toString().replace(/^(MSH\|[^|]*\|EPR\|)[^|]*/, `$1${STRANGER}`);
      return [{ bytes: Buffer.from(text), controlId: `${controlId}S`, expects: 'AR' }, whole];
    }
    default:
      return [whole];
  }
}

/** Over one connection until it breaks, or until one that nobody hears; where to go on. */
async function sentFrom(sendings: readonly Sending[], from: number, { port, tally, stop }: Door): Promise<number> {
  const end = sendings.findIndex(({ hangUp }, place) => place >= from && hangUp !== undefined);
  const batch = sendings.slice(from, end < 0 ? undefined : end);
  let done = 0;
  try {
    const sent = sendMllp(
      '127.0.0.1',
      port(),
      batch.map(({ bytes }) => bytes),
      { timeoutMs: ANSWERS_WITHIN_MS },
    );
    for await (const { index, acknowledgements } of sent) {
      stop.throwIfAborted();
      const sending = batch[index];
      const isDone = sending !== undefined && noted(sending, codeIn(acknowledgements), tally);
      if (!isDone) break;
      done = index + 1;
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
  if (done < batch.length) {
    tally.again += 1;
    await sleep(AGAIN_MS);
  }
  return from + done;
}

/** False: to be sent again. */
function noted({ controlId, expects }: Sending, code: string, tally: Tally): boolean {
  if (code === 'AE') return false;
  if (expects !== 'any' && code !== expects) tally.wrong.push(`${controlId} was answered ${code}`);
  if (code === 'AR') tally.refused += 1;
  else (expects === 'any' ? tally.broken : tally.acknowledged).add(controlId);
  return true;
}

const codeIn = ([first]: readonly Uint8Array[]): string =>
  /\rMSA\|([A-Z]{2})\|/.exec(Buffer.from(first ?? '').toString('latin1'))?.[1] ?? 'nothing';

/** Sent, and hung up when the answer comes: it may have arrived or not. */
async function sentUnheard(bytes: Buffer, port: number): Promise<void> {
  const socket = createConnection({ host: '127.0.0.1', port, noDelay: true });
  socket.setTimeout(ANSWERS_WITHIN_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.write(framed(bytes));
  socket.once('data', () => socket.destroy());
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
}
