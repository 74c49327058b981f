import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Started, startCli } from './support/process.js';

/** Everything that the demonstration makes goes below a folder of the test's own, so that what it leaves is seen. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-test-'));
  // Where the tests run as root, the database's own account must be able to enter.
  await chmod(folder, 0o711);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Addresses that do not answer: the demonstration must take nothing from the environment but where to put its folder. */
const demo = (...args: string[]): Started =>
  startCli(['demo', ...args], {
    TMPDIR: folder,
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    REDIS_URL: 'redis://127.0.0.1:1',
    SITE_FILE: '/nowhere/site.yaml',
    HTTP_PORT: '1',
  });

describe('the demonstration', () => {
  test('plays to its end, every delivery confirmed, says what came of it, and leaves nothing, also beside another', async () => {
    const beside = demo('--once');
    const played = demo('--once');
    const { code } = await played.ended;
    expect(await beside.ended).toEqual({ code: 0, signal: null });
    const text = played.stdout();

    expect({ code, stderr: played.stderr() }).toEqual({ code: 0, stderr: '' });
    expect(text).toContain('Every notice is confirmed.');
    expect(text).toMatch(/Ada Fenwick +admitted, .* MLLP A01 A08 A03 → AA AA AA/);
    expect(text).toMatch(/which is down/);
    expect(text).toMatch(
      /waiting: 1 for Eastmere Council\n\nEastmere Council comes back, and catches up\n(?:.*\n)*?.*confirmed by the councils: 8\n/,
    );
    expect(text).toMatch(/Max Ellery .* → AR\n +MSH-4: no sender/);
    expect(text).toMatch(/Dorothy Pike +PROSPECTIVE/);
    expect(text).toMatch(/Kit Lawson +NOT KNOWN/);
    expect(text).toContain('mappings/codes/legal-status-england.csv');
    expect(heldBy('Northmoor Council', text)).toEqual([
      expect.stringMatching(/^Ada Fenwick +Flag active .* CarePlan draft$/),
      expect.stringMatching(/^Chloë Hartnell +Flag active /),
      expect.stringMatching(/^Dorothy Pike +Flag inactive \(discharge-cancelled\)/),
      expect.stringMatching(/^Edwin Marsh +Flag inactive .*\(died\) · CarePlan revoked$/),
      expect.stringMatching(/^Farah Siddiqui +Flag inactive .*\(redetained\) · CarePlan revoked$/),
      expect.stringMatching(/^Gwen Abbott +Flag active /),
      // The number that the merge retired: what was told under it is taken back under it.
      'Gwen Lacey       Flag entered-in-error · CarePlan entered-in-error',
      expect.stringMatching(/^Jonah Reeve +Flag active /),
    ]);
    expect(heldBy('Eastmere Council', text)).toEqual([
      expect.stringMatching(/^Basil Okoro +Flag active /),
      expect.stringMatching(/^Farah Siddiqui +Flag active /),
      expect.stringMatching(/^Ines Caldwell +Flag active /),
      expect.stringMatching(/^Jonah Reeve +Flag active /),
    ]);
    expect(text).not.toContain('\u001b');
    expect(await leftBy(played)).toEqual([]);
  });

  test('stays open for a newcomer, without a sign-in, and Ctrl-C ends it and removes everything', async () => {
    const played = demo('--json');
    const [, console = ''] = await played.waitFor(/console is open at (\S+)/, 60_000);
    expect(await fetch(console)).toMatchObject({ status: 200, redirected: false });
    expect(JSON.parse(played.stdout())).toMatchObject({ confirmed: true, differences: [] });

    played.child.kill('SIGINT');
    expect(await played.kill('SIGINT')).toEqual({ code: 0, signal: null });
    expect(await leftBy(played)).toEqual([]);
  });

  test.each(['SIGTERM', 'SIGHUP'] as const)(
    'stopped half way by %s it removes everything too, and has not succeeded',
    async (signal) => {
      const played = demo();
      await played.waitFor(/Ada Fenwick/);
      expect(await played.kill(signal)).toEqual({ code: 1, signal: null });
      expect(await leftBy(played)).toEqual([]);
    },
  );
});

/** The lines below a council's name, at the end. */
function heldBy(council: string, text: string): string[] {
  const [, after = ''] = text.split('read back from its own FHIR server');
  const lines = after.split('\n');
  const from = lines.findIndex((line) => line.includes(council)) + 1;
  const rest = lines.slice(from);
  return rest
    .slice(
      0,
      rest.findIndex((line) => !line.startsWith('    ')),
    )
    .map((line) => line.trim());
}

/** Files below the test's folder, and processes that began as its children or work in that folder. */
async function leftBy({ stdout, stderr }: Started): Promise<string[]> {
  const urls = `${stdout()}${stderr()}`.match(/http:\S+\/fhir/g) ?? [];
  const answering: string[] = [];
  for (const url of urls) if (await fetch(`${url}/metadata`).catch(() => null)) answering.push(url);
  return [...(await readdir(folder)), ...answering, ...(await processesIn(folder))];
}

async function processesIn(place: string): Promise<string[]> {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return commands.filter((command) => command.includes(place)).map((command) => command.split('\0')[0] ?? '');
}
