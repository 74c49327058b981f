import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { describeNeeding } from '../support/needs.js';
import { testDatabase } from '../support/postgres.js';
import { startCli } from '../support/process.js';
import { startRedis } from '../support/redis.js';

const MINUTES = 600_000;
const SMALL = ['--seconds', '1', '--connections', '4', '--rate', '50', '--persons', '12', '--messages', '120'];

/** Everything that the bench makes goes below a folder of the test's own, so that what it leaves is seen. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-test-'));
  // Where the tests run as root, the database's own account must be able to enter.
  await chmod(folder, 0o711);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Settings of an installation that must not reach the one that is measured. */
const FOREIGN = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', SITE_FILE: '/nowhere/site.yaml', HTTP_PORT: '1' };

const OUT = 'bench-test.json';
const bench = (...args: string[]) =>
  startCli(['bench', '--out', join(folder, OUT), ...args], { TMPDIR: folder, ...FOREIGN });

type Told = {
  rows: { measure: string; figure: number; target: object | null; met: boolean | null }[];
  problems: string[];
};

async function toldInFile(): Promise<Told & Record<string, unknown>> {
  const told = JSON.parse(await readFile(join(folder, OUT), 'utf8'));
  await rm(join(folder, OUT));
  return told;
}

const measuredIn = ({ rows }: Told): string[] => [...new Set(rows.map(({ measure }) => measure))];

/** Files below the test's folder, and processes that work there. */
async function left(): Promise<string[]> {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return [...(await readdir(folder)), ...commands.filter((command) => command.includes(folder))];
}

describe('the bench, very small', () => {
  test(
    'without a measure it does the usual ones: every count is right, and it leaves only the figures',
    async () => {
      const run = bench('--json', ...SMALL);
      const { code } = await run.ended;
      expect({ code, stdout: run.stdout(), stderr: run.stderr() }).toMatchObject({ code: 0 });
      const told = await toldInFile();
      expect(JSON.parse(run.stdout())).toEqual(told);
      expect(told.problems).toEqual([]);
      expect(measuredIn(told)).toEqual(['acks', 'people', 'disk', 'explain', 'start']);
      for (const { figure, target, met } of told.rows) {
        expect(Number.isFinite(figure)).toBe(true);
        expect(typeof met).toBe(target === null ? 'object' : 'boolean');
      }
      expect(told).toMatchObject({
        version: expect.any(String),
        machine: { cores: expect.any(Number), commitsPerSecond: expect.any(Number), inMemory: expect.any(Boolean) },
        database: { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' },
        options: { seconds: 1, connections: 4, perSecond: 50, persons: 12, messages: 120 },
      });
      expect(await left()).toEqual([]);
    },
    MINUTES,
  );

  test(
    'the long measures too, as a table',
    async () => {
      const run = bench(
        'backlog',
        'memory',
        'fold',
        'resolve',
        'import',
        'pages',
        'search',
        'rebuild',
        'plan',
        'reconcile',
        'reconcile-fhir',
        ...SMALL,
        '--persons',
        '24',
        '--messages',
        '240',
      );
      const { code } = await run.ended;
      expect({ code, stdout: run.stdout(), stderr: run.stderr() }).toMatchObject({ code: 0 });
      expect(run.stdout()).toMatch(/^MEASURE +WHAT +FIGURE +TARGET +MET$/m);
      expect(run.stdout()).toMatch(/^search +by NHS number.* at most 100 +(?:yes|no)$/m);
      expect(run.stdout()).not.toContain('WRONG');
      const told = await toldInFile();
      expect(measuredIn(told)).toEqual([
        ...[
          'backlog',
          'memory',
          'fold',
          'resolve',
          'import',
          'pages',
          'search',
          'rebuild',
          'plan',
          'reconcile',
          'reconcile-fhir',
        ],
      ]);
      expect(told.problems).toEqual([]);
      expect(await left()).toEqual([]);
    },
    MINUTES,
  );

  test.each([
    { when: 'while people are carried', args: ['people', ...SMALL], told: /queue on PostgreSQL/, signal: 'SIGINT' },
    {
      when: 'while the database is filled',
      args: ['pages', '--persons', '4000', '--messages', '4000'],
      told: /each is copied/,
      signal: 'SIGTERM',
    },
  ] as const)(
    'stopped $when by $signal it ends and removes everything',
    async ({ args, told, signal }) => {
      const run = bench(...args);
      await run.waitFor(told, MINUTES);
      expect(await run.kill(signal)).toEqual({ code: 1, signal: null });
      expect(run.stderr()).toContain('everything that was started is ended and removed');
      expect(await left()).toEqual([]);
    },
    MINUTES,
  );
});

describe('systems that are given', () => {
  test(
    'on a PostgreSQL it makes databases of its own, and drops them',
    async () => {
      const database = await testDatabase();
      // Beside those of other tests, which come and go.
      const own = "select datname from pg_database where datname !~ '^(test|template)_' order by 1";
      const names = async () => (await database.pool.query(own)).rows;
      const before = await names();
      const run = bench('disk', '--database-url', database.url, ...SMALL);
      const { code } = await run.ended;
      expect({ code, stdout: run.stdout(), stderr: run.stderr() }).toMatchObject({ code: 0 });
      expect(await toldInFile()).toMatchObject({ options: { databaseGiven: true }, problems: [] });
      expect(await names()).toEqual(before);
      expect((await database.pool.query('select from messages')).rowCount).toBe(0);
      await database.drop();
    },
    MINUTES,
  );

  test('a PostgreSQL that does not answer is said before anything is measured', async () => {
    const run = bench('acks', '--database-url', 'postgres://someone:secret@127.0.0.1:1/none', ...SMALL);
    expect(await run.ended).toMatchObject({ code: 3 });
    expect(run.stderr()).toContain('the database does not answer');
    expect(run.stderr()).not.toContain('secret');
    expect(await left()).toEqual([]);
  });

  describeNeeding('redis', 'Redis', () => {
    test('one that somebody uses is refused, and left as it is', async () => {
      const redis = await startRedis();
      const client = new Redis(redis.url);
      await client.set('aftercare:somebody', 'else');
      const run = bench('people', '--redis-url', redis.url, ...SMALL);
      expect(await run.ended).toMatchObject({ code: 3 });
      expect(run.stderr()).toContain('it is not empty');
      expect(await client.keys('*')).toEqual(['aftercare:somebody']);
      client.disconnect();
      await redis.close();
    });

    test(
      'an empty one is used, and empty again afterwards',
      async () => {
        const redis = await startRedis();
        const run = bench('people', '--redis-url', redis.url, ...SMALL);
        expect(await run.ended).toMatchObject({ code: 0 });
        expect(await toldInFile()).toMatchObject({ redis: { appendonly: 'yes', appendfsync: 'always' }, problems: [] });
        const client = new Redis(redis.url);
        expect(await client.dbsize()).toBe(0);
        client.disconnect();
        await redis.close();
      },
      MINUTES,
    );
  });
});

describe('used wrongly', () => {
  test.each([
    { story: 'a measure that does not exist', args: ['speed'], says: 'give measures out of acks, people' },
    { story: 'no number', args: ['acks', '--seconds', 'some'], says: '--seconds' },
    { story: 'nobody', args: ['people', '--persons', '0'], says: '--persons' },
  ])('$story: exit code 2', async ({ args, says }) => {
    const run = bench(...args);
    expect(await run.ended).toMatchObject({ code: 2 });
    expect(run.stderr()).toContain(says);
  });
});
