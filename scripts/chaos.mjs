import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepare, ROOT, run } from './prepare.mjs';
import { installSystemPackages, leftOut } from './system-packages.mjs';

const FOLDER = `${ROOT}/test/chaos`;
const HELP = `npm run chaos [-- CASE...] [-- --count N] [-- --seed N]

Breaks the service on purpose, in processes of its own, and compares by id what was acknowledged with what arrived.
Without CASE all are played, which takes about half an hour. Cases:

${names()
  .map((name) => `  ${name}`)
  .join('\n')}
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean' } },
});
const unknown = positionals.filter((word) => !names().some((name) => name.startsWith(word)));
const wrong = ['count', 'seed'].filter((name) => values[name] !== undefined && !/^[1-9]\d*$/.test(values[name]));
if (values.help) {
  process.stdout.write(HELP);
} else if (unknown.length > 0 || wrong.length > 0) {
  const said = [
    ...unknown.map((word) => `there is no case ${word}`),
    ...wrong.map((name) => `--${name} takes a number`),
  ];
  process.stderr.write(`chaos: ${said.join('; ')}; see npm run chaos -- --help\n`);
  process.exitCode = 2;
} else {
  process.exitCode = play();
}

function play() {
  prepare();
  // No case looks at a page.
  installSystemPackages([...leftOut(), 'chromium']);
  const folder = mkdtempSync(join(tmpdir(), 'aftercare-chaos-'));
  const results = join(folder, 'rows');
  const env = { ...process.env, CHAOS_RESULTS: results };
  if (values.count) env.CHAOS_COUNT = values.count;
  if (values.seed) env.CHAOS_SEED = values.seed;
  const wanted = positionals.length === 0 ? [] : ['--testNamePattern', `^(?:${positionals.join('|')})`];
  const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--runInBand'];
  // The files first: an option that takes a list would take them for its own.
  const files = [...chosenFiles(), '--testMatch', '**/test/chaos/*.case.ts'];
  const held = run(process.execPath, [...jest, ...files, ...wanted], { env });
  process.stdout.write(table(rowsIn(results)));
  rmSync(folder, { recursive: true });
  return held ? 0 : 1;
}

/** A case stands in its file as `chaos('name'` or `test(\`name:`. */
function casesIn(file) {
  const text = readFileSync(join(FOLDER, file), 'utf8');
  return [...text.matchAll(/(?:chaos|test)\(\s*['`]([a-z0-9-]+)(?=[':])/g)].map(([, name]) => name);
}

function caseFiles() {
  return readdirSync(FOLDER).filter((file) => file.endsWith('.case.ts'));
}

function names() {
  return caseFiles().flatMap(casesIn);
}

function chosenFiles() {
  if (positionals.length === 0) return [];
  return caseFiles().filter((file) => casesIn(file).some((name) => positionals.some((word) => name.startsWith(word))));
}

function rowsIn(file) {
  try {
    return readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  } catch {
    return [];
  }
}

function table(rows) {
  const head = ['case', 'acknowledged', 'delivered', 'lost', 'twice', 'sockets left', 'verdict'];
  const cells = rows.map((row) => [
    row.name,
    ...[row.acknowledged, row.delivered, row.lost, row.doubled, row.socketsLeft].map(String),
    row.verdict,
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column].length)));
  const line = (row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd();
  const facts = rows.flatMap(({ name, facts }) => [`  ${name}`, ...facts.map((fact) => `    ${fact}`)]);
  return `\n${[line(head), ...cells.map(line)].join('\n')}\n\n${facts.join('\n')}\n`;
}
