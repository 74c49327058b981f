import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { acknowledge, acknowledgementBytes, acknowledgeUnreadable } from '../../src/hl7v2/acknowledgement.js';
import { answersFor } from '../../src/hl7v2/answers.js';
import { readHeader } from '../../src/hl7v2/header.js';
import { frame, type Listening, listening, type Peer, peerOf } from './mllp-peer.js';

/** What a trust's system may do on the wire, against the listener and the acknowledgements together. */
const AT = new Date('2026-03-01T10:00:00Z');

const refuse = (text: string) => acknowledgementBytes(acknowledgeUnreadable(AT, 'X', text), null);

async function answerAll(bytes: Uint8Array): Promise<Uint8Array[]> {
  const header = readHeader(bytes);
  if (!header) return [refuse('no MSH')];
  return answersFor(header, 'stored').map((code) =>
    acknowledgementBytes(acknowledge(header, { code }, AT, 'X'), header),
  );
}

const message = (controlId: string, { end = '\r', mode = '', name = 'Ann' } = {}) =>
  [`MSH|^~\\&|EPR|RXT|BRIDGE|QHL|20260301||ADT^A03|${controlId}|P|2.4|||${mode}`, `PID|1||||${name}`, ''].join(end);

let server: Listening;
let peer: Peer;
beforeEach(async () => {
  server = await listening({
    maxFrameBytes: 3_000_000,
    frameTimeoutMs: 1_500,
    receive: answerAll,
    oversize: (head) => {
      const header = readHeader(head);
      return header ? acknowledgementBytes(acknowledge(header, { code: 'AR' }, AT, 'X'), header) : refuse('too long');
    },
  });
  peer = await peerOf(server.port);
});
afterEach(async () => {
  peer.socket.destroy();
  await server.close();
});

const pause = () => new Promise((resolve) => setTimeout(resolve, 10));
const msaOf = (answer: string) => answer.split('\r').find((row) => row.startsWith('MSA')) ?? 'no MSA';
const pieces = (text: string, length: number) => text.match(new RegExp(`[^]{1,${length}}`, 'g')) ?? [];

describe('each is answered once, and right', () => {
  test.each([
    { story: 'single', writes: [frame(message('1'))], answers: ['MSA|AA|1'] },
    {
      story: 'three in one write',
      writes: [frame(message('1')) + frame(message('2')) + frame(message('3'))],
      answers: ['MSA|AA|1', 'MSA|AA|2', 'MSA|AA|3'],
    },
    { story: 'split every 40 bytes', writes: pieces(frame(message('1')), 40), answers: ['MSA|AA|1'] },
    { story: 'FS, a pause, CR', writes: [`\v${message('1')}\x1c`, '\r'], answers: ['MSA|AA|1'] },
    {
      story: 'split inside the second of two',
      writes: pieces(frame(message('1')) + frame(message('2')), message('1').length + 20),
      answers: ['MSA|AA|1', 'MSA|AA|2'],
    },
    { story: 'garbage before VT', writes: [`junk\r\n${frame(message('1'))}`], answers: ['MSA|AA|1'] },
    { story: 'no MSH', writes: [frame('PID|1||x\r') + frame(message('2'))], answers: ['MSA|AR||no MSH', 'MSA|AA|2'] },
    {
      story: 'not HL7 at all',
      writes: [frame('hello') + frame(message('2'))],
      answers: ['MSA|AR||no MSH', 'MSA|AA|2'],
    },
    { story: 'the same control ID twice', writes: [frame(message('1')).repeat(2)], answers: ['MSA|AA|1', 'MSA|AA|1'] },
    { story: '2 MB', writes: [frame(message('1', { name: 'x'.repeat(2_000_000) }))], answers: ['MSA|AA|1'] },
    {
      story: 'above the limit',
      writes: [frame(message('1', { name: 'x'.repeat(3_000_000) })) + frame(message('2'))],
      answers: ['MSA|AR|1', 'MSA|AA|2'],
    },
    { story: 'segments end in LF', writes: [frame(message('1', { end: '\n' }))], answers: ['MSA|AA|1'] },
    { story: 'a latin1 byte, none declared', writes: [frame(message('1', { name: 'Zo\xeb' }))], answers: ['MSA|AA|1'] },
    {
      story: 'enhanced mode, both',
      writes: [frame(message('1', { mode: 'AL|AL' }))],
      answers: ['MSA|CA|1', 'MSA|AA|1'],
    },
    {
      story: 'enhanced mode, none, then the original mode',
      writes: [frame(message('1', { mode: 'NE|NE' })) + frame(message('2'))],
      answers: ['MSA|AA|2'],
    },
  ])('$story', async ({ writes, answers }) => {
    for (const each of writes) {
      peer.write(each);
      await pause();
    }
    await peer.answers(answers.length);
    peer.socket.end();
    expect((await peer.untilClosed()).map(msaOf)).toEqual(answers);
  });
});

test('half a message and silence: no answer, and the connection is closed', async () => {
  peer.write(`\v${message('1').slice(0, 30)}`);
  expect(await peer.untilClosed()).toEqual([]);
  expect(server.received).toEqual([]);
});
