import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The folder of the clone, wherever it was started from. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

const NODE_NEEDED = [20, 19];

/** Ends with one line: what is wrong, why, and the command that mends it. */
export function giveUp(what, why, mend) {
  process.stderr.write(`${what}: ${why}. Mend it with: ${mend}\n`);
  process.exit(1);
}

/** Runs a program of node_modules, or any other, in the clone and shows what it prints; true when it succeeded. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', ...options });
  return !error && status === 0;
}

/** A fresh clone becomes one that can run: the right Node.js, the packages of package-lock.json, dist/ from src/. */
export function prepare() {
  checkNode();
  checkFolder();
  if (!installed()) install();
  build();
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [majorNeeded, minorNeeded] = NODE_NEEDED;
  if (major > majorNeeded || (major === majorNeeded && minor >= minorNeeded)) return;
  giveUp(
    'Node.js is too old',
    `this is ${process.versions.node}, needed is ${NODE_NEEDED.join('.')} or later`,
    'nvm install 20',
  );
}

function checkFolder() {
  try {
    accessSync(ROOT, constants.W_OK);
  } catch {
    giveUp(
      'Nothing can be installed or built here',
      `you may not write to ${ROOT}`,
      `git clone it into a folder of your own`,
    );
  }
}

/**
 * Whether node_modules holds what package-lock.json names. npm writes its record (node_modules/.package-lock.json) last,
 * so an installation that was broken off, or is older than the lock, is seen. Packages for other systems may be absent.
 */
function installed() {
  const wanted = readJson('package-lock.json')?.packages ?? {};
  const present = readJson('node_modules/.package-lock.json')?.packages ?? {};
  return Object.entries(wanted)
    .filter(([path, { optional, devOptional }]) => path !== '' && !optional && !devOptional)
    .every(([path, { version }]) => present[path]?.version === version);
}

function readJson(file) {
  const path = `${ROOT}/${file}`;
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

function install() {
  process.stderr.write('Installing packages (once, about half a minute) …\n');
  const [npm, first] = process.env.npm_execpath ? [process.execPath, [process.env.npm_execpath]] : ['npm', []];
  const { status, error, stderr } = spawnSync(
    npm,
    [...first, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: ROOT, encoding: 'utf8', shell: process.platform === 'win32' && first.length === 0 },
  );
  if (status === 0) return;
  giveUp('The packages could not be installed', error ? 'npm is not there' : whyNpm(stderr), 'npm ci --ignore-scripts');
}

const NPM_SAYS = [
  [
    /^(?:ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT)$/,
    'there is no network, or no registry in it',
  ],
  [/^(?:EACCES|EPERM|EROFS)$/, 'you may not write here'],
  [/^ENOSPC$/, 'the disk is full'],
  [/^EUSAGE$/, 'package.json and package-lock.json do not agree'],
];

/** By npm's code alone: its sentences name the registry that it asked. */
function whyNpm(stderr) {
  const code = /npm (?:error|ERR!) code (\w+)/.exec(stderr)?.[1] ?? 'no code';
  return `${NPM_SAYS.find(([shape]) => shape.test(code))?.[1] ?? 'npm refused'} (${code})`;
}

function build() {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
    { cwd: ROOT, encoding: 'utf8' },
  );
  if (status === 0) return;
  process.stderr.write(`${stdout}${stderr}`);
  giveUp(
    'The sources could not be built',
    'the compiler refused them, above',
    'npm run build (after mending what it names)',
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) prepare();
