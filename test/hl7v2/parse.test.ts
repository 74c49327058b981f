import { describe, expect, test } from '@jest/globals';
import { parseMessage } from '../../src/hl7v2/parse.js';
import { bytesOf, er7, MSH, read } from './adt.js';

const PID = 'PID|1||9990000018^^^NHS^NH~77^^^RXT&1.2.826&ISO^MR||O\\T\\Shea^Ann||19700203|F';

describe('paths', () => {
  const { message } = read(er7(MSH, PID, 'ZMH|1|P1|03^Section 3^MHACT-ENG|20260101||A^B&C~D^E&F'));
  test.each([
    { path: 'PID-3', value: '9990000018' },
    { path: 'PID-3.1', value: '9990000018' },
    { path: 'PID-3.4.1', value: 'NHS' },
    { path: 'PID-3.5', value: 'NH' },
    { path: 'PID-5', value: 'O&Shea' },
    { path: 'PID-5.2', value: 'Ann' },
    { path: 'PID-99', value: null },
    { path: 'PV1-2', value: null },
    { path: 'ZMH-3.3', value: 'MHACT-ENG' },
    { path: 'ZMH-6.2.2', value: 'C' },
    { path: 'MSH-1', value: '|' },
    { path: 'MSH-2', value: '^~\\&' },
    { path: 'MSH-9.2', value: 'A03' },
    { path: 'MSH-10', value: 'M0001' },
  ])('$path', ({ path, value }) => {
    expect(message.value(path)).toBe(value);
  });

  test('every repetition can be read, in Z-segments too', () => {
    const pid = message.segment('PID');
    expect(pid?.repetitions(3)).toBe(2);
    expect(pid?.at(3, 1, '4.2')).toBe('1.2.826');
    expect(pid?.at(3, 1, '5')).toBe('MR');
    expect(pid?.at(3, 2, '1')).toBeNull();
    expect(pid?.repetitions(4)).toBe(0);
    expect(message.segment('ZMH')?.at(6, 1, '2.2')).toBe('F');
  });

  test('a path that is none is the caller’s mistake', () => {
    expect(() => message.value('PID-x')).toThrow(TypeError);
    expect(() => message.value('PID-0')).toThrow(TypeError);
  });
});

test('the same in every version, known to the library or not', () => {
  for (const version of ['2.1', '2.2', '2.3', '2.3.1', '2.4', '2.5.1^GBR', '2.8', '2.9', '2.10', 'x', '']) {
    const { message } = read(er7(MSH.replace(/2\.4$/, version), PID, 'PV1|1|I', 'ZMH|1|A&B'));
    expect(message.segment('PID')?.at(3, 1, '4.1')).toBe('RXT');
    expect(message.value('PID-7')).toBe('19700203');
    expect(message.value('ZMH-2.1.2')).toBe('B');
  }
});

test('dates, numbers and leading zeros stay as they were written', () => {
  const { message } = read(
    er7(MSH, 'PID|0001||x||||1944', 'EVN|A03|20261121000000|2026112112|20260101000001.5000-0500'),
  );
  expect(message.value('PID-1')).toBe('0001');
  expect(message.value('PID-7')).toBe('1944');
  expect(message.value('EVN-2')).toBe('20261121000000');
  expect(message.value('EVN-3')).toBe('2026112112');
  expect(message.value('EVN-4')).toBe('20260101000001.5000-0500');
});

test('a deleted value is not an empty one', () => {
  const pid = read(er7(MSH, 'PID|1|""|""^""|^x|""^x|a^""')).message.segment('PID');
  expect(pid?.value('2')).toBeNull();
  expect([1, 2, 3, 4, 5, 6, 7].map((field) => pid?.isDeleted(String(field)))).toEqual([
    ...[false, true, true, false, false, false, false],
  ]);
  expect(pid?.isDeleted('5.1')).toBe(true);
  expect(pid?.isDeleted('6.2')).toBe(true);
  expect(pid?.isDeleted('6.1')).toBe(false);
  expect(pid?.repetitions(2)).toBe(1);
});

describe('escape sequences', () => {
  test.each([
    { written: '\\F\\\\S\\\\T\\\\R\\\\E\\', means: '|^&~\\' },
    { written: '\\E\\T\\E\\', means: '\\T\\' },
    { written: 'one\\.br\\two', means: 'one\ntwo' },
    { written: 'one\\.sp+2\\two', means: 'one\n\ntwo' },
    { written: '\\H\\bold\\N\\ text', means: 'bold text' },
    { written: '\\.in+4\\indented', means: 'indented' },
    { written: '\\X4142\\', means: 'AB' },
    { written: 'a\\X0D0A\\b', means: 'a\r\nb' },
    { written: 'caf\\XC3A9\\', means: 'caf\u00e9' },
    { written: '\\Zxyz\\local', means: 'local' },
    { written: 'C:\\temp\\new', means: 'C:\\temp\\new' },
    { written: 'no end \\F', means: 'no end \\F' },
    { written: '\\X4\\', means: '\\X4\\' },
    { written: '  padded  ', means: 'padded' },
  ])('$written', ({ written, means }) => {
    expect(read(er7(MSH, `NTE|1|${written}|`)).message.value('NTE-2')).toBe(means);
  });

  test('hexadecimal is in the message’s own character set', () => {
    const { message } = read(er7(`${MSH}||||||8859/1`, 'NTE|1|caf\\XE9\\'));
    expect(message.value('NTE-2')).toBe('caf\u00e9');
  });

  test('another escape character, and the backslash then only a backslash', () => {
    const { message } = read(er7('MSH#!@%*#EPR#RXT###20260301##ADT!A03#M1#P#2.5', 'NTE#1#a%F%b%S%c\\F\\#x@y!z*w'));
    expect(message.value('NTE-2')).toBe('a#b!c\\F\\');
    expect(message.segment('NTE')?.at(3, 1, '2.2')).toBe('w');
    expect(message.value('MSH-2')).toBe('!@%*');
  });

  test('without sub-component and escape characters nothing is split or undone by them', () => {
    const { message } = read(er7(MSH.replace('^~\\&', '^~'), 'NTE|1|a&b\\T\\'));
    expect(message.value('NTE-2')).toBe('a&b\\T\\');
  });
});

describe('lines', () => {
  test.each(['\r', '\n', '\r\n', '\r\r', '\n\n'])('segments end in %j', (end) => {
    const { message, warnings } = read([MSH, PID, 'PV1|1|I', ''].join(end));
    expect(message.value('PV1-2')).toBe('I');
    expect(message.value('PID-3')).toBe('9990000018');
    expect(warnings).toEqual([]);
  });

  test('a line break inside a text belongs to the text', () => {
    const { message, warnings } = read(er7(MSH, 'OBX|1|TX|||seen today,\nto be reviewed||||||F', 'PV1|1|I'));
    expect(message.value('OBX-5')).toBe('seen today,\nto be reviewed');
    expect(message.value('OBX-11')).toBe('F');
    expect(message.value('PV1-2')).toBe('I');
    expect(warnings).toEqual(['line 3: not a segment; read as part of OBX before it']);
  });

  test('a segment whose name is wrong is left out, and said', () => {
    const { message, warnings } = read(er7(MSH, 'PIDX|1||secret', 'pv1|1|I', 'PV1|1|E'));
    expect(read(er7(MSH, 'free text: here')).message.value('MSH-12')).toBe('2.4');
    expect(message.value('PV1-2')).toBe('E');
    expect(message.value('MSH-12')).toBe('2.4');
    expect(warnings).toEqual([
      'line 2: not a segment name; line left out',
      'line 3: not a segment name; line left out',
    ]);
  });

  test('all segments of a name come in order, each knowing its line', () => {
    const { message } = read(er7(MSH, 'ZMH|1', 'PID|1', 'ZMH|2'));
    expect(message.segments('ZMH').map((segment) => [segment.line, segment.value('1')])).toEqual([
      [2, '1'],
      [4, '2'],
    ]);
  });
});

describe('too much', () => {
  test('a megabyte of separators is refused before it fills the memory', () => {
    expect(parseMessage(bytesOf(er7(MSH, `PID${'|'.repeat(1_000_000)}`)))).toEqual({
      unreadable: { code: 'hl7-unreadable', where: 'line 2', text: 'more than 100000 separators in the message' },
    });
  });

  test('so are more segments than any message has', () => {
    expect(parseMessage(bytesOf(er7(MSH, ...Array(6_000).fill('NTE|1'))))).toMatchObject({
      unreadable: { code: 'hl7-unreadable', where: 'line 5001' },
    });
  });

  test('and so are more lines, whatever they hold', () => {
    const lines = Array(100_000);
    const unreadable = { code: 'hl7-unreadable', where: 'line 100001', text: 'more than 100000 lines' };
    expect(parseMessage(bytesOf(er7(MSH, ...lines.fill(''))))).toEqual({ unreadable });
    expect(parseMessage(bytesOf(er7(MSH, ...lines.fill('. joined'))))).toEqual({ unreadable });
    expect(parseMessage(bytesOf(er7(MSH, ...lines.fill('no segment|'))))).toEqual({ unreadable });
  });

  test('a long document in one field is no trouble', () => {
    const document = 'x'.repeat(2_000_000);
    expect(read(er7(MSH, `OBX|1|ED|||${document}`)).message.value('OBX-5')).toHaveLength(2_000_000);
  });
});
