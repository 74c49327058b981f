import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What `postmaster.pid` says of a living server. */
export type Postmaster = { pid: number; port: number; ready: boolean };

/** The server of this cluster, or null when none is alive, whatever a left-over pid file says. */
export async function livingPostmaster(cluster: string): Promise<Postmaster | null> {
  const text = await readFile(pidFile(cluster), 'utf8').catch(() => null);
  if (text === null) return null;
  const lines = text.split('\n');
  const pid = pidIn(text);
  return (await isPostgres(pid)) ? { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' } : null;
}

/**
 * Takes away the pid file of a server that is dead while its number is not free: it belongs to another program now, or
 * nobody has collected the dead. PostgreSQL would take that for itself running and refuse to start. The file is moved
 * first and read then, so that the file of a server that another process has started meanwhile is put back.
 */
export async function clearStalePidFile(cluster: string): Promise<void> {
  const path = pidFile(cluster);
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return; // there is none, or another process was first
  }
  const pid = pidIn(await readFile(aside, 'utf8'));
  if (await isPostgres(pid)) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

const pidFile = (cluster: string): string => join(cluster, 'postmaster.pid');
const pidIn = (text: string): number => Number(text.split('\n')[0]);

/** The port that the server of this cluster had when it last started; null before its first start. */
export async function lastPort(cluster: string): Promise<number | null> {
  const options = await readFile(join(cluster, 'postmaster.opts'), 'utf8').catch(() => '');
  const port = /"port=(\d{1,5})"/.exec(options)?.[1];
  return port === undefined ? null : Number(port);
}

/** Fast shutdown: sessions are ended, everything committed is on disk. Waits until the server is gone. */
export async function stopPostmaster(cluster: string, pid: number): Promise<void> {
  try {
    process.kill(pid, 'SIGINT');
  } catch {
    return;
  }
  while ((await livingPostmaster(cluster))?.pid === pid) await sleep(20);
}

export function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** False for a number used by another program since, and for a server that is dead but not yet collected. */
async function isPostgres(pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => null);
  if (status !== null) return /^Name:\s+postgres$/m.test(status) && !/^State:\s+Z/m.test(status);
  const { stdout } = await run('ps', ['-o', 'stat=,comm=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return /postgres/.test(stdout) && !stdout.startsWith('Z');
}
