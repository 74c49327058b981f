import { spawnSync } from 'node:child_process';
import { prepare, ROOT } from './prepare.mjs';

prepare();
const { status } = spawnSync(process.execPath, ['dist/cli.js', 'bench', ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
