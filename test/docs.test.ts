import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { Command } from '../src/commands/command.js';
import { lawPage } from '../src/commands/law-text.js';
import { VARIABLES } from '../src/config.js';
import { FAULTS } from '../src/fault.js';
import { QUESTION_KINDS } from '../src/register/entry.js';
import { CHAPTERS, RULES } from '../src/register/rules.js';
import { siteFileFor } from '../src/site-file.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

const PAGES = [
  'README.md',
  'CHANGELOG.md',
  ...['docs', 'profiles', 'mappings', 'mappings/feeds', 'mappings/organisations'].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((file) => file.endsWith('.md'))
      .map((file) => `${folder}/${file}`),
  ),
];

describe('the pages say what is so', () => {
  test('docs/operations.md says of every fault who mends it', () => {
    const rows = read('docs/operations.md');
    for (const [code, { remedy, text }] of Object.entries(FAULTS)) {
      const who = remedy === 'retry' ? 'retries by itself' : remedy;
      expect(rows).toContain(`| \`${code}\` | ${who} | ${text} |`);
    }
  });

  test('docs/at-night.md says of every fault what to do', () => {
    const page = read('docs/at-night.md');
    for (const code of Object.keys(FAULTS).filter((each) => each !== 'usage'))
      expect([code, page.includes(code)]).toEqual([code, true]);
    expect(commandsIn(page).length).toBeGreaterThan(15);
  });

  test('docs/register.md explains every kind of question', () => {
    const page = read('docs/register.md');
    for (const kind of QUESTION_KINDS) expect(page).toContain(`\`${kind}\``);
  });

  test('docs/law.md is what `aftercare rules --markdown` prints', () => {
    expect(read('docs/law.md')).toBe(`${lawPage(CHAPTERS).trimEnd()}\n`);
  });

  test('every rule is held by tests that are there', () => {
    const files = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' });
    const tests = files.filter((file) => file.endsWith('.test.ts')).map((file) => read(join('test', file)));
    for (const { id, heldBy } of RULES) {
      expect([id, heldBy.length > 0]).toEqual([id, true]);
      for (const title of heldBy)
        expect([id, title, tests.some((text) => text.includes(`'${title}'`))]).toEqual([id, title, true]);
    }
  });

  test('every rule is a file of its own, and every file a rule of the list', () => {
    const files = readdirSync(join(ROOT, 'src/register/rules')).map((file) => file.replace('.ts', ''));
    expect(RULES.map(({ id }) => id).sort()).toEqual(files.sort());
  });

  test.each(PAGES)('%s: every file it links to or names in a command is there', (page) => {
    const text = read(page);
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, target]) =>
      join(dirname(page), target ?? ''),
    );
    const named = [...text.matchAll(/(?:explain|send) (mappings\/\S+)/g)].map(([, target]) => target ?? '');
    for (const target of [...links, ...named]) expect([target, existsSync(join(ROOT, target))]).toEqual([target, true]);
  });

  test('docs/configuration.md lists every variable, and no other', () => {
    const [table = ''] = read('docs/configuration.md').split('\n## ');
    const named = table
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([A-Z_0-9]+)`/g)].map(([, name]) => name));
    expect(named.sort()).toEqual([...VARIABLES].sort());
  });

  test('docs/configuration.md explains every setting of a site file', () => {
    const page = read('docs/configuration.md');
    const shape = z.toJSONSchema(siteFileFor('read'), { io: 'input', unrepresentable: 'any' });
    const settings = settingsIn(shape);
    expect(settings.length).toBeGreaterThan(30);
    for (const name of settings) expect([name, page.includes(`\`${name}\``)]).toEqual([name, true]);
  });

  test('every page can be reached from README.md', () => {
    const reached = new Set(['README.md']);
    for (const page of reached)
      if (page.endsWith('.md')) for (const target of linksOf(page)) if (PAGES.includes(target)) reached.add(target);
    expect(PAGES.filter((page) => page !== 'CHANGELOG.md' && !reached.has(page))).toEqual([]);
  });

  test.each(PAGES)('%s: every place within a page that it links to is there', (page) => {
    for (const [, target = '', anchor = ''] of read(page).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)) {
      const path = target === '' ? page : join(dirname(page), target);
      expect([path, anchor, anchorsOf(path).includes(anchor)]).toEqual([path, anchor, true]);
    }
  });

  describe('every command that they name', () => {
    let commands: Command[];
    beforeAll(async () => {
      commands = await allCommands();
    });

    test.each(PAGES)('in %s is one, with options that it has', (page) => {
      for (const { name, options } of commandsIn(read(page))) {
        const command = commands.find((each) => each.name === name);
        expect([name, command?.name]).toEqual([name, name]);
        const known = [...Object.keys(command?.options ?? {}), 'json', 'help'];
        expect([name, options.filter((option) => !known.includes(option))]).toEqual([name, []]);
      }
    });
  });
});

const linksOf = (page: string): string[] =>
  [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, target]) => join(dirname(page), target ?? ''));

/** As the headings of a page are addressed: small letters, hyphens for spaces, nothing else. */
const anchorsOf = (page: string): string[] =>
  [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** The names under every `properties` of a JSON Schema. */
function settingsIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = 'properties' in schema && schema.properties ? Object.keys(schema.properties) : [];
  return [...own, ...Object.values(schema).flatMap(settingsIn)];
}

async function allCommands(): Promise<Command[]> {
  const commands: Command[] = [];
  for (const file of readdirSync(join(ROOT, 'src/commands')).filter((each) => each.endsWith('.ts'))) {
    const module: Record<string, unknown> = await import(`../src/commands/${file.replace('.ts', '.js')}`);
    commands.push(...Object.values(module).filter(isCommand));
  }
  return commands;
}

const isCommand = (value: unknown): value is Command =>
  typeof value === 'object' && value !== null && 'usage' in value && 'run' in value;

/** `aftercare NAME … --option`: in lines that begin with it, and in what is set as code. */
function commandsIn(text: string): { name: string; options: string[] }[] {
  const lines = [
    ...text.matchAll(/(?:`|^ {4,}(?:npx )?|node dist\/cli\.js )(aftercare |(?<=cli\.js ))([a-z]+)([^`\n]*)/gm),
  ];
  return lines.map(([, , name = '', rest = '']) => ({
    name,
    options: [...(rest.split('#')[0] ?? '').matchAll(/--([a-z-]+)/g)].map(([, option]) => option ?? ''),
  }));
}
