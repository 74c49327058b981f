import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ROLES } from '../src/commands/command.js';
import { readConfig, VARIABLES } from '../src/config.js';
import { loadSite } from '../src/site.js';
import { composeFrom, envFile, interpolatedIn, portsOf } from './support/compose.js';
import { copiesOf, valuesOf } from './support/dockerfile.js';
import { testDatabase } from './support/postgres.js';
import { startCli } from './support/process.js';
import { compose, environmentOf, service, stage, stages } from './support/production-shape.js';

const read = (file: string): string => readFileSync(file, 'utf8');
const text = read('docker-compose.yml');
const ofTheService = Object.entries(compose.services).filter(([, { build }]) => build?.target === 'service');

describe('docker-compose.yml', () => {
  test('starts every role once, each in a service of its own', () => {
    const roles = ofTheService.flatMap(([, { command }]) => (command[0] === 'serve' ? [command.slice(1)] : []));
    expect(roles).toEqual(ROLES.map((role) => ['--only', role]));
  });

  test('the service knows every command and option', async () => {
    const asked = ofTheService.map(([, { command }]) => startCli([...command, '--help']).ended);
    for (const { code } of await Promise.all(asked)) expect(code).toBe(0);
  });

  test.each(ofTheService)('%s: every variable is one that the service reads, and its value can be used', (name) => {
    const own = Object.keys(environmentOf(name)).filter((variable) => variable !== 'NODE_ENV');
    expect(own.filter((variable) => !VARIABLES.includes(variable))).toEqual([]);
    expect(readConfig(environmentOf(name), existsSync)).toMatchObject({ kind: 'config' });
  });

  test('what is written there to be switched on is known as well', () => {
    const commented = [...text.matchAll(/^ *# ([A-Z0-9_]+): (.+)$/gm)];
    const variables = Object.fromEntries(
      commented.map(([, name = '', value = '']) => [name, JSON.parse(`"${value.replaceAll('"', '')}"`)]),
    );
    expect(Object.keys(variables)).toContain('TLS_CERT_FILE');
    expect(readConfig({ ...environmentOf('listen'), ...variables }, existsSync)).toMatchObject({ kind: 'config' });
    expect(Object.keys(variables).filter((name) => !VARIABLES.includes(name))).toEqual([]);
  });

  test('the addresses of database and queue name services, users and passwords that are there', () => {
    const { DATABASE_URL = '', REDIS_URL = '' } = environmentOf('work');
    const [database, queue] = [new URL(DATABASE_URL), new URL(REDIS_URL)];
    expect(service(database.hostname).environment).toEqual({
      POSTGRES_USER: database.username,
      POSTGRES_PASSWORD: database.password,
      POSTGRES_DB: database.pathname.slice(1),
    });
    const { command, environment } = service(queue.hostname);
    expect(command.slice(-2)).toEqual(['--requirepass', queue.password]);
    expect(environment).toEqual({ REDISCLI_AUTH: queue.password });
  });

  test('MLLP and HTTP are published, and the ports are those on which the service listens', () => {
    const result = readConfig(environmentOf('listen'), existsSync);
    if (result.kind !== 'config') throw new Error(result.problems.join());
    const { mllp, httpPort, host } = result.config;
    expect(host).toBe('0.0.0.0');
    expect(portsOf(service('listen'))).toEqual([
      { address: null, published: 2575, own: mllp.port },
      { address: null, published: 8118, own: httpPort },
    ]);
    expect(portsOf(service('console'))).toEqual([{ address: '127.0.0.1', published: 8117, own: httpPort }]);
    const published = Object.values(compose.services).flatMap((each) => portsOf(each).map((port) => port.published));
    expect(new Set(published).size).toBe(published.length);
  });

  test('whoever waits for another waits for what it can tell', () => {
    for (const { depends_on = {} } of Object.values(compose.services)) {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        if (condition === 'service_healthy') expect(service(name).healthcheck).toBeDefined();
        else expect([condition, service(name).command]).toEqual(['service_completed_successfully', ['migrate']]);
      }
    }
  });

  test('every file that is mounted is there, every volume is declared and used', () => {
    const sources = Object.values(compose.services).flatMap(({ volumes = [] }) =>
      volumes.map((volume) => volume.split(':')[0] ?? ''),
    );
    const files = sources.filter((source) => source.startsWith('.'));
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
    const named = sources.filter((source) => !source.startsWith('.'));
    expect([...new Set(named)].sort()).toEqual(Object.keys(compose.volumes).sort());
  });

  test('what PostgreSQL keeps its data in is the volume, and settings are its own', async () => {
    expect(service('postgres').volumes).toEqual(['postgres:/var/lib/postgresql']); // of images from 18 on
    expect(service('postgres').image).toMatch(/^postgres:18\.\d+$/);
    const names = service('postgres').command.flatMap((word) => (word.includes('=') ? [word.split('=')[0]] : []));
    const database = await testDatabase();
    const { rows } = await database.pool.query('select name from pg_settings where name = any($1)', [names]);
    await database.drop();
    expect(rows).toHaveLength(names.length);
  });

  test('the site file can be used, and its councils are services here', () => {
    const result = loadSite('site.compose.yaml');
    if (result.kind !== 'site') throw new Error(result.problems.join());
    const urls = result.site.councils.flatMap(({ destination }) =>
      destination?.kind === 'fhir' ? [destination.url] : [],
    );
    expect(urls).toEqual(['http://council:9101/fhir']);
    expect(service('council').command).toEqual(expect.arrayContaining(['--port', '9101']));
    expect(portsOf(service('council'))).toEqual([{ address: '127.0.0.1', published: 9101, own: 9101 }]);
  });

  test('.env.example names every variable that is filled in, and no other; secrets have no default', () => {
    expect(Object.keys(envFile(read('.env.example'))).sort()).toEqual(interpolatedIn(text));
    expect(() => composeFrom(text, envFile(read('.env.example')))).toThrow('POSTGRES_PASSWORD: set it in .env');
    expect(read('.gitignore').split('\n')).toContain('.env');
  });
});

describe('the Dockerfile', () => {
  test('everything that is copied is there, and .dockerignore lets it through', () => {
    const let_in = read('.dockerignore')
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
    const copied = stages
      .flatMap(copiesOf)
      .filter(({ from }) => from === null)
      .flatMap(({ sources }) => sources);
    expect(copied.length).toBeGreaterThan(5);
    for (const source of copied) {
      expect([source, existsSync(source)]).toEqual([source, true]);
      expect([source, let_in.some((path) => source === path || source.startsWith(`${path}/`))]).toEqual([source, true]);
    }
  });

  test('images have an exact version and no registry of their own; Node.js is one that the project supports', () => {
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    const bases = stages.map(({ from }) => from).filter((from) => !stages.some(({ name }) => name === from));
    const others = [service('postgres').image, service('redis').image];
    for (const image of [...bases, ...others]) expect(image).toMatch(/^[a-z]+:\d+(?:\.\d+)+(?:-[a-z]+)*$/);
    for (const image of bases) {
      const [, major, minor] = /^node:(\d+)\.(\d+)\.\d+-bookworm-slim$/.exec(image) ?? [];
      expect(engines.node).toBe('>=20.19');
      expect([Number(major), Number(minor) >= 19]).toEqual([20, true]);
    }
  });

  test('what it runs are scripts of package.json, and npm ci runs none of others', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const ran = stages.flatMap((each) => valuesOf(each, 'RUN'));
    for (const [, name = ''] of ran.join('\n').matchAll(/npm run (\S+)/g)) expect(scripts[name]).toBeDefined();
    for (const line of ran.filter((each) => each.includes('npm ci'))) expect(line).toContain('--ignore-scripts');
    expect(stages.every((each) => !each.name.match(/demo|service/) || valuesOf(each, 'USER').at(-1) === 'node')).toBe(
      true,
    );
  });

  test('the ports that it names are those of the configuration', () => {
    const result = readConfig({ TLS_CERT_FILE: 'c', TLS_KEY_FILE: 'k' }, existsSync);
    if (result.kind !== 'config') throw new Error(result.problems.join());
    const { mllp, tls, httpPort } = result.config;
    const ports = [mllp.port, tls?.mllpPort, httpPort, tls?.httpsPort];
    expect(valuesOf(stage('service'), 'EXPOSE')).toEqual([ports.join(' ')]);
  });
});
