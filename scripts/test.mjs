import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, run } from './prepare.mjs';
import { installSystemPackages, leftOut } from './system-packages.mjs';

prepare();
const without = leftOut();
if (without.length > 0) process.stdout.write(`Left out by TEST_WITHOUT, by name: ${without.join(', ')}\n`);
installSystemPackages(without);

const node = process.execPath;
const checks = {
  lint: () => run(node, ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.']),
  types: () => run(node, ['node_modules/typescript/bin/tsc', '--noEmit']),
  'dead code': () => run(node, ['node_modules/knip/bin/knip.js']),
  tests: () => jest(process.argv.slice(2)),
};

// All of them, so that one run shows everything that is wrong.
const failed = Object.entries(checks)
  .filter(([, check]) => !check())
  .map(([name]) => name);
if (failed.length > 0) process.stderr.write(`Failed: ${failed.join(', ')}\n`);
process.exitCode = failed.length > 0 ? 1 : 0;

/** Runs the tests and ends with their numbers on a plain line. */
function jest(args) {
  const folder = mkdtempSync(join(tmpdir(), 'aftercare-test-'));
  const results = join(folder, 'results.json');
  const jestArgs = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
  const passed = run(node, [...jestArgs, '--json', `--outputFile=${results}`, ...args]);
  process.stdout.write(`${counts(results)}\n`);
  rmSync(folder, { recursive: true });
  return passed;
}

function counts(results) {
  try {
    const r = JSON.parse(readFileSync(results, 'utf8'));
    // A suite that could not even be loaded counts as one that failed.
    const failed = r.numFailedTests + r.numRuntimeErrorTestSuites;
    return `${r.numPassedTests} passed, ${failed} failed, ${r.numPendingTests + r.numTodoTests} skipped`;
  } catch {
    return '0 passed, 0 failed, 0 skipped';
  }
}
