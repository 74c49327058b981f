import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { start } from './support/process.js';

let clone: string;
beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), 'aftercare-clone-'));
  for (const part of ['package.json', 'package-lock.json', 'scripts'])
    await cp(part, join(clone, part), { recursive: true });
});
afterAll(() => rm(clone, { recursive: true, force: true }));

/** One script of a fresh clone, to its end. */
async function ran(script: string, env: Record<string, string>): Promise<{ code: number | null; said: string[] }> {
  const program = start(process.execPath, [join(clone, 'scripts', script)], env);
  const { code } = await program.ended;
  return { code, said: program.stderr().trimEnd().split('\n') };
}

const call = (code: string) =>
  start(process.execPath, ['--input-type=module', '-e', code], { TEST_WITHOUT: 'redis, chrome' });

describe('a fresh clone on a machine where something is missing', () => {
  test('without a network: one line that says what, why and the command, and names no address', async () => {
    const { code, said } = await ran('prepare.mjs', {
      npm_config_registry: 'http://127.0.0.1:9/',
      npm_config_fetch_retries: '0',
    });
    expect(code).toBe(1);
    expect(said.slice(1)).toEqual([
      'The packages could not be installed: there is no network, or no registry in it (ECONNREFUSED). Mend it with: npm ci --ignore-scripts',
    ]);
  });

  test('the demonstration stops there as well, with the exit code of trouble', async () => {
    const { code } = await ran('demo.mjs', {
      npm_config_registry: 'http://127.0.0.1:9/',
      npm_config_fetch_retries: '0',
    });
    expect(code).toBe(1);
  });

  test('TEST_WITHOUT with a name that means nothing is refused, so that no suite is left in by a slip', async () => {
    const program = call(`(await import(${JSON.stringify(join(clone, 'scripts/system-packages.mjs'))})).leftOut()`);
    expect(await program.ended).toMatchObject({ code: 1 });
    expect(program.stderr()).toMatch(/^TEST_WITHOUT: chrome is not one of redis, chromium\. Mend it with: /);
  });
});
