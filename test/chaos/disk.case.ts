import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { pause } from '../support/process.js';
import { chaos, leaveOut, seconds } from './chaos.js';

const SIZE = '256m';
const FULL_MS = 20_000;

const WHAT = 'the disk below the database is full for a while';
const disk = mkdtempSync(join(tmpdir(), 'aftercare-disk-'));
const dataDir = join(disk, 'data');

/** A small filesystem of its own needs the right to mount one. */
function mount(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=0755`, 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const unmount = () => execFileSync('umount', ['--lazy', disk]);

const mayMount = mount();
if (mayMount) unmount();

if (!mayMount) {
  rmSync(disk, { recursive: true });
  leaveOut('disk-full', WHAT, 'needs the right to mount a small filesystem: run it as root');
} else {
  beforeAll(() => {
    mount();
    mkdirSync(dataDir);
  });
  afterAll(() => {
    unmount();
    rmSync(disk, { recursive: true });
  });
  chaos('disk-full', WHAT, {
    needs: { dataDir },
    people: 600,
    trouble: async ({ town, tally, acknowledgedPart, tell }) => {
      await acknowledgedPart(0.2);
      fill(join(disk, 'ballast'), disk);
      const answers = () => tally.putOff + tally.closed;
      const before = answers();
      const end = Date.now() + FULL_MS;
      while (Date.now() < end || answers() === before) {
        fill(join(disk, `ballast-${Date.now()}`), disk);
        await pause(500);
        if (town.hasEnded()) throw new Error('the service ended');
      }
      tell(`${answers() - before} answers while it was full`);
      for (const name of ballasts) rmSync(name);
      const over = Date.now();
      const acknowledged = tally.acknowledged.size;
      while (tally.acknowledged.size === acknowledged) await pause(20);
      tell(`acknowledging again ${seconds(Date.now() - over)} after there was room`);
    },
  });
}

const ballasts: string[] = [];

/** To the last block. */
function fill(file: string, filesystem: string): void {
  const { bavail, bsize } = statfsSync(filesystem);
  if (bavail === 0) return;
  ballasts.push(file);
  try {
    writeFileSync(file, Buffer.alloc(bavail * bsize));
  } catch {
    // full is what it is meant to be
  }
}
