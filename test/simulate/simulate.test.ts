import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { timelineOf } from '../../src/simulate/timeline.js';
import { startCli } from '../support/process.js';

const LIMIT_MS = 400_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simulate-test-'));
  // Where the tests run as root, the database's own account must be able to enter.
  await chmod(folder, 0o711);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const simulation = (...args: string[]) => startCli(['simulate', ...args], { TMPDIR: folder });

describe('a year of thirty lives, while everything fails', () => {
  test(
    'in the end every pair of registers is equal or every difference is asked about, and it leaves nothing behind',
    async () => {
      const run = simulation('--people', '30', '--years', '1', '--seed', '4', '--json');
      const { code } = await run.ended;
      const [told] = JSON.parse(run.stdout());
      expect(told.problems).toEqual([]);
      expect(code).toBe(0);
      expect(told).toMatchObject({ seed: 4, people: 30, years: 1, restored: expect.any(Number) });
      for (const { asked, differing } of told.reconciled) expect(differing).toHaveLength(asked);
      for (const count of ['messages', 'facts', 'kills', 'outages', 'restored', 'confirmed'])
        expect([count, told[count] > 0]).toEqual([count, true]);
      expect(await readdir(folder)).toEqual([]);
    },
    LIMIT_MS,
  );

  test('the years that it cannot know are refused', async () => {
    const run = simulation('--years', '9');
    expect(await run.ended).toMatchObject({ code: 2 });
    expect(run.stderr()).toMatch(/--years/);
  });
});

describe('what is thrown', () => {
  const size = { seed: 5, people: 40, years: 3 };

  test('the same seed throws the same lives, messages and troubles; another seed others', () => {
    expect(timelineOf(size)).toEqual(timelineOf(size));
    expect(timelineOf({ ...size, seed: 6 })).not.toEqual(timelineOf(size));
  });

  test('codes change while lives go on, and every trouble comes', () => {
    const { rounds } = timelineOf({ ...size, people: 300 });
    const posts = rounds.flatMap((round) => round.posts);
    const text = posts.map(({ bytes }) => bytes.toString()).join('\n');
    for (const code of ['E10000006', 'E06000063', '15E', 'QHL', 'D4U1Y', 'ADT^A40', 'ADT^A13', '|CTO|', '|REVOKED|'])
      expect([code, text.includes(code)]).toEqual([code, true]);
    const mishaps = new Set(posts.map(({ mishap }) => mishap));
    expect([...mishaps].sort()).toEqual(['answer-lost', 'corrupted', 'none', 'repeated', 'stranger']);
    const troubles = new Set(rounds.flatMap((round) => round.troubles.map(({ kind }) => kind)));
    expect([...troubles].sort()).toEqual(['backup', 'council-down', 'council-loses-answers', 'killed', 'restored']);
    const kinds = new Set(rounds.flatMap(({ facts }) => facts.map(({ fact }) => fact.kind)));
    for (const kind of ['aftercare-decision', 'council-determined', 'review', 'died', 'identity-separated'])
      expect([kind, kinds.has(kind)]).toEqual([kind, true]);
    expect(rounds.some(({ rows }) => rows.length > 0)).toBe(true);
  });
});
