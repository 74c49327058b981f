import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { FAULTS } from '../src/fault.js';
import { QUESTION_KINDS } from '../src/register/entry.js';
import { RULES } from '../src/register/rules.js';

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

  test('docs/register.md explains every kind of question', () => {
    const page = read('docs/register.md');
    for (const kind of QUESTION_KINDS) expect(page).toContain(`\`${kind}\``);
  });

  test('docs/register.md lists every rule with its source, and no other', () => {
    const rows = read('docs/register.md')
      .split('\n')
      .filter((line) => line.startsWith('| **'));
    expect(rows).toEqual(RULES.map(({ id, says, cites }) => `| **${id}**: ${says} | ${cites} |`));
  });

  test.each(PAGES)('%s: every file it links to or names in a command is there', (page) => {
    const text = read(page);
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, target]) =>
      join(dirname(page), target ?? ''),
    );
    const named = [...text.matchAll(/(?:explain|send) (mappings\/\S+)/g)].map(([, target]) => target ?? '');
    for (const target of [...links, ...named]) expect([target, existsSync(join(ROOT, target))]).toEqual([target, true]);
  });
});
