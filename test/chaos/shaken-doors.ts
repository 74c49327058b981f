import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { answersFor } from '../../src/hl7v2/answers.js';
import { readHeader } from '../../src/hl7v2/header.js';
import { dice } from '../../src/simulate/dice.js';
import { createFramer, framed } from '../../src/wire/mllp-frame.js';
import { type Mutant, mutant } from './mutate.js';
import type { Doors } from './senders.js';
import { readShapes } from './shapes.js';

/** What came back for what was sent. Numbers are those of the mutants: with the seed they make them again. */
export type Shaken = {
  sent: number;
  /** How often each answer came: `mllp AA`, `hl7 200`, `fhir 422` and so on. */
  answers: Record<string, number>;
  /** Closed without an answer, or silent as the message asked. */
  closed: number;
  /** Neither answered nor closed within the bound. */
  hung: string[];
  /** Answered with "we failed", or not answered though it asked to be: what is sent again for ever, and never taken. */
  failed: string[];
};

type Sender = { send(one: Mutant): Promise<void>; end(): void };

type Shaking = { seed: number; count: number };

/** Nothing takes as long as this that will ever be answered. */
const BOUND_MS = 60_000;
/** Connections of each kind. */
const AT_ONCE = 24;

/** Sends mutants `0` to `count` through MLLP, `/hl7` and `/fhir`, many at a time. */
export async function shake(doors: Doors, { seed, count }: Shaking): Promise<Shaken> {
  const all = readShapes();
  const shapes = { hl7: all.filter(({ kind }) => kind === 'hl7'), fhir: all.filter(({ kind }) => kind === 'fhir') };
  const shaken: Shaken = { sent: 0, answers: {}, closed: 0, hung: [], failed: [] };
  const every = (first: number) => {
    let next = first;
    return async ({ send, end }: Sender) => {
      while (next < count) {
        const nth = next;
        next += 2;
        shaken.sent += 1;
        await send(mutant(shapes[kindOf(nth)], seed, nth));
      }
      end();
    };
  };
  const [mllp, http] = [every(0), every(1)];
  await Promise.all([
    ...Array.from({ length: AT_ONCE }, () => mllp(overMllp(doors, shaken))),
    ...Array.from({ length: AT_ONCE }, () => http(overHttp(doors, shaken, seed))),
  ]);
  return shaken;
}

/** Even numbers go over MLLP, odd ones over HTTP, of which half are FHIR; now and then one goes through a wrong door. */
const kindOf = (nth: number): Mutant['kind'] => (nth % 4 === 3 || nth % 100 === 0 ? 'fhir' : 'hl7');

const place = ({ nth, kind, how }: Mutant): string => `${nth} (${kind}: ${how})`;

function count(shaken: Shaken, answer: string, one: Mutant): void {
  shaken.answers[answer] = (shaken.answers[answer] ?? 0) + 1;
  if (/ (?:AE|CE|5\d\d)$/.test(answer)) shaken.failed.push(`${answer} to ${place(one)}`);
}

function overMllp({ mllpPort }: Doors, shaken: Shaken): Sender {
  let kept: Socket | null = null;
  return {
    async send(one) {
      const isAlone = !hasOneAnswer(one.bytes);
      if (!isAlone && (!kept || kept.destroyed)) kept = await connected(mllpPort);
      const socket = isAlone || !kept ? await connected(mllpPort) : kept;
      socket.write(framed(one.bytes));
      if (isAlone) socket.end();
      const end = await answered(socket, isAlone);
      noteEnd(end, one, isAlone, shaken);
      if (end.kind !== 'answered') socket.destroy();
    },
    end: () => kept?.destroy(),
  };
}

function noteEnd({ kind, answers }: End, one: Mutant, isAlone: boolean, shaken: Shaken): void {
  for (const answer of answers) count(shaken, `mllp ${answer}`, one);
  if (kind === 'hung') shaken.hung.push(place(one));
  if (kind !== 'closed') return;
  if (answers.length === 0) shaken.closed += 1;
  if (!isAlone) shaken.failed.push(`closed without an answer to ${place(one)}`);
}

/** Where a message is one frame, and asks for one answer whatever becomes of it. */
function hasOneAnswer(bytes: Buffer): boolean {
  if (bytes.includes(0x1c) || bytes.includes(0x0b)) return false;
  const header = readHeader(bytes);
  return !header || (['stored', 'refused'] as const).every((outcome) => answersFor(header, outcome).length === 1);
}

async function connected(port: number): Promise<Socket> {
  const socket = createConnection({ port, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => undefined); // 'close' follows
  await once(socket, 'connect');
  return socket;
}

const acknowledgedAs = (text: string): string | null => /\rMSA.([A-Z]{2})/.exec(text)?.[1] ?? null;

type End = { kind: 'answered' | 'closed' | 'hung'; answers: string[] };

/** Until the first answer, or, for a message with a connection of its own, until that is closed. */
function answered(socket: Socket, untilClosed: boolean): Promise<End> {
  return new Promise((resolve) => {
    const framer = createFramer({ maxFrameBytes: 1_000_000 });
    const answers: string[] = [];
    const finish = (kind: End['kind']) => {
      clearTimeout(limit);
      socket.off('data', read).off('close', closed);
      resolve({ kind, answers });
    };
    const closed = () => finish('closed');
    const read = (chunk: Buffer) => {
      for (const event of framer.push(chunk)) {
        const text = event.kind === 'frame' ? event.bytes.toString('latin1') : '';
        answers.push(acknowledgedAs(text) ?? 'unreadable');
      }
      if (answers.length > 0 && !untilClosed) finish('answered');
    };
    const limit = setTimeout(() => finish('hung'), BOUND_MS);
    socket.on('data', read).on('close', closed);
    if (socket.destroyed) closed();
  });
}

function overHttp({ httpPort }: Doors, shaken: Shaken, seed: number): Sender {
  const send = async (one: Mutant): Promise<void> => {
    const { path, method, type } = requestFor(one, seed);
    try {
      const response = await fetch(`http://127.0.0.1:${httpPort}${path}`, {
        method,
        headers: { 'content-type': type },
        body: new Uint8Array(one.bytes),
        signal: AbortSignal.timeout(BOUND_MS),
      });
      const body = await response.text();
      const code = path === '/hl7' ? acknowledgedAs(body) : null;
      count(shaken, `${path.split('/')[1]} ${code ?? response.status}`, one);
    } catch (error) {
      if (error instanceof Error && error.name === 'TimeoutError') shaken.hung.push(place(one));
      else shaken.closed += 1;
    }
  };
  return { send, end: () => undefined };
}

/** Mostly where it belongs; now and then where it does not. */
function requestFor(one: Mutant, seed: number): { path: string; method: string; type: string } {
  const d = dice(seed + 7 * one.nth);
  const isStrayed = d.number(50) === 0;
  if ((one.kind === 'hl7') !== isStrayed) return { path: '/hl7', method: 'POST', type: d.oneOf(V2_TYPES) };
  const [, type = 'Bundle'] = /^\s*\{"resourceType":"([A-Za-z]+)"/.exec(one.bytes.toString('latin1', 0, 200)) ?? [];
  const own = type === 'Bundle' ? d.oneOf(['/fhir', '/fhir/$process-message']) : `/fhir/${type}`;
  const path = d.number(10) === 0 ? d.oneOf(FHIR_PATHS) : own;
  return { path, method: path.split('/').length > 3 ? 'PUT' : 'POST', type: d.oneOf(FHIR_TYPES) };
}

const V2_TYPES: [string, ...string[]] = ['application/hl7-v2', 'x-application/hl7-v2+er7', 'text/plain'];
const FHIR_TYPES: [string, ...string[]] = [
  'application/fhir+json',
  'application/json',
  'application/fhir+json; charset=utf-8',
];
const FHIR_PATHS: [string, ...string[]] = [
  '/fhir',
  '/fhir/$process-message',
  '/fhir/Encounter',
  '/fhir/Patient',
  '/fhir/Encounter/1',
];
