import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { splitMessages } from '../../src/hl7v2/batch.js';
import { readHeader } from '../../src/hl7v2/header.js';
import { parseMessage } from '../../src/hl7v2/parse.js';
import { read } from './adt.js';

/** Messages that others published, not part of this repository; where they are absent there is nothing to read. */
const FOLDER = join(process.cwd(), '../shared/data/hl7');
const isPresent = existsSync(FOLDER);
const files = isPresent
  ? readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.hl7'))
  : [];

const messagesOf = (name: string) =>
  splitMessages(readFileSync(join(FOLDER, files.find((file) => file.endsWith(name)) ?? name)));

test('every published message is read, or refused for the want of a header', () => {
  for (const file of files) {
    for (const piece of splitMessages(readFileSync(join(FOLDER, file)))) {
      const parsed = parseMessage(piece);
      if ('message' in parsed) expect(parsed.message.value('MSH-10')).not.toBeNull();
      else expect([file, parsed.unreadable.where, readHeader(piece)]).toEqual([file, 'MSH', null]);
    }
  }
});

(isPresent ? describe : describe.skip)('published messages', () => {
  test.each([
    { file: 'edge-custom-delimiters.hl7', path: 'PID-5.2', value: 'JOHN' },
    { file: 'edge-crlf-line-endings.hl7', path: 'PID-5.1', value: 'DOE' },
    { file: 'invalid-wrong-version.hl7', path: 'PID-3.4', value: 'MRN' },
    { file: 'invalid-segment-header-length.hl7', path: 'PID-3', value: null },
  ])('$file', ({ file, path, value }) => {
    const [message] = messagesOf(file);
    expect(read(message ?? new Uint8Array()).message.value(path)).toBe(value);
  });

  test('a batch in a file is its messages, a message without MSH is refused', () => {
    expect(messagesOf('sample_file.hl7').map((each) => readHeader(each)?.trigger)).toEqual(['A04']);
    expect(messagesOf('sample_bad_batch.hl7').map((each) => readHeader(each))).toContain(null);
    expect(messagesOf('invalid-missing-msh.hl7').map((each) => readHeader(each))).toEqual([null]);
  });

  test('admissions and discharges name their patient', () => {
    const discharges = files
      .filter((file) => file.includes('ADT'))
      .flatMap((file) => splitMessages(readFileSync(join(FOLDER, file))))
      .filter((each) => readHeader(each)?.messageCode === 'ADT');
    expect(discharges.length).toBeGreaterThan(0);
    for (const each of discharges) expect(read(each).message.value('PID-3')).not.toBeNull();
  });
});
