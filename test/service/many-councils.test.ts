import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { startCli } from '../support/process.js';

const folder = mkdtempSync(join(tmpdir(), 'aftercare-many-'));
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

test('a service with many councils starts without a word of a leak', async () => {
  const councils = ['E08000025', 'E08000029', 'E08000026', 'E08000027', 'E08000028'].map(
    (gss) => `  - { gss: ${gss}, destination: { kind: fhir, url: "http://127.0.0.1:1/fhir" } }`,
  );
  const site = join(folder, 'site.yaml');
  writeFileSync(
    site,
    ['name: Many', 'senders: [{ ods: RXT, name: A trust, feed: zmh }]', 'councils:', ...councils].join('\n'),
  );
  const service = startCli(['serve'], {
    DATABASE_URL: database.url,
    SITE_FILE: site,
    DATA_DIR: folder,
    HTTP_PORT: '0',
    MLLP_PORT: '0',
  });
  await service.waitFor(/ready: /, 60_000);
  const { code } = await service.kill('SIGTERM');
  expect([code, service.stderr(), service.stdout()]).toEqual([
    0,
    expect.not.stringContaining('MaxListeners'),
    expect.any(String),
  ]);
});
