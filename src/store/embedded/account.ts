import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Fault } from '../../fault.js';

const run = promisify(execFile);

/** Whom the database server runs as. Null: as ourselves. */
export type Account = { uid: number; gid: number } | null;

/**
 * PostgreSQL refuses to run as root, and initdb wants an account with a name: `nobody` is on every system. A database that
 * an ordinary user made stays that user's.
 */
export async function serverAccount(dataDir: string): Promise<Account> {
  if (process.getuid?.() !== 0) return null;
  const made = await stat(join(dataDir, 'postgres', 'data')).catch(() => null);
  if (made && made.uid !== 0) return { uid: made.uid, gid: made.gid };
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', 'nobody']), run('id', ['-g', 'nobody'])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch (cause) {
    throw new Fault(
      {
        code: 'system-unreachable',
        where: 'embedded database',
        text: 'it cannot run as root, and this system has no account "nobody" to run it as',
        next: 'start the service as an ordinary user, or set DATABASE_URL',
      },
      { cause },
    );
  }
}

const OTHERS_MAY_ENTER = 0o001;

/** The folders on the way down to `folder`, and itself, that `account` may not enter. */
export async function closedFolders(account: Account, folder: string): Promise<string[]> {
  if (!account) return [];
  const closed: string[] = [];
  for (let at = resolve(folder); ; at = dirname(at)) {
    const { mode, uid } = await stat(at);
    if (uid !== account.uid && (mode & OTHERS_MAY_ENTER) === 0) closed.push(at);
    if (at === dirname(at)) return closed;
  }
}
