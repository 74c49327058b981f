import { randomBytes } from 'node:crypto';
import { chmod, chown, link, mkdir, open, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { openDataFolder, unusableFolder, wrongFolder } from '../data-folder.js';
import { type Account, closedFolders } from './account.js';

/** Where a cluster that root started goes when `nobody` cannot reach the data folder, as below /root. */
const REACHABLE_HOME = '/var/lib/aftercare-bridge';

/** PostgreSQL takes paths below 1024 bytes, and adds names of its own. */
const MAX_PATH_BYTES = 900;

/** `home` is reachable by the server's account and may hold a copy of its programs; `cluster` is PGDATA. */
export type Place = { home: string; cluster: string; log: string; password: string };

/**
 * Finds or makes the folders of the embedded database of `dataDir`. Safe when several processes start together. Throws
 * `config-invalid` where the database could not live.
 */
export async function preparePlace(account: Account, dataDir: string): Promise<Place> {
  const base = openDataFolder(dataDir);
  try {
    return await prepareIn(base, account);
  } catch (error) {
    throw unusableFolder(dataDir, error);
  }
}

async function prepareIn(base: string, account: Account): Promise<Place> {
  if (Buffer.byteLength(base) > MAX_PATH_BYTES) throw wrongFolder(base, 'its path is too long for PostgreSQL');
  const home = await reachableHome(account, base);
  const password = await keepPassword(base);
  const folder = join(base, 'postgres');
  if (home !== base) await linkOutside(home, folder);
  await mkdir(folder, { recursive: true });
  const real = await realpath(folder);
  await chmod(real, 0o700);
  if (account) await chown(real, account.uid, account.gid);
  const log = join(base, 'postgres.log');
  await (await open(log, 'a', 0o600)).close();
  return { home, cluster: join(real, 'data'), log, password };
}

/**
 * The data folder itself where possible. Letting others enter it does not let them look inside: every secret in it is
 * readable by its owner alone. The folders above it are not ours to change, but for temporary ones.
 */
async function reachableHome(account: Account, base: string): Promise<string> {
  const closed = await closedFolders(account, base);
  const temporary = `${await realpath(tmpdir()).catch(tmpdir)}${sep}`;
  if (closed.every((folder) => folder === base || folder.startsWith(temporary))) {
    for (const folder of closed) await chmod(folder, (await stat(folder)).mode | 0o011);
    return base;
  }
  await mkdir(REACHABLE_HOME, { recursive: true });
  await chmod(REACHABLE_HOME, 0o755);
  return REACHABLE_HOME;
}

/** A link in the data folder leads to the cluster; without the link (the data folder was deleted) a new one begins. */
async function linkOutside(home: string, at: string): Promise<void> {
  const target = join(home, randomBytes(8).toString('hex'));
  try {
    await symlink(target, at);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return;
  }
  await mkdir(target, { recursive: true, mode: 0o700 });
}

/** Written aside and linked, so that a second process never reads half a password. */
async function keepPassword(base: string): Promise<string> {
  const path = join(base, 'postgres-password');
  const draft = `${path}.${process.pid}`;
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch {
    await writeFile(draft, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
    await link(draft, path)
      .catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw wrongFolder(base, `its filesystem makes no links (${error.code})`, error);
      })
      .finally(() => rm(draft));
    const password = (await readFile(path, 'utf8')).trim();
    await refuseOpenFile(path, base);
    return password;
  }
}

/** Some filesystems take a mode and do not keep it: everybody could read the password, and PostgreSQL would not start. */
async function refuseOpenFile(path: string, base: string): Promise<void> {
  if (process.platform === 'win32' || ((await stat(path)).mode & 0o077) === 0) return;
  await rm(path);
  throw wrongFolder(base, 'its filesystem keeps no file private');
}
