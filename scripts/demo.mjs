import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { prepare, ROOT } from './prepare.mjs';

prepare();

const demo = spawn(process.execPath, [`${ROOT}/dist/cli.js`, 'demo', ...process.argv.slice(2)], { stdio: 'inherit' });

// A terminal's Ctrl-C reaches the demonstration by itself; passed on as well, it would be a second one.
process.on('SIGINT', () => process.stdin.isTTY || demo.kill('SIGINT'));
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => demo.kill(signal));

demo.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
