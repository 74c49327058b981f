import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { giveUp, ROOT } from './prepare.mjs';

/** What some tests need of the system: programs of which one is enough, the package that has it, how a test shows it. */
const NEEDS = {
  redis: { programs: ['redis-server'], package: 'redis-server', sign: /describeNeeding\(\s*'redis'|startRedis\(/ },
  chromium: { programs: ['chromium', 'chromium-browser', 'google-chrome'], package: 'chromium', sign: /chromium/ },
};

/** The names in TEST_WITHOUT; a name that means nothing is refused, so that a slip leaves no suite in by mistake. */
export function leftOut(text = process.env.TEST_WITHOUT ?? '') {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  const unknown = names.filter((name) => !(name in NEEDS));
  if (unknown.length > 0)
    giveUp(
      'TEST_WITHOUT',
      `${unknown.join(', ')} is not one of redis, chromium`,
      'TEST_WITHOUT=redis,chromium npm test',
    );
  return names;
}

/** Installs from the system's packages what the suites need and the machine has not. */
export function installSystemPackages(without) {
  const missing = Object.entries(NEEDS)
    .filter(([name, need]) => !without.includes(name) && !need.programs.some(onPath) && someTestNeeds(need))
    .map(([name, { package: wanted }]) => ({ name, wanted }));
  if (missing.length === 0) return;

  const names = missing.map(({ name }) => name).join(',');
  const packages = missing.map(({ wanted }) => wanted);
  const mend = `apt-get install -y ${packages.join(' ')} (as root), or leave these suites out: TEST_WITHOUT=${names} npm test`;
  const root = asRoot();
  if (!onPath('apt-get'))
    giveUp(
      `The tests need ${names}`,
      'this system has no apt-get',
      `its own package manager, or TEST_WITHOUT=${names} npm test`,
    );
  if (root === null) giveUp(`The tests need ${names}`, 'installing it needs rights that you do not have', mend);

  process.stderr.write(`Installing ${packages.join(' and ')} from the system's packages …\n`);
  const lockWait = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3'];
  aptGet(root, [...lockWait, 'update']);
  const failed = aptGet(root, [...lockWait, 'install', '-y', '--no-install-recommends', ...packages]);
  if (failed) giveUp(`The tests need ${names}`, failed, mend);
}

/** Null when it went well, otherwise why not. */
function aptGet([command, ...first], args) {
  const { status, error, stdout, stderr } = spawnSync(command, [...first, 'apt-get', '-q', ...args], {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status === 0) return null;
  return error ? 'apt-get could not be started' : whyApt(`${stdout}${stderr}`);
}

const APT_SAYS = [
  [
    /could not resolve|could not connect|failed to fetch|unable to fetch|connection (?:failed|refused|timed)/i,
    'there is no network, or no mirror in it',
  ],
  [/unable to locate package|no installation candidate/i, 'this system has no such package'],
  [/could not get lock|unable to acquire/i, 'another installation is running'],
  [/permission denied|are you root/i, 'you have not the rights'],
  [/no space left/i, 'the disk is full'],
];

/** What is wrong in our words: apt-get's name the mirror that it asked. */
const whyApt = (output) => APT_SAYS.find(([shape]) => shape.test(output))?.[1] ?? 'apt-get refused';

/** How to run a command as root without being asked anything; null when that is not possible. */
function asRoot() {
  if (process.getuid?.() === 0) return ['env'];
  const sudo = ['sudo', '-n', 'env', 'DEBIAN_FRONTEND=noninteractive'];
  return onPath('sudo') && spawnSync('sudo', ['-n', 'true']).status === 0 ? sudo : null;
}

/** No suite that needs it, no installation. */
function someTestNeeds({ sign }) {
  return readdirSync(join(ROOT, 'test'), { recursive: true })
    .filter((file) => file.endsWith('.test.ts'))
    .some((file) => sign.test(readFileSync(join(ROOT, 'test', file), 'utf8')));
}

function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => isExecutable(join(folder, program)));
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
