import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { median } from './figures.js';

const SAMPLED_EVERY_MS = 500;

/** Of samples in the order of time: the second quarter, by when it is warm, the last, and the highest. */
export function quartersOf(samples: readonly number[]): { early: number; late: number; highest: number } {
  const quarter = Math.ceil(samples.length / 4);
  return {
    early: median(samples.slice(quarter, 2 * quarter)),
    late: median(samples.slice(-quarter)),
    highest: Math.max(...samples, 0),
  };
}

/** Megabytes in memory, again and again until it is stopped. */
export function sampling(pid: number): { stop(): number[] } {
  const samples: number[] = [];
  let over = false;
  const sample = async () => {
    while (!over) {
      const now = await residentMb(pid);
      if (now !== null) samples.push(now);
      await sleep(SAMPLED_EVERY_MS);
    }
  };
  void sample();
  return {
    stop() {
      over = true;
      return samples;
    },
  };
}

const run = promisify(execFile);

/** Null when the process is gone. Systems without /proc have `ps`. */
async function residentMb(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => null);
  const told = status ?? (await run('ps', ['-o', 'rss=', '-p', String(pid)]).catch(() => ({ stdout: '' }))).stdout;
  const kb = (status === null ? /^\s*(\d+)\s*$/ : /^VmRSS:\s+(\d+) kB$/m).exec(told)?.[1];
  return kb === undefined ? null : Number(kb) / 1_024;
}
