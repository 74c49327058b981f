import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type Started, start } from './process.js';

/** `kill` gives it no warning; `start` brings it back on the same address with what it wrote to disk. */
export type TestRedis = { url: string; kill(): Promise<void>; start(): Promise<void>; close(): Promise<void> };

/** Redis may be left out by name (`TEST_WITHOUT=redis`); otherwise its absence fails the tests. */
export const redisLeftOut = (process.env.TEST_WITHOUT ?? '').split(',').includes('redis');

/** A Redis of the test's own, which has on disk what it acknowledged. */
export async function startRedis(): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'aftercare-redis-'));
  const port = await freePort();
  let server = await launch(folder, port);
  return {
    url: `redis://127.0.0.1:${port}`,
    kill: async () => void (await server.kill('SIGKILL')),
    start: async () => {
      server = await launch(folder, port);
    },
    close: async () => {
      await server.kill('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function launch(folder: string, port: number): Promise<Started> {
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder,
    appendonly: 'yes',
    appendfsync: 'always',
    save: '',
  };
  const server = start(
    'redis-server',
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
  );
  await server.waitFor(/Ready to accept connections/).catch((cause) => {
    throw new Error('redis-server did not start: "npm test" installs it, TEST_WITHOUT=redis leaves it out', { cause });
  });
  return server;
}
