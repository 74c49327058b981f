import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { prepare, ROOT } from './prepare.mjs';

prepare();

// It reads whole registers again and again: with the usual room for what lives shortly a tenth of its time goes into collecting.
const room = '--max-semi-space-size=64';
const simulation = spawn(process.execPath, [room, `${ROOT}/dist/cli.js`, 'simulate', ...process.argv.slice(2)], {
  stdio: 'inherit',
});

// A terminal's Ctrl-C reaches the simulation by itself; passed on as well, it would be a second one.
process.on('SIGINT', () => process.stdin.isTTY || simulation.kill('SIGINT'));
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => simulation.kill(signal));

simulation.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
