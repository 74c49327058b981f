import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { loadCommand } from '../../src/commands/load.js';
import { openContext } from '../../src/context.js';
import { type OwnServer, startOwnServer } from '../chaos/own-server.js';
import { run } from '../commands/terminal.js';
import { until } from '../support/process.js';
import { newFile, OFFICE, PAPER, type Paper, papers, written } from './sheets.js';

let folder: string;
let server: OwnServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aftercare-load-lost-'));
  server = await startOwnServer(folder);
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

const ROWS = 4_000;
const twoDigits = (n: number): string => String(n).padStart(2, '0');

/** One person's many papers: every row says something of its own. */
const rows = Array.from(
  { length: ROWS },
  (_, n): Paper => ({
    ...PAPER,
    'Start Date': `${twoDigits(1 + (n % 28))}/${twoDigits(1 + (Math.floor(n / 28) % 12))}/${1960 + Math.floor(n / 336)}`,
    'End Date': '',
    'Date Left Hospital': '',
    'Council Before Detention': '',
  }),
);
const BAD = { ...PAPER, Section: '??' };

async function load(file: string, ...args: string[]) {
  const context = openContext({ DATABASE_URL: server.url, DATA_DIR: folder, LOG_LEVEL: 'silent' });
  try {
    return await run(loadCommand, [file, '--with', OFFICE, '--json', ...args], context);
  } finally {
    await context.close();
  }
}

async function recordedRows(): Promise<number> {
  const client = new Client({ connectionString: server.url });
  try {
    await client.connect();
    const { rows: found } = await client.query('select count(*)::int as count from stated_facts');
    return found[0].count;
  } catch {
    return 0; // the tables are made by the command that is tested
  } finally {
    await client.end();
  }
}

test('a database that is lost midway: told how far it came and what to do, and the same sheet goes on from there', async () => {
  const sheet = written('papers.csv', papers([BAD, ...rows]));
  const loading = load(sheet, '--refused', newFile('refused.csv'));
  loading.catch(() => undefined); // told below
  await until(async () => (await recordedRows()) > 0, 'the first rows recorded');
  await server.stop();
  await expect(loading).rejects.toMatchObject({
    code: 'system-unreachable',
    message: expect.stringMatching(
      /database: went away after \d+ rows were read: [1-9]\d* of them are recorded — .*load the same sheet again, with another file for --refused/,
    ),
  });

  await server.start();
  const before = await recordedRows();
  expect(before).toBeLessThan(ROWS);
  const { code, out } = await load(sheet);
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ rows: ROWS + 1, refused: 1, known: before, accepted: ROWS - before });
});
