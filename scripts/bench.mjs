import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { prepare, ROOT } from './prepare.mjs';

prepare();

const bench = spawn(process.execPath, [`${ROOT}/dist/cli.js`, 'bench', ...process.argv.slice(2)], { stdio: 'inherit' });

// A terminal's Ctrl-C reaches the bench by itself; passed on as well, it would be a second one.
process.on('SIGINT', () => process.stdin.isTTY || bench.kill('SIGINT'));
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => bench.kill(signal));

bench.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
