import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bodiesFileKind, bodiesIn } from '../../src/flow/bodies-file.js';
import { linesOf } from '../../src/flow/file-lines.js';
import { firstLineOf, unusable } from '../../src/flow/national-file.js';
import { ordRecord } from '../organisations/ord-records.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aftercare-lines-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const fileOf = async (content: string | Buffer): Promise<string> => {
  const file = join(folder, 'file');
  await writeFile(file, content);
  return file;
};
const read = async (content: string | Buffer, mostChars = 5_000_000): Promise<string[]> => {
  const lines: string[] = [];
  const how = { digest: createHash('sha256'), mostChars, unusable };
  for await (const some of linesOf(await fileOf(content), how)) lines.push(...some);
  return lines;
};

/** Longer than one reading brings. */
const LONG = 'ab€'.repeat(700_000);

test.each([
  ['LF and CRLF, the last without an end', 'a\nb\r\nc', ['a', 'b', 'c']],
  ['blank ones', '\n\na\n', ['', '', 'a']],
  ['none', '', []],
  ['longer than one reading', `a\r\n${LONG}\r\n${LONG}\nb`, ['a', LONG, LONG, 'b']],
])('lines: %s', async (_story, content, lines) => {
  expect(await read(content)).toEqual(lines);
});

test('a line that is too long to be one is refused, by its number and before all of it is read', async () => {
  await expect(read(`a\n${LONG}`, 1_000_000)).rejects.toThrow('line 2 is longer than a line of such a file can be');
  await expect(firstLineOf(await fileOf(LONG))).rejects.toThrow('line 1 is longer');
});

test('a file that was saved as UTF-16 is told so', async () => {
  const text = Buffer.from('\uFEFF06T,QJG,R,20220701,\r\n', 'utf16le');
  await expect(firstLineOf(await fileOf(text))).rejects.toThrow('is in UTF-16: save it as UTF-8');
  expect(await bodiesFileKind(await fileOf(text))).toBeNull();
});

test('thousands of records on one line are read', async () => {
  const records = Array.from({ length: 5_000 }, (_, at) =>
    ordRecord({
      code: `X${String(at).padStart(4, '0')}`,
      name: 'AN INVENTED BODY',
      roles: [{ id: 'RO261', from: '2026-04-01' }],
    }),
  );
  const file = await fileOf(`\uFEFF  ${JSON.stringify(records)}`);
  expect(await bodiesFileKind(file)).toBe('records');
  let count = 0;
  for await (const { kind } of bodiesIn(file, 'records', createHash('sha256'))) if (kind === 'record') count++;
  expect(count).toBe(records.length);
});
