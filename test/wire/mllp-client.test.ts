import { afterEach, describe, expect, test } from '@jest/globals';
import { sendMllp } from '../../src/wire/mllp-client.js';
import type { MllpOptions } from '../../src/wire/mllp-listener.js';
import { bytes, type Listening, listening, text } from './mllp-peer.js';

const opened: Listening[] = [];
async function listener(options: Partial<MllpOptions>): Promise<Listening> {
  const each = await listening({ frameTimeoutMs: 200, ...options });
  opened.push(each);
  return each;
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});

const message = (controlId: string, accept = '', application = '') =>
  bytes(`MSH|^~\\&|EPR|RXT|||20260301||ADT^A03|${controlId}|P|2.4|||${accept}|${application}\r`);
const ack = (code: string, controlId: string) => bytes(`MSH|^~\\&|||EPR|RXT|||ACK|X|P|2.4\rMSA|${code}|${controlId}\r`);
const controlIdOf = (frame: Uint8Array) => text(frame).split('|')[9] ?? '';

async function sent(port: number, messages: Uint8Array[], timeoutMs = 5_000): Promise<string[][]> {
  const all: string[][] = [];
  for await (const { index, acknowledgements } of sendMllp('127.0.0.1', port, messages, { timeoutMs })) {
    expect(index).toBe(all.length);
    all.push(acknowledgements.map((each) => text(each).split('\rMSA|')[1]?.trim() ?? ''));
  }
  return all;
}

test('each message is sent when the one before it was acknowledged', async () => {
  let inWork = 0;
  const server = await listener({
    receive: async (frame) => {
      inWork += 1;
      expect(inWork).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inWork -= 1;
      return [ack('AA', controlIdOf(frame))];
    },
  });
  expect(
    await sent(
      server.port,
      ['A', 'B', 'C'].map((id) => message(id)),
    ),
  ).toEqual([['AA|A'], ['AA|B'], ['AA|C']]);
});

describe('enhanced mode', () => {
  test.each([
    { accept: 'AL', application: 'AL', answers: ['CA', 'AA'] },
    { accept: 'AL', application: 'NE', answers: ['CA'] },
    { accept: 'NE', application: 'AL', answers: ['AA'] },
    { accept: 'AL', application: 'AL', answers: ['CR'] },
    { accept: 'NE', application: 'NE', answers: [] },
  ])('$accept / $application, answered $answers', async ({ accept, application, answers }) => {
    const server = await listener({ receive: async (frame) => answers.map((code) => ack(code, controlIdOf(frame))) });
    const expected = answers.map((code) => `${code}|M1`);
    expect(await sent(server.port, [message('M1', accept, application)])).toEqual([expected]);
  });
});

test('an answer to something else is passed over, a refusal without a control ID is an answer', async () => {
  const server = await listener({ receive: async (frame) => [ack('AA', 'OLD'), ack('AA', controlIdOf(frame))] });
  expect(await sent(server.port, [message('M1'), message('M2')])).toEqual([['AA|M1'], ['AA|M2']]);
  const refusing = await listener({ receive: async () => [ack('AR', '')] });
  expect(await sent(refusing.port, [message('M1'), bytes('not HL7')])).toEqual([['AR|'], ['AR|']]);
});

describe('no answer', () => {
  test('nobody listens', async () => {
    const server = await listener({});
    await server.close();
    await expect(sent(server.port, [message('M1')])).rejects.toMatchObject({ code: 'system-unreachable' });
  });

  test('the peer hangs up', async () => {
    const server = await listener({ receive: () => Promise.reject(new Error('no disk')) });
    await expect(sent(server.port, [message('M1')])).rejects.toMatchObject({ code: 'no-reply', remedy: 'retry' });
  });

  test('the peer is silent', async () => {
    const server = await listener({ receive: async () => [] });
    await expect(sent(server.port, [message('M1')], 50)).rejects.toMatchObject({ code: 'no-reply' });
  });
});
