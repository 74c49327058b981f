import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { splitMessages } from '../../src/hl7v2/batch.js';
import { readHeader } from '../../src/hl7v2/header.js';
import { bytesOf, MSH } from './adt.js';

const ONE = `${MSH}\rPID|1||1`;
const TWO = `${MSH.replace('M0001', 'M0002')}\rPID|1||2`;

const pieces = (content: string) => splitMessages(bytesOf(content)).map((piece) => Buffer.from(piece).toString());

describe('what a file holds', () => {
  test.each([
    { story: 'nothing', content: '', messages: [] },
    { story: 'blank lines only', content: '\r\n\n  \r', messages: [] },
    { story: 'one message', content: `${ONE}\r`, messages: [ONE] },
    { story: 'one message without a last line end', content: ONE, messages: [ONE] },
    { story: 'two messages', content: `${ONE}\r${TWO}\r`, messages: [ONE, TWO] },
    { story: 'blank lines between', content: `\r\r${ONE}\r\r\r${TWO}\r\r`, messages: [ONE, TWO] },
    { story: 'a byte order mark', content: `\ufeff${ONE}\r`, messages: [ONE] },
    { story: 'two files put together, marks and all', content: `\ufeff${ONE}\r\ufeff${TWO}`, messages: [ONE, TWO] },
    { story: 'framing bytes', content: `\v${ONE}\r\x1c\r\v${TWO}\r\x1c\r`, messages: [ONE, TWO] },
    { story: 'framing without line ends', content: `\v${ONE}\x1c\v${TWO}\x1c`, messages: [ONE, TWO] },
    { story: 'a batch', content: `BHS|^~\\&|EPR\r${ONE}\r${TWO}\rBTS|2\r`, messages: [ONE, TWO] },
    {
      story: 'a file of batches',
      content: `FHS|^~\\&\rBHS|^~\\&\r${ONE}\rBTS|1\rBHS|^~\\&\r${TWO}\rBTS\rFTS|2`,
      messages: [ONE, TWO],
    },
    { story: 'an empty batch', content: 'FHS|^~\\&\rBHS|^~\\&\rBTS|0\rFTS|1\r', messages: [] },
    { story: 'no message at all', content: 'hello\rthere\r', messages: ['hello\rthere'] },
    { story: 'stray lines before a message', content: `hello\r${ONE}\r`, messages: ['hello', ONE] },
    {
      story: 'a batch whose message lost its MSH',
      content: `BHS|^~\\&\rEVN|A03\rPID|1\rBTS|1\r`,
      messages: ['EVN|A03\rPID|1'],
    },
    { story: 'a line too short to be anything', content: `${ONE}\rx\r${TWO}`, messages: [`${ONE}\rx`, TWO] },
  ])('$story', ({ content, messages }) => {
    expect(pieces(content)).toEqual(messages);
  });

  test.each(['\r', '\n', '\r\n'])('lines end in %j: the bytes of each message stay as they are', (end) => {
    const [one, two] = [ONE.replaceAll('\r', end), TWO.replaceAll('\r', end)];
    expect(pieces([one, two, ''].join(end))).toEqual([one, two]);
  });

  test('a message with other separators, and one in another character set', () => {
    const other = 'MSH#!@%*#EPR#RXT###20260301##ADT!A03#M3#P#2.5';
    const bytes = Buffer.concat([bytesOf(`${other}\r`), bytesOf(`${MSH}\rPID|1||||Zo\u00eb\r`, 'latin1')]);
    const [first, second] = splitMessages(bytes);
    expect(Buffer.from(first ?? []).toString()).toBe(other);
    expect(Buffer.from(second ?? []).toString('latin1')).toContain('Zo\u00eb');
  });
});

test('for all numbers of messages, ends of line and envelopes: each message once, in order', () => {
  const end = fc.constantFrom('\r', '\n', '\r\n', '\r\r');
  const ids = fc.uniqueArray(fc.stringMatching(/^[A-Z0-9]{1,8}$/), { maxLength: 10 });
  fc.assert(
    fc.property(ids, end, fc.boolean(), fc.boolean(), (controlIds, lineEnd, isBatch, isFramed) => {
      const messages = controlIds.map((id) => [MSH.replace('M0001', id), 'PID|1||x', ''].join(lineEnd));
      const rows = isFramed ? messages.map((message) => `\v${message}\x1c\r`) : messages;
      const file = isBatch ? [`BHS|^~\\&${lineEnd}`, ...rows, `BTS|1${lineEnd}`] : rows;
      const found = splitMessages(bytesOf(file.join(''))).map((piece) => readHeader(piece)?.controlId);
      expect(found).toEqual(controlIds);
    }),
  );
});
