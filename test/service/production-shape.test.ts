import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ROLES } from '../../src/commands/command.js';
import { adt, HOME, PERSON } from '../scenarios/adt.js';
import { assemble, copiesOf, execForm } from '../support/dockerfile.js';
import { describeNeeding } from '../support/needs.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { freePort, type Started, start, until } from '../support/process.js';
import { ENV, environmentOf, service, stage } from '../support/production-shape.js';
import { heldBy } from '../support/service.js';

describeNeeding('redis', 'the production shape, from what the image holds', () => {
  let folder: string;
  let image: string;
  let data: string;
  let database: TestDatabase & { empty: string };
  const running: Started[] = [];
  const roles = new Map<string, { process: Started; httpPort: number; mllpPort: number }>();
  let environment: Record<string, string>;
  let council: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aftercare-image-'));
    [image, data] = [join(folder, 'app'), join(folder, 'data')];
    await assemble(stage('service'), image);
    await mkdir(data);
    const made = await testDatabase();
    const name = `compose_${process.pid}`;
    await made.pool.query(`create database ${name}`);
    const empty = new URL(made.url);
    empty.pathname = `/${name}`;
    database = { ...made, empty: empty.href };
  });
  afterAll(async () => {
    for (const each of running.toReversed()) await each.kill('SIGTERM');
    await database.pool.query(`drop database compose_${process.pid} with (force)`);
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  /** The ENTRYPOINT with a command, where the image has it. */
  const run = (words: readonly string[], env: Record<string, string>): Started => {
    const [program = '', file = ''] = execForm(stage('service'), 'ENTRYPOINT');
    expect(program).toBe('node');
    const started = start(process.execPath, [join(image, file), ...words], env);
    running.push(started);
    return started;
  };

  test('Redis starts as it is told to, and its health check knows the password', async () => {
    const port = await freePort();
    const { command, environment: env = {}, healthcheck } = service('redis');
    const [program = '', ...words] = command;
    const redis = start(program, [...words, '--port', String(port), '--bind', '127.0.0.1', '--dir', folder]);
    running.push(redis);
    await redis.waitFor(/Ready to accept connections/);
    const [kind, client = '', ...check] = healthcheck?.test ?? [];
    expect([kind, client]).toEqual(['CMD', 'redis-cli']);
    const asked = (given: Record<string, string>) => start(client, ['-p', String(port), ...check], given).ended;
    expect(await asked(env)).toMatchObject({ code: 0 });
    expect((await asked({})).code).not.toBe(0);
    environment = {
      ...environmentOf('work'),
      HOST: '127.0.0.1',
      DATA_DIR: data,
      DATABASE_URL: database.empty,
      REDIS_URL: `redis://:${ENV.REDIS_PASSWORD}@127.0.0.1:${port}`,
      SITE_FILE: join(folder, 'site.yaml'),
    };
  });

  test('the invented council starts, and can be asked from elsewhere', async () => {
    const [, file = ''] = execForm(stage('demo'), 'ENTRYPOINT');
    const port = await freePort();
    const words = service('council').command.map((word) => (word === '9101' ? String(port) : word));
    const started = start(process.execPath, [file, ...words]);
    running.push(started);
    await started.waitFor(/http:\S+/);
    council = `http://127.0.0.1:${port}/fhir`;
    const site = readFileSync('site.compose.yaml', 'utf8').replace('http://council:9101/fhir', council);
    await writeFile(join(folder, 'site.yaml'), site);
    const [kind, , ...check] = service('council').healthcheck?.test ?? [];
    expect(kind).toBe('CMD');
    const asking = check.map((word) => word.replace(':9101', `:${port}`));
    expect(await start(process.execPath, asking).ended).toMatchObject({ code: 0 });
  });

  test('without DATABASE_URL the service says what to do', async () => {
    const { DATABASE_URL: _, ...rest } = environment;
    const ended = run(service('work').command, { ...rest, DATA_DIR: join(folder, 'elsewhere') });
    expect(await ended.ended).toMatchObject({ code: 3 });
    expect(ended.stderr()).toMatch(/^aftercare: system-unreachable: .*set DATABASE_URL to a PostgreSQL server/m);
  });

  test('the schema is made first, and ends', async () => {
    const migrated = run(service('migrate').command, environment);
    expect(await migrated.ended).toMatchObject({ code: 0 });
    expect(migrated.stdout()).toContain('The schema is up to date');
  });

  test('each role starts in a process of its own, and is healthy by the health check of the image', async () => {
    const [, ...check] = execForm(stage('service'), 'HEALTHCHECK');
    for (const role of ROLES) {
      const [httpPort, mllpPort] = [await freePort(), await freePort()];
      const ports = { HTTP_PORT: String(httpPort), MLLP_PORT: String(mllpPort) };
      const started = run(service(role).command, { ...environment, ...ports });
      await started.waitFor(new RegExp(`^ready: ${role}$`, 'm'));
      roles.set(role, { process: started, httpPort, mllpPort });
      expect(await start(process.execPath, check, ports).ended).toMatchObject({ code: 0 });
    }
    expect(await start(process.execPath, check, { HTTP_PORT: String(await freePort()) }).ended).toMatchObject({
      code: 1,
    });
  });

  test('a message that listen takes is confirmed by the council, and the console shows the person', async () => {
    const { mllpPort = 0 } = roles.get('listen') ?? {};
    const file = join(folder, 'home.hl7');
    await writeFile(file, adt(HOME));
    const sent = run(['send', file, '--to', `mllp://127.0.0.1:${mllpPort}`], environment);
    expect(await sent.ended).toMatchObject({ code: 0 });
    expect(sent.stdout()).toMatch(/: AA /);
    await until(async () => (await heldBy(council, 'Flag')).length > 0, 'a Flag at the council');
    expect(await heldBy(council, 'Flag')).toEqual([expect.objectContaining({ status: 'active' })]);
    await until(async () => (await run(['deliveries'], environment).ended).code === 0, 'the confirmation noted');

    const { httpPort = 0 } = roles.get('console') ?? {};
    const token = (await readFile(join(data, 'operator-token'), 'utf8')).trim();
    const found = await fetch(`http://127.0.0.1:${httpPort}/api/register/search`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ nhsNumber: PERSON }),
    });
    expect([found.status, await found.text()]).toEqual([200, expect.stringContaining('"active"')]);
    for (const page of ['/console/sign-in', '/console/assets/console.css'])
      expect((await fetch(`http://127.0.0.1:${httpPort}${page}`)).status).toBe(200);
  });

  test('each role does its own and nothing else', async () => {
    const status = async (role: string, path: string, method: string) =>
      (await fetch(`http://127.0.0.1:${roles.get(role)?.httpPort}${path}`, { method })).status;
    expect(await status('listen', '/console/sign-in', 'GET')).toBe(404);
    expect(await status('work', '/hl7', 'POST')).toBe(404);
    expect(await status('console', '/hl7', 'POST')).not.toBe(200);
    for (const role of ['work', 'console']) expect(roles.get(role)?.process.stderr()).not.toMatch(/MLLP/);
  });

  test('nothing but the operator token is written, so the rest may be read-only', async () => {
    expect(await readdir(data)).toEqual(['operator-token']);
    const top = [
      ...new Set(copiesOf(stage('service')).flatMap(({ to, sources }) => (to === './' ? sources : [to.split('/')[1]]))),
    ];
    expect((await readdir(image)).sort()).toEqual(top.sort());
  });

  test('told to stop, each ends by itself', async () => {
    for (const { process: each } of roles.values())
      expect(await each.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  });
});
