import { describe, expect, test } from '@jest/globals';
import { parseMessage } from '../../src/hl7v2/parse.js';
import { bytesOf, er7, MSH, read } from './adt.js';

const named = (charset: string, name: string) => er7(`${MSH}||||||${charset}`, `PID|1||||${name}`);

describe('the declared character set', () => {
  test.each(['UNICODE UTF-8', 'UNICODE', 'UTF-8', 'utf8', 'UTF-8~8859/1', ''])('%j: UTF-8 bytes', (charset) => {
    const { message, warnings } = read(named(charset, 'Zo\u00eb'));
    expect(message.value('PID-5')).toBe('Zo\u00eb');
    expect(warnings).toEqual([]);
  });

  test.each(['8859/1', 'ISO-8859-1', 'iso8859-1', '8859/15', 'windows-1252'])('%j: one byte a letter', (charset) => {
    const { message, warnings } = read(bytesOf(named(charset, 'Zo\u00eb'), 'latin1'));
    expect(message.value('PID-5')).toBe('Zo\u00eb');
    expect(warnings).toEqual([]);
  });

  test('8859/1 from Windows keeps its quotes and dashes', () => {
    const bytes = bytesOf(named('8859/1', 'O\u0092Shea \u0096 Ann'), 'latin1');
    expect(read(bytes).message.value('PID-5')).toBe('O\u2019Shea \u2013 Ann');
  });

  test('8859/15 has a euro sign where 8859/1 has none', () => {
    expect(read(bytesOf(named('8859/15', '\u00a4'), 'latin1')).message.value('PID-5')).toBe('\u20ac');
  });

  test('GB 18030-2000', () => {
    const text = named('GB 18030-2000', '@');
    const [before = '', after = ''] = text.split('@');
    const bytes = Buffer.concat([Buffer.from(before), Buffer.from([0xcd, 0xf5]), Buffer.from(after)]);
    expect(read(bytes).message.value('PID-5')).toBe('\u738b');
  });
});

test.each(['UNICODE UTF-8', 'UNICODE', 'UTF-8', 'UNICODE UTF-16'])(
  '%j that the bytes contradict is not guessed around',
  (charset) => {
    expect(parseMessage(bytesOf(named(charset, 'Zo\u00eb'), 'latin1'))).toEqual({
      unreadable: { code: 'charset-invalid', where: 'MSH-18', text: 'the bytes are not in the declared character set' },
    });
  },
);

test('nothing declared and not UTF-8: read as windows-1252, and said', () => {
  const { message, warnings } = read(bytesOf(named('', 'Zo\u00eb'), 'latin1'));
  expect(message.value('PID-5')).toBe('Zo\u00eb');
  expect(warnings).toEqual(['MSH-18: no character set declared and not UTF-8; read as windows-1252']);
});

test.each(['ASCII', 'MADE-UP'])('%j with letters beyond ASCII is read as what it is', (charset) => {
  expect(read(named(charset, 'Zo\u00eb')).message.value('PID-5')).toBe('Zo\u00eb');
  const { message, warnings } = read(bytesOf(named(charset, 'Zo\u00eb'), 'latin1'));
  expect(message.value('PID-5')).toBe('Zo\u00eb');
  expect(warnings).toEqual(['MSH-18: bytes outside the declared character set and not UTF-8; read as windows-1252']);
});

test('a NUL, which no database keeps in text, is left out', () => {
  expect(read(named('', 'A\0B')).message.value('PID-5')).toBe('AB');
});
