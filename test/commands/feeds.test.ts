import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { feedsCommand } from '../../src/commands/feeds.js';
import { MAPPINGS } from '../../src/tables.js';
import { contextOf, run } from './terminal.js';

describe('the feeds that are installed', () => {
  test('every definition holds, every trigger has an example, and each says what is expected of it', async () => {
    const { code, out } = await run(feedsCommand, ['check', '--json'], contextOf(null));
    const feeds: { feed: string; mistakes: string[]; examples: { differs: unknown }[]; untried: string[] }[] =
      JSON.parse(out);
    expect(feeds.map(({ feed }) => feed)).toContain('zmh');
    for (const feed of feeds) {
      expect(feed).toMatchObject({ mistakes: [], untried: [] });
      expect(feed.examples.filter(({ differs }) => differs !== null)).toEqual([]);
      expect(feed.examples.length).toBeGreaterThan(0);
    }
    expect(code).toBe(0);
  });
});

describe('a feed that somebody is writing', () => {
  const folders: string[] = [];
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aftercare-feeds-'));
    folders.push(folder);
    await cp(MAPPINGS, folder, { recursive: true });
  });
  afterAll(async () => {
    for (const each of folders) await rm(each, { recursive: true });
  });

  const check = (...args: string[]) =>
    run(feedsCommand, ['check', ...args], contextOf(null, { mappingsFolder: folder }));
  const edit = async (file: string, from: string, to: string) => {
    const path = join(folder, 'feeds', file);
    const before = await readFile(path, 'utf8');
    expect(before).toContain(from);
    await writeFile(path, before.replace(from, to));
  };

  test('every mistake has its line, and the exit code is 2', async () => {
    await edit('zmh.yaml', 'visit: PV1-19.1', 'visit: PV1.19');
    await edit('zmh.yaml', 'A12: []', 'A12: [moved]');
    const { code, out } = await check('zmh');
    expect(code).toBe(2);
    expect(out).toMatch(/zmh\.yaml:\d+: visit: is not a path/);
    expect(out).toMatch(/zmh\.yaml:\d+: triggers\.A12\.0: /);
  });

  test('a definition must be called as its file', async () => {
    await edit('zmh.yaml', 'feed: zmh', 'feed: other');
    expect(await check('zmh')).toMatchObject({
      code: 2,
      out: expect.stringMatching(/zmh\.yaml:3: feed: is not the name of the file/),
    });
  });

  test('a changed path shows as a difference, field by field, and the exit code is 1', async () => {
    await edit('zmh.yaml', 'dischargeDestination: PV1-37', 'dischargeDestination: PV1-38');
    const { code, out } = await check('zmh');
    expect(code).toBe(1);
    expect(out).toContain('  a03-prison-older-destination\n    facts[5].leaving: expected "custody", found "left"');
    expect(out).toContain('    facts[5].destination: expected "38", found null');
    expect(out).not.toContain('a28-new-record');
  });

  test('a fact that is missing and a fact too many are shown whole', async () => {
    await edit('zmh.yaml', 'A21: [leave-started]', 'A21: []');
    const { out } = await check('zmh');
    expect(out).toMatch(/a21-leave-begins\n {4}facts\[\d+\]/);
    expect(out).toContain('found nothing');
  });

  test('a message that nobody has explained yet is printed as it was understood, and counts as not as expected', async () => {
    await rm(join(folder, 'feeds/zmh/examples/a03-tribunal-home.facts.json'));
    const { code, out } = await check('zmh');
    expect(code).toBe(1);
    expect(out).toContain('nobody has said what this message means');
    expect(out).toContain('"leaving": "left"');
  });

  test('expected facts without their message, and a file that is no JSON, are mistakes', async () => {
    const examples = join(folder, 'feeds/zmh/examples');
    await rm(join(examples, 'a28-new-record.hl7'));
    await writeFile(join(examples, 'a12-move-cancelled.facts.json'), '{"story":');
    const { code, out } = await check('zmh');
    expect(code).toBe(2);
    expect(out).toMatch(/a28-new-record\.facts\.json: there is no message a28-new-record\.hl7 beside it/);
    expect(out).toMatch(/a12-move-cancelled\.facts\.json: is not JSON/);
  });

  test('an example may be of a sender in another time zone', async () => {
    await edit('zmh/examples/a03-summer-time.facts.json', '"outcome"', '"timeZone": "UTC", "outcome"');
    const { out } = await check('zmh');
    expect(out).toContain('expected "2026-07-15T21:00:00Z", found "2026-07-15T22:00:00Z"');
  });

  test('a trigger without an example is named', async () => {
    for (const end of ['hl7', 'facts.json']) await rm(join(folder, `feeds/zmh/examples/a44-account-moved.${end}`));
    expect(await check('zmh')).toMatchObject({ code: 0, out: expect.stringContaining('no example shows A44') });
  });

  test('a feed that does not exist, and a word that is no verb', async () => {
    await expect(check('nowhere')).rejects.toMatchObject({ code: 'usage' });
    await expect(run(feedsCommand, ['list'], contextOf(null))).rejects.toMatchObject({ code: 'usage' });
  });
});
