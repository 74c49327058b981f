import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { ROLES } from '../src/commands/command.js';
import { openContext } from '../src/context.js';
import { Fault } from '../src/fault.js';

const folder = mkdtempSync(join(tmpdir(), 'aftercare-start-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function siteWith(...lines: string[]): string {
  const file = join(folder, 'site.yaml');
  writeFileSync(file, lines.join('\n'));
  return file;
}

/** What a start says is wrong, a line each. */
async function mistakesOf(env: Record<string, string>): Promise<string[]> {
  const context = openContext({ DATA_DIR: folder, ...env });
  try {
    const service = await context.start(ROLES);
    await service.close();
    return [];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    expect(error.code).toBe('config-invalid');
    return error.detail.text.split('\n').slice(1);
  } finally {
    await context.close();
  }
}

describe('a start with mistakes', () => {
  test('in the environment and in the site file, of form and of what belongs together, names them all', async () => {
    const SITE_FILE = siteWith(
      'name: Site', // 1
      'colour: blue', // 2
      'senders:', // 3
      '  - { ods: RXT, name: The Trust, feed: lorenzo }', // 4
      'partnerships:', // 5
      '  - { council: E08000025, icb: QHL }', // 6
    );
    expect(await mistakesOf({ SITE_FILE, HTTP_PORT: 'often', LOG_LEVEL: 'loud' })).toEqual([
      expect.stringMatching(/^HTTP_PORT: is not a port/),
      expect.stringMatching(/^LOG_LEVEL: is not a level/),
      `${SITE_FILE}:2: colour is not a setting: see site.example.yaml`,
      `${SITE_FILE}:4: senders[1].feed is lorenzo: there is no mappings/feeds/lorenzo.yaml`,
      expect.stringMatching(/:6: partnerships\[1\]\.council is not connected/),
      expect.stringMatching(/:6: partnerships\[1\]\.icb is not connected/),
    ]);
  });

  test('in the site file alone', async () => {
    const SITE_FILE = siteWith('name: Site', 'senders: []');
    expect(await mistakesOf({ SITE_FILE })).toEqual([
      `${SITE_FILE}:2: senders is empty: without a sender nothing can be received`,
    ]);
  });

  test('a site file that is not there is named beside a wrong value', async () => {
    expect(await mistakesOf({ SITE_FILE: 'nowhere.yaml', MLLP_PORT: '99999' })).toEqual([
      expect.stringMatching(/^MLLP_PORT: /),
      expect.stringMatching(/^nowhere\.yaml: does not exist/),
    ]);
  });
});
