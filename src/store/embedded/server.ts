import { spawn } from 'node:child_process';
import { access, chown, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../fault.js';
import { type Account, serverAccount } from './account.js';
import { type Binaries, findBinaries } from './binaries.js';
import { freePort } from './free-port.js';
import { type Place, preparePlace } from './place.js';
import { clearStalePidFile, isAlive, lastPort, livingPostmaster, type Postmaster } from './postmaster.js';

export const SUPERUSER = 'aftercare';

export type Cluster = { place: Place; account: Account; programs: Binaries };

/** Finds the programs and the folders of the embedded database, and creates an empty cluster the first time. */
export async function prepareCluster(dataDir: string): Promise<Cluster> {
  const account = await serverAccount(dataDir);
  const place = await preparePlace(account, dataDir);
  const cluster = { place, account, programs: await findBinaries(account, place.home) };
  const created = await access(place.cluster).then(
    () => true,
    () => false,
  );
  if (!created) await createCluster(cluster);
  return cluster;
}

/** Made beside and renamed: a creation that was interrupted is never taken for a cluster. */
async function createCluster({ place, account, programs }: Cluster): Promise<void> {
  const draft = `${place.cluster}.${process.pid}`;
  const passwordFile = `${draft}.password`;
  await rm(draft, { recursive: true, force: true });
  await writeFile(passwordFile, `${place.password}\n`, { mode: 0o600 });
  if (account) await chown(passwordFile, account.uid, account.gid);
  // PostgreSQL's own locale: the same order on every machine, and none of the system's locales is needed.
  const flags = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--locale-provider=builtin'];
  const code = await runToEnd(programs.initdb, place, account, [
    `--pgdata=${draft}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--builtin-locale=C.UTF-8',
    '--lc-messages=C',
    ...flags,
  ]).finally(() => rm(passwordFile, { force: true }));
  if (code !== 0) throw unusable(`its cluster cannot be created (initdb ended with ${code})`, place);
  // Another process may have been first; its cluster is as good as ours.
  await rename(draft, place.cluster).catch(() => rm(draft, { recursive: true, force: true }));
}

async function runToEnd(program: string, place: Place, account: Account, args: string[]): Promise<number | null> {
  const child = await launch(program, place, account, args);
  return new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
}

/** Output goes to a file and not through us, so that the server outlives us without a broken pipe. */
async function launch(program: string, { log, cluster }: Place, account: Account, args: string[]) {
  const file = await open(log, 'a', 0o600);
  try {
    return spawn(program, args, {
      ...account,
      cwd: dirname(cluster),
      // A Ctrl-C in the terminal is for us; the server is stopped once our work is finished.
      detached: true,
      stdio: ['ignore', file.fd, file.fd],
      env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
    });
  } finally {
    await file.close();
  }
}

const ATTEMPTS = 20;
/** By then, two seconds, the dead are collected wherever somebody collects them. */
const PATIENT_ATTEMPTS = 8;

/**
 * Uses the server that is running, or starts one. `port` is asked for when connections already point to it; without, it
 * is the one it had last, to which the connections of other processes may point.
 */
export async function ensureRunning(cluster: Cluster, port?: number): Promise<Postmaster> {
  const { place } = cluster;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const found = await whenReady(cluster);
    if (found) return found;
    const again = attempt <= PATIENT_ATTEMPTS ? await lastPort(place.cluster) : null;
    const started = await start(cluster, port ?? again ?? (await freePort()));
    if (started) return started;
    // Sessions of a server that was killed may still hold its memory; another process may have been first.
    await sleep(250);
    if (attempt === PATIENT_ATTEMPTS) await clearStalePidFile(place.cluster);
  }
  throw unusable('the server does not start', place);
}

/** Waits for a server that is starting, recovering or stopping; null once none is alive. */
async function whenReady({ place }: Cluster): Promise<Postmaster | null> {
  for (;;) {
    const found = await livingPostmaster(place.cluster);
    if (!found || found.ready) return found;
    await sleep(10);
  }
}

async function start(cluster: Cluster, port: number): Promise<Postmaster | null> {
  const { place, account, programs } = cluster;
  const child = await launch(programs.postgres, place, account, ['-D', place.cluster, ...settings(port)]);
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  failed.catch(() => undefined);
  child.unref();
  while (child.exitCode === null && child.signalCode === null) {
    const found = await Promise.race([livingPostmaster(place.cluster), failed]);
    if (found?.ready) return found;
    if (child.pid !== undefined && !isAlive(child.pid)) return null;
    await sleep(10);
  }
  return null;
}

/** Loopback only. Statements and row values stay out of the server's log: they are patient data. */
function settings(port: number): string[] {
  const values = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    log_parameter_max_length_on_error: 0,
    timezone: 'UTC',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

const unusable = (text: string, { log }: Place): Fault =>
  new Fault({
    code: 'system-unreachable',
    where: 'embedded database',
    text,
    next: `see ${log}, or set DATABASE_URL to a PostgreSQL server`,
  });
