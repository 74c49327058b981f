import { statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Disk } from './watch-conditions.js';

/** The volume that holds a folder, as an ordinary user may fill it; none while it cannot be looked at. */
export async function diskOf(folder: string): Promise<Disk[]> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return [{ subject: `${hostname()}:${folder}`, free: bavail * bsize, size: blocks * bsize }];
  } catch {
    return [];
  }
}
