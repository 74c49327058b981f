import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../store/database.js';
import { deliveryStore } from '../store/deliveries.js';
import { lineOf } from './line.js';
import type { LoadResult } from './load.js';

export type BenchOptions = {
  seconds: number;
  connections: number;
  persons: number;
  /** Null: an embedded database of its own, and queues in it. A database that is given should be empty. */
  databaseUrl: string | null;
  redisUrl: string | null;
  say(text: string): void;
};

/** Rates are per second. */
export type BenchResult = {
  diskCommits: number;
  acknowledgements: LoadResult & { perSecond: number };
  persons: { confirmed: number; elapsedMs: number; perSecond: number; asked: number };
};

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Service, load and council each in a process of its own, on a fresh embedded database with its default durability. */
export async function runBench(options: BenchOptions): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'aftercare-bench-'));
  const children: ChildProcess[] = [];
  const closing: (() => Promise<void>)[] = [];
  try {
    const diskCommits = commitsPerSecond(join(folder, 'commits'));
    options.say(`disk: ${diskCommits} commits a second, one after another`);
    const service = await startService(folder, options, children);
    closing.push(service.close);

    const load = await runLoad(service.mllpPort, { ...options, persons: 0, first: 0 });
    const acknowledgements = { ...load, perSecond: rate(load.acknowledged, load.elapsedMs) };
    options.say(`durable acknowledgements: ${acknowledgements.perSecond} a second, ${options.connections} connections`);
    await service.untilConfirmed(load.acknowledged, options.say);

    const before = await service.confirmed();
    const begun = performance.now();
    await runLoad(service.mllpPort, { ...options, first: load.acknowledged + load.refused });
    await service.untilConfirmed(before + options.persons, options.say);
    const elapsedMs = Math.round(performance.now() - begun);
    const confirmed = (await service.confirmed()) - before;
    const persons = { asked: options.persons, confirmed, elapsedMs, perSecond: rate(confirmed, elapsedMs) };
    return { diskCommits, acknowledgements, persons };
  } finally {
    for (const close of closing) await close();
    for (const child of children.reverse()) await end(child);
    await rm(folder, { recursive: true, force: true });
  }
}

const rate = (count: number, elapsedMs: number): number => Math.round(count / (elapsedMs / 1_000));

/** What the disk itself can do: one small write and one wait for it, again and again for a second. */
function commitsPerSecond(file: string): number {
  const handle = openSync(file, 'w');
  const begun = performance.now();
  let commits = 0;
  for (; performance.now() - begun < 1_000; commits++) {
    writeSync(handle, 'x');
    fdatasyncSync(handle);
  }
  closeSync(handle);
  return commits;
}

async function startService(folder: string, { databaseUrl, redisUrl }: BenchOptions, children: ChildProcess[]) {
  const sink = start([here('./sink-main.js')], {}, children);
  const url = await lineOf(sink.stdout, /^(http\S+)$/);
  const site = join(folder, 'site.yaml');
  await writeFile(site, siteWith(url));
  const env = {
    DATA_DIR: join(folder, 'data'),
    SITE_FILE: site,
    HTTP_PORT: '0',
    MLLP_PORT: '0',
    LOG_LEVEL: 'error',
    DATABASE_URL: databaseUrl ?? '',
    REDIS_URL: redisUrl ?? '',
  };
  const service = start([here('../cli.js'), 'serve'], env, children);
  const mllpPort = Number(await lineOf(service.stderr, /MLLP on port (\d+)/));
  const database = await openDatabase({ databaseUrl: databaseUrl ?? undefined, dataDir: env.DATA_DIR });
  const deliveries = deliveryStore(database.pool);
  const confirmed = async () => {
    const counts = await deliveries.counts();
    return counts.filter(({ state }) => state === 'confirmed').reduce((total, { count }) => total + count, 0);
  };
  return {
    mllpPort,
    confirmed,
    close: () => database.close(),
    async untilConfirmed(count: number, say: (text: string) => void) {
      for (let told = 0; (await confirmed()) < count; told++) {
        if (told % 50 === 49) say(`  ${await confirmed()} of ${count} persons confirmed`);
        await sleep(200);
      }
    },
  };
}

const siteWith = (url: string): string =>
  [
    'name: Bench',
    'senders: [{ ods: RXT, name: Invented trust, feed: zmh }]',
    `councils: [{ gss: E08000025, destination: { kind: fhir, url: "${url}" } }]`,
    'icbs: [{ ods: QHL }]',
    '',
  ].join('\n');

type Run = Pick<BenchOptions, 'connections' | 'seconds' | 'persons'> & { first: number };

async function runLoad(port: number, { connections, seconds, persons, first }: Run): Promise<LoadResult> {
  const options = { port, connections, seconds, persons, first };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = start([here('./load-main.js'), ...args], {}, []);
  return JSON.parse(await lineOf(child.stdout, /^(\{.*\})$/));
}

/** A child of ours, its output for us alone; it joins `children` to be ended with them. */
function start(args: readonly string[], env: Record<string, string>, children: ChildProcess[]) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  children.push(child);
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
