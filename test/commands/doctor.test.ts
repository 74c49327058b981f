import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { doctorCommand } from '../../src/commands/doctor.js';
import { openContext } from '../../src/context.js';
import type { Finding } from '../../src/flow/finding.js';
import { keepPresent } from '../../src/flow/presence.js';
import { createLog } from '../../src/log.js';
import { deliveryStore } from '../../src/store/deliveries.js';
import { inboxStore } from '../../src/store/inbox.js';
import { ledgerStore } from '../../src/store/ledger.js';
import { pauseStore } from '../../src/store/pauses.js';
import { personKeyStore } from '../../src/store/person-keys.js';
import { keyFor, version } from '../store/given.js';
import { incoming } from '../store/messages.js';
import { startCouncilProcess } from '../support/council.js';
import { describeNeeding } from '../support/needs.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { freePort, start } from '../support/process.js';
import { startRedis } from '../support/redis.js';
import { startTestService } from '../support/service.js';
import { until } from '../support/until.js';
import { run } from './terminal.js';

const folder = mkdtempSync(join(tmpdir(), 'aftercare-doctor-'));
const log = createLog('silent');
let database: TestDatabase;
let council: Awaited<ReturnType<typeof startCouncilProcess>>;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  [database, council] = await Promise.all([testDatabase(), startCouncilProcess()]);
});
afterAll(async () => {
  for (const close of closing) await close();
  await council.stop();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

let sites = 0;
function siteWith(url: string, more = ''): string {
  const file = join(folder, `site-${++sites}.yaml`);
  writeFileSync(
    file,
    `name: Test partnership
senders: [{ ods: RXT, name: A trust, feed: zmh }]
councils:
  - { gss: E08000025, destination: { kind: fhir, url: "${url}" } }
${more}`,
  );
  return file;
}

/** What the doctor says of an installation, as a shell would hear it. */
async function examined(environment: Record<string, string>) {
  const context = openContext({
    DATABASE_URL: database.url,
    DATA_DIR: folder,
    SITE_FILE: siteWith(council.url),
    ...environment,
  });
  try {
    const { code, out } = await run(doctorCommand, ['--json'], context);
    const findings: Finding[] = JSON.parse(out);
    return { code, findings, bad: findings.filter(({ state }) => state === 'wrong' || state === 'out-of-reach') };
  } finally {
    await context.close();
  }
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => server.close());
  const bound = server.address();
  return `http://127.0.0.1:${typeof bound === 'object' && bound ? bound.port : 0}/fhir`;
}

const metadata = (statement: object, headers: Record<string, string> = {}) =>
  listening(
    createServer((_, res) => {
      res.writeHead(200, { 'content-type': 'application/fhir+json', ...headers });
      res.end(JSON.stringify({ resourceType: 'CapabilityStatement', fhirVersion: '4.0.1', ...statement }));
    }),
  );

describe('an installation that is well', () => {
  test('every part is named, and the exit code is 0', async () => {
    const { code, findings, bad } = await examined({});
    expect(bad).toEqual([]);
    expect(code).toBe(0);
    const parts = new Set(findings.map(({ part }) => part));
    for (const part of [
      'configuration',
      'feed zmh',
      'database',
      'schema',
      'clock',
      'disk',
      'queue',
      'certificates',
      'council E08000025',
    ]) {
      expect(parts).toContain(part);
    }
  });

  test('as a person reads it', async () => {
    const context = openContext({ DATABASE_URL: database.url, DATA_DIR: folder, SITE_FILE: siteWith(council.url) });
    const { out } = await run(doctorCommand, [], context);
    await context.close();
    expect(out).toMatch(/^ok +configuration +every value can be used; the site is Test partnership$/m);
    expect(out).toMatch(/^cannot be checked +disk +the disk of the database server/m);
    expect(out).toMatch(/^cannot be checked +role work +none runs/m);
    expect(out).toMatch(/Nothing to mend, as far as can be seen\.$/);
  });
});

describe('what is wrong', () => {
  test('the configuration: each value has its line, nothing else is looked at, exit code 2', async () => {
    const { code, bad } = await examined({ MLLP_PORT: 'often', LOG_LEVEL: 'loud' });
    expect(code).toBe(2);
    expect(bad).toMatchObject([
      { part: 'configuration', text: expect.stringMatching(/^MLLP_PORT: /) },
      { part: 'configuration', text: expect.stringMatching(/^LOG_LEVEL: /) },
    ]);
  });

  test('the site file, exit code 2', async () => {
    const { code, bad } = await examined({ SITE_FILE: siteWith(council.url, 'colour: blue\n') });
    expect(code).toBe(2);
    expect(bad).toMatchObject([{ part: 'configuration', text: expect.stringMatching(/:5: colour is not a setting/) }]);
  });

  test('a database that does not answer, exit code 3; the rest is looked at all the same', async () => {
    const { code, findings, bad } = await examined({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
    expect(code).toBe(3);
    expect(bad).toMatchObject([
      { part: 'database', state: 'out-of-reach', next: expect.stringMatching(/check that it runs/) },
    ]);
    expect(findings).toContainEqual(expect.objectContaining({ part: 'council E08000025', state: 'ok' }));
  });

  test('a database that forgets what it confirmed', async () => {
    const url = `${database.url}?options=-c%20synchronous_commit%3Doff`;
    const { code, bad } = await examined({ DATABASE_URL: url });
    expect(code).toBe(1);
    expect(bad).toMatchObject([{ part: 'database', text: expect.stringMatching(/synchronous_commit is off/) }]);
  });

  test('a schema of another version', async () => {
    await database.pool.query("insert into schema_migrations (version, name) values (9999, '9999_later.sql')");
    const newer = await examined({});
    await database.pool.query('delete from schema_migrations where version = 9999');
    expect(newer.bad).toMatchObject([{ part: 'schema', text: expect.stringMatching(/9999_later/) }]);
    await database.pool.query('update schema_migrations set version = 5000 where version = 1');
    const older = await examined({});
    await database.pool.query('update schema_migrations set version = 1 where version = 5000');
    expect(older.code).toBe(1);
  });

  test.each<{ story: string; url: () => Promise<string>; code: number; says: RegExp }>([
    {
      story: 'a council that does not answer',
      url: async () => `http://127.0.0.1:${await freePort()}/fhir`,
      code: 3,
      says: /does not answer \(ECONNREFUSED\)/,
    },
    {
      story: 'an address that is no FHIR server',
      url: () => listening(createServer((_, res) => res.writeHead(404).end())),
      code: 1,
      says: /answers 404/,
    },
    {
      story: 'another version of FHIR',
      url: () => metadata({ fhirVersion: '3.0.2' }),
      code: 1,
      says: /FHIR 3.0.2, not R4/,
    },
    {
      story: 'a server without transactions',
      url: () => metadata({ rest: [{ mode: 'server', interaction: [{ code: 'batch' }] }] }),
      code: 1,
      says: /does not take transactions/,
    },
    {
      story: 'a clock of yesterday',
      url: () => metadata({}, { date: new Date(Date.now() - 86_400_000).toUTCString() }),
      code: 1,
      says: /seconds apart/,
    },
  ])('$story', async ({ url, code, says }) => {
    const found = await examined({ SITE_FILE: siteWith(await url()) });
    expect(found.bad).toMatchObject([{ part: 'council E08000025', text: expect.stringMatching(says) }]);
    expect(found.code).toBe(code);
  });

  test('a council without a destination cannot be checked, and is named', async () => {
    const { code, findings } = await examined({ SITE_FILE: siteWith(council.url, '  - { gss: E08000029 }\n') });
    expect(code).toBe(0);
    expect(findings).toContainEqual(expect.objectContaining({ part: 'council E08000029', state: 'unchecked' }));
  });

  test('a Redis that does not answer, exit code 3', async () => {
    const { code, bad } = await examined({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
    expect(code).toBe(3);
    expect(bad).toMatchObject([{ part: 'queue', state: 'out-of-reach' }]);
  });
});

describe('what the service does', () => {
  afterEach(async () => {
    await database.pool.query('truncate messages, publications, paused_bodies, processes cascade');
  });

  const roles = (findings: readonly Finding[]) =>
    findings
      .filter(({ part }) => part.startsWith('role '))
      .map(({ part, state, text }) => `${part}: ${state}, ${text}`);
  const killed = (role: string) =>
    database.pool.query(
      `insert into processes (id, role, host, seen_at) values ($1, $2, 'host1', now() - interval '3 h')`,
      [randomUUID(), role],
    );

  test('a service that runs is seen, and once it was stopped it is not missed', async () => {
    const service = await startTestService({ councils: {}, databaseUrl: database.url });
    const isSeen = async () => (await database.pool.query('select from processes')).rowCount === 3;
    await until(isSeen);
    const running = await examined({});
    expect(roles(running.findings)).toEqual([
      `role listen: ok, 1 process runs (${hostname()})`,
      `role work: ok, 1 process runs (${hostname()})`,
    ]);
    await service.close();
    const stopped = await examined({});
    expect(roles(stopped.findings)).toEqual([
      'role listen: unchecked, none runs; whether one should cannot be seen from here',
      'role work: unchecked, none runs; whether one should cannot be seen from here',
    ]);
    expect(stopped.code).toBe(0);
  });

  test('a process that was killed is missed, until another one has taken its place', async () => {
    await killed('work');
    const { code, bad } = await examined({});
    expect(code).toBe(1);
    expect(bad).toMatchObject([
      {
        part: 'role work',
        text: 'none runs: the last, on host1, was seen 3 hours ago and did not end as it should',
        next: expect.stringMatching(/aftercare serve --only work/),
      },
    ]);
    const end = keepPresent({ pool: database.pool, roles: ['listen', 'work'], log });
    await until(async () => (await examined({})).code === 0);
    await end();
    expect((await database.pool.query('select from processes')).rowCount).toBe(0);
  });

  test('a role that nobody has while others run is missed', async () => {
    const end = keepPresent({ pool: database.pool, roles: ['listen'], log });
    await until(async () => (await database.pool.query('select from processes')).rowCount === 1);
    const { bad } = await examined({});
    await end();
    expect(bad).toMatchObject([{ part: 'role work', text: 'none runs, while processes with other roles do' }]);
  });

  test('work that waits for nobody, what is parked, and a council that is paused, each with what to do', async () => {
    const body = 'E08000025';
    const ledger = ledgerStore(database.pool);
    for (const node of ['local:RXT:MRN:D1', 'local:RXT:MRN:D2'])
      await ledger.publish([version((await keyFor(personKeyStore(database.pool), [node])).key, 1, { body })]);
    const [claim] = await deliveryStore(database.pool).claim(body, 1);
    if (!claim) throw new Error('nothing is due');
    await deliveryStore(database.pool).park({ claim, fault: 'council-refused', outcome: null });
    await pauseStore(database.pool).pause({ body, pausedBy: 'Alex Engineer', reason: 'the council moves its server' });
    const fault = {
      code: 'code-unmapped',
      where: 'ZMH-3.1',
      text: 'code "11" is in no table',
      next: 'add it',
    } as const;
    await inboxStore(database.pool).acceptBatch([incoming({ state: 'parked', fault })]);

    const { code, bad, findings } = await examined({});
    expect(code).toBe(1);
    expect(bad).toMatchObject([
      { part: 'role work', text: 'none runs, and work waits for one' },
      {
        part: `council ${body}`,
        text: expect.stringMatching(
          /^paused by Alex Engineer since \d{4}-\S+Z: it is sent nothing, and 2 versions wait$/,
        ),
        next: expect.stringMatching(/resume it there/),
      },
      {
        part: `council ${body}`,
        text: '1 delivery is parked',
        next: `"aftercare deliveries --council ${body} --state parked" lists them`,
      },
    ]);
    expect(findings).toContainEqual({
      part: 'messages',
      state: 'for-a-person',
      text: '1 is parked',
      next: '"aftercare messages --state parked" lists them',
    });
    expect(JSON.stringify(findings)).not.toContain('moves its server');
  });
});

describeNeeding('redis', 'the queue on Redis', () => {
  test('one that keeps what it is given is well', async () => {
    const redis = await startRedis();
    closing.push(redis.close);
    const { code, findings } = await examined({ REDIS_URL: redis.url });
    expect(code).toBe(0);
    expect(findings.filter(({ part }) => part === 'queue').map(({ text }) => text)).toEqual([
      expect.stringMatching(/^Redis \d/),
      'maxmemory-policy is noeviction',
      'appendonly is on',
    ]);
  });

  test('one that may throw jobs away, and one that wants a password', async () => {
    const [port, closed] = [await freePort(), await freePort()];
    const forgetful = start('redis-server', [
      '--port',
      String(port),
      '--save',
      '',
      '--maxmemory-policy',
      'allkeys-lru',
    ]);
    const locked = start('redis-server', ['--port', String(closed), '--save', '', '--requirepass', 'secret']);
    closing.push(
      () => forgetful.kill(),
      () => locked.kill(),
    );
    await Promise.all([forgetful, locked].map((server) => server.waitFor(/Ready to accept/)));
    const one = await examined({ REDIS_URL: `redis://127.0.0.1:${port}` });
    expect(one).toMatchObject({ code: 1, bad: [{ part: 'queue', text: expect.stringMatching(/allkeys-lru/) }] });
    const other = await examined({ REDIS_URL: `redis://127.0.0.1:${closed}` });
    expect(other).toMatchObject({
      code: 3,
      bad: [{ part: 'queue', text: expect.stringMatching(/refuses the password/) }],
    });
  });
});
