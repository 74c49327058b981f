import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { dischargeMessage } from '../../src/demo/fhir-message.js';
import { createFramer, framed } from '../../src/wire/mllp-frame.js';
import { adt } from '../scenarios/adt.js';
import { FAMILY, type Invented, messagesOf } from '../service/people.js';
import { pause } from '../support/process.js';

/** What the senders know when they have finished. Control ids are theirs. */
export type Tally = {
  acknowledged: Set<string>;
  /** People whose last message was acknowledged. */
  told: Set<string>;
  /** Negative for good: AR, or a status of 4xx. None is expected. */
  refused: string[];
  /** Asked to send again: AE, or 503. */
  putOff: number;
  /** Connections that the other side closed or did not open, instead of an answer. */
  closed: number;
  /** Frames that got neither an answer nor a closed connection within a sender's patience. */
  leftWaiting: number;
  /** The case has failed: nobody sends any more. */
  isOver: boolean;
};

export const emptyTally = (): Tally => ({
  acknowledged: new Set(),
  told: new Set(),
  refused: [],
  putOff: 0,
  closed: 0,
  leftWaiting: 0,
  isOver: false,
});

export type Doors = { mllpPort: number; httpPort: number };

export type Play = { mllp: number; http: number; withinMs: number };

/** A trust's engine waits about this long before it calls a connection dead. */
const PATIENCE_MS = 25_000;
const AGAIN_MS = 100;

type Message = { controlId: string; bytes: Buffer; person: Invented; isLast: boolean };
type Answer = 'taken' | 'again' | 'refused' | 'closed' | 'nothing';
/** One message and its answer; the connection is the line's own affair. */
type Line = { ask(message: Message): Promise<Answer>; end(): void };

/**
 * Closed loops: each connection sends its people's messages in order, one at a time, and again until it has a positive
 * answer. Every fifth person's trust speaks FHIR over HTTP. Rejects when `withinMs` is over.
 */
export async function send(doors: Doors, people: readonly Invented[], tally: Tally, play: Play): Promise<void> {
  const { mllp, http, withinMs } = play;
  const deadline = Date.now() + withinMs;
  const isHttp = (index: number) => http > 0 && index % 5 === 4;
  const v2 = people.filter((_, index) => !isHttp(index));
  const fhir = people.filter((_, index) => isHttp(index));
  const lines = [
    ...shares(v2, mllp).map((own) => ({ line: mllpLine(doors.mllpPort), messages: own.flatMap(v2Of) })),
    ...shares(fhir, http).map((own) => ({ line: httpLine(doors.httpPort), messages: own.map(fhirOf) })),
  ];
  await Promise.all(lines.map(({ line, messages }) => sendAll(line, messages, tally, deadline)));
}

const shares = <T>(all: readonly T[], count: number): T[][] =>
  Array.from({ length: count }, (_, turn) => all.filter((_each, index) => index % count === turn));

const v2Of = (person: Invented): Message[] =>
  messagesOf(person).map((message, index, all) => {
    const controlId = `${person.mrn}-${index + 1}`;
    return { controlId, bytes: Buffer.from(adt({ ...message, controlId })), person, isLast: index === all.length - 1 };
  });

function fhirOf(person: Invented): Message {
  const controlId = `${person.mrn}-F`;
  const bundle = dischargeMessage(
    {
      sentAt: '20260301100500',
      person: { ...person, family: FAMILY, given: 'Pat', born: '19800102' },
      admitted: '20260101080000',
      left: '20260301100000',
      destination: '19',
      periods: [
        {
          id: `P${person.mrn}`,
          status: ['03', 'Section 3'],
          from: '20260101000000',
          to: '20260220000000',
          council: person.council,
        },
      ],
    },
    controlId,
  );
  return { controlId, bytes: Buffer.from(JSON.stringify(bundle)), person, isLast: true };
}

async function sendAll(line: Line, messages: readonly Message[], tally: Tally, deadline: number): Promise<void> {
  for (const message of messages) {
    for (;;) {
      if (tally.isOver || Date.now() > deadline)
        throw new Error(`${tally.acknowledged.size} messages acknowledged, then no more`);
      const answer = await line.ask(message);
      note(answer, message, tally);
      if (answer === 'taken' || answer === 'refused') break;
      await pause(AGAIN_MS);
    }
  }
  line.end();
}

function note(answer: Answer, { controlId, person, isLast }: Message, tally: Tally): void {
  if (answer === 'again') tally.putOff += 1;
  else if (answer === 'closed') tally.closed += 1;
  else if (answer === 'nothing') tally.leftWaiting += 1;
  else if (answer === 'refused') tally.refused.push(controlId);
  else {
    tally.acknowledged.add(controlId);
    if (isLast) tally.told.add(person.nhsNumber);
  }
}

function mllpLine(port: number): Line {
  let connection: { socket: Socket; next(): Promise<string | null> } | null = null;
  const drop = () => {
    connection?.socket.destroy();
    connection = null;
  };
  return {
    async ask({ controlId, bytes }) {
      connection ??= await connected(port);
      if (!connection) return 'closed';
      connection.socket.write(framed(bytes));
      const answer = await patiently(connection.next());
      if (answer === 'nothing' || answer === null) {
        drop();
        return answer ?? 'closed';
      }
      const [, code, answered] = /\rMSA\|([A-Z]{2})\|([^|\r]*)/.exec(answer) ?? [];
      if (answered !== controlId) throw new Error(`an answer to ${answered} came for ${controlId}`);
      return code === 'AA' ? 'taken' : code === 'AE' ? 'again' : 'refused';
    },
    end: drop,
  };
}

async function connected(port: number) {
  const socket = createConnection({ port, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => undefined); // 'close' follows
  const opened = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'close').then(() => false),
  ]).catch(() => false);
  if (!opened) return null;
  const framer = createFramer({ maxFrameBytes: 65_536 });
  const answers: string[] = [];
  let isClosed = false;
  let wake = () => {};
  socket.on('data', (chunk: Buffer) => {
    for (const event of framer.push(chunk)) if (event.kind === 'frame') answers.push(event.bytes.toString('latin1'));
    wake();
  });
  const close = () => {
    isClosed = true;
    wake();
  };
  socket.on('end', close).on('close', close);
  /** The next answer; null: the other side closed. */
  const next = async () => {
    while (answers.length === 0 && !isClosed) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return answers.shift() ?? null;
  };
  return { socket, next };
}

async function patiently<T>(answer: Promise<T>): Promise<T | 'nothing'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'nothing'>((resolve) => {
    timer = setTimeout(() => resolve('nothing'), PATIENCE_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

const httpLine = (port: number): Line => ({
  async ask({ bytes }) {
    try {
      const { status } = await fetch(`http://127.0.0.1:${port}/fhir/$process-message`, {
        method: 'POST',
        headers: { 'content-type': 'application/fhir+json' },
        body: new Uint8Array(bytes),
        signal: AbortSignal.timeout(PATIENCE_MS),
      }).then(async (response) => {
        await response.arrayBuffer();
        return response;
      });
      if (status < 300) return 'taken';
      return status >= 500 ? 'again' : 'refused';
    } catch (error) {
      return error instanceof Error && error.name === 'TimeoutError' ? 'nothing' : 'closed';
    }
  },
  end: () => undefined,
});
