import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { pause, until } from '../support/process.js';
import { chaos, counted, seconds } from './chaos.js';
import { connectionsTo, type Town } from './town.js';

chaos('sigterm', 'the service is stopped under load as its operator stops it, twice', {
  people: 600,
  trouble: async ({ town, acknowledgedPart, tell }) => {
    for (const share of [0.25, 0.6]) {
      await acknowledgedPart(share);
      const begun = Date.now();
      const { code, signal } = await town.kill('SIGTERM');
      if (code !== 0) throw new Error(`it ended with ${code ?? signal} and not with 0`);
      tell(`ended after ${seconds(Date.now() - begun)} with 0`);
      await town.start();
    }
  },
});

chaos('sigterm-without-database', 'it is stopped while its database is away, and ends all the same', {
  needs: { database: 'own' },
  people: 200,
  trouble: async ({ town, acknowledgedPart, tell }) => {
    await acknowledgedPart(0.3);
    await town.server?.stop();
    const begun = Date.now();
    const ended = town.kill('SIGTERM');
    await until(() => town.hasEnded(), 'the service to end', 90_000);
    const { code, signal } = await ended;
    tell(`ended after ${seconds(Date.now() - begun)} with ${code ?? signal}`);
    await town.server?.start();
    await town.start();
  },
});

chaos('network-cut', 'every seventh answer is lost after the commit, with its connection', {
  people: 400,
  throughLines: true,
  trouble: async ({ lines, acknowledgedPart, tell }) => {
    if (!lines) return;
    for (const line of [lines.mllp, lines.http]) line.loseEvery = 7;
    await acknowledgedPart(0.95);
    for (const line of [lines.mllp, lines.http]) line.loseEvery = 0;
    tell(`${lines.mllp.lost() + lines.http.lost()} answers lost`);
  },
});

const TURNS = 5_000;
const AT_ONCE = 50;

chaos('churn', 'thousands connect and go: silent, in half a frame, with a reset', {
  people: 200,
  trouble: async ({ town, acknowledgedPart, tell }) => {
    await acknowledgedPart(0.1);
    const before = await held(town);
    const turns = counted(TURNS);
    let turn = 0;
    const come = async () => {
      while (turn < turns) await comeAndGo(town, turn++);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, come));
    tell(`${turns} connections, ${before.memory} then ${(await held(town)).memory} of memory`);
  },
  afterwards: async ({ town, tell }) => {
    await until(async () => ((await connectionsTo(town.mllpPort)) ?? 0) === 0, 'all of them gone', 60_000);
    // What Node and the database's pool keep open comes to a few dozen.
    await until(async () => (await held(town)).files < 200, 'their file descriptors closed', 60_000);
    tell(`${(await held(town)).files} file descriptors at the end`);
  },
});

async function comeAndGo({ mllpPort, httpPort }: Town, turn: number): Promise<void> {
  const socket = createConnection({ port: turn % 5 === 4 ? httpPort : mllpPort, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => undefined);
  if (turn % 3 === 1) socket.write('\vMSH|^~\\&|EPR|RXT|AB|QHL|2026');
  if (turn % 3 === 2) socket.resetAndDestroy();
  else socket.destroy();
  await pause(0);
}

/** Of the service's process; nothing where the system does not tell. */
async function held(town: Town): Promise<{ files: number; memory: string }> {
  const files = await readdir(`/proc/${town.pid()}/fd`).catch(() => []);
  const status = await readFile(`/proc/${town.pid()}/status`, 'utf8').catch(() => '');
  const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  return { files: files.length, memory: `${Math.round(kilobytes / 1024)} MiB` };
}
