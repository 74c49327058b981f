import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Bundle, Flag, OperationOutcome, Task } from 'fhir/r4.js';
import { Agent, fetch as fetchOver } from 'undici';
import type { Service } from '../../src/commands/command.js';
import { registerCommand } from '../../src/commands/register.js';
import { createLog } from '../../src/log.js';
import { startService } from '../../src/main.js';
import { siteFromObject } from '../../src/site.js';
import { type Tables, tablesFor } from '../../src/tables.js';
import { hear } from '../commands/service.js';
import { contextOf, run } from '../commands/terminal.js';
import { NHS } from '../fhir/samples.js';
import { homeOf, OTHER, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { type FaultyCouncil, startFaultyCouncil } from '../support/council.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import {
  acknowledgementsFor,
  heldBy,
  type RunningService,
  startTestService,
  untilSettled,
} from '../support/service.js';
import { type Authority, authority, filesOf, type Issued } from '../wire/certificates.js';

const OURS = 'https://aftercare-bridge.example/fhir';
const BIRMINGHAM = 'E08000025';
const SOLIHULL = 'E08000029';
const THIRD = '9990000034';

const idsIn = ({ entry = [] }: Bundle): string[] => entry.map(({ resource }) => resource?.id ?? '').sort();
const wrongIn = ({ issue }: OperationOutcome): string => issue.map(({ diagnostics }) => diagnostics).join();

describe('a council fetches what it was told', () => {
  let database: TestDatabase;
  let council: FaultyCouncil;
  let service: RunningService;
  let base = '';

  beforeAll(async () => {
    database = await testDatabase();
    council = await startFaultyCouncil('Birmingham');
    const senders = [{ ods: '406', name: 'Birmingham City Council', feed: 'fhir-council' }];
    service = await startTestService({ databaseUrl: database.url, councils: { [BIRMINGHAM]: council.url }, senders });
    base = `http://127.0.0.1:${service.httpPort}/fhir`;
    await acknowledgementsFor(service.mllpPort, [homeOf(PERSON), homeOf(OTHER)]);
    await untilSettled(database.pool);
    await acknowledgementsFor(service.mllpPort, [homeOf(OTHER, { sentAt: '20260305100500', left: '20260302100000' })]);
    await untilSettled(database.pool);
  });
  afterAll(async () => {
    await service.close();
    await council.stop();
    await database.drop();
  });

  const get = async (path: string) => {
    const answer = await fetch(`${base}/${path}`);
    return { status: answer.status, json: await answer.json() };
  };
  const found = async (path: string) => (await get(path)).json as Bundle;
  const search = async (type: string, criteria: Record<string, string>) => {
    const answer = await fetch(`${base}/${type}/_search`, { method: 'POST', body: new URLSearchParams(criteria) });
    return { status: answer.status, json: await answer.json() };
  };
  const about = (number: string) => ({ 'subject:identifier': `${NHS}|${number}` });

  test.each([['Flag'], ['CarePlan'], ['EpisodeOfCare']] as const)(
    'each %s as it was sent, under our identifier',
    async (type) => {
      const sent = await heldBy(council.url, type);
      const given = (await found(type)).entry?.map(({ resource }) => resource) as typeof sent;
      expect(given).toHaveLength(2);
      for (const resource of given) {
        expect(resource.id).toBe(resource.identifier?.[0]?.value);
        const same = sent.find(({ identifier }) => identifier?.[0]?.value === resource.id);
        expect(resource).toMatchObject({ status: same?.status, extension: same?.extension ?? [] });
      }
    },
  );

  test('page by page everybody once, the latest version of each', async () => {
    const seen: string[] = [];
    for (let path: string | undefined = 'Flag?_count=1'; path !== undefined; ) {
      const page = await found(path);
      expect(page.entry?.length ?? 0).toBeLessThanOrEqual(1);
      seen.push(...idsIn(page));
      path = page.link?.find(({ relation }) => relation === 'next')?.url.replace(`${base}/`, '');
    }
    expect(seen.sort()).toEqual(idsIn(await found('Flag')));
    const versions = (await found('Flag')).entry?.map(({ resource }) => resource?.meta?.versionId).sort();
    expect(versions).toEqual(['1', '2']);
  });

  test('what was told since, and before; with nothing new there is no entry', async () => {
    const all = (await found('Flag')).entry?.map(({ resource }) => resource?.meta?.lastUpdated ?? '').sort() ?? [];
    const [first = '', last = ''] = all;
    expect(idsIn(await found(`Flag?_lastUpdated=ge${first}`))).toHaveLength(2);
    expect(idsIn(await found(`Flag?_lastUpdated=gt${last}`))).toEqual([]);
    expect(idsIn(await found(`Flag?_lastUpdated=ge${first}&_lastUpdated=lt${first}`))).toEqual([]);
    expect(idsIn(await found(`Flag?_lastUpdated=le${last}`))).toHaveLength(2);
    expect(idsIn(await found(`Flag?_lastUpdated=gt${last}&_lastUpdated=ge${first}`))).toEqual([]);
    expect(idsIn(await found('Flag?_lastUpdated=gt2026-01-01&_lastUpdated=lt2026-01-03'))).toEqual([]);
    expect(idsIn(await found(`Flag?_lastUpdated=gt${last}&_format=json&_pretty=true`))).toEqual([]);
    expect(await found(`Flag?_lastUpdated=gt${last}`)).not.toHaveProperty('entry');
  });

  test('of one person, by a body that no log holds; an address that names anybody is refused without repeating it', async () => {
    const { status, json } = await search('Flag', about(PERSON));
    expect(status).toBe(200);
    const [flag] = (json as Bundle<Flag>).entry ?? [];
    expect(flag?.resource?.subject.identifier?.value).toBe(PERSON);
    expect(idsIn((await search('Flag', about('9990000042'))).json as Bundle)).toEqual([]);
    for (const criterion of ['subject:identifier', 'patient', 'patient.identifier', 'identifier', '_id', PERSON]) {
      const refused = await get(`Flag?${criterion}=${NHS}|${PERSON}`);
      expect([criterion, refused.status]).toEqual([criterion, 400]);
      expect(wrongIn(refused.json as OperationOutcome)).not.toContain(PERSON);
    }
    const posted = await fetch(`${base}/Flag/_search?${new URLSearchParams(about(PERSON))}`, { method: 'POST' });
    expect(posted.status).toBe(400);
    expect(JSON.stringify(service.log)).not.toContain(PERSON);
  });

  test('what is asked for in a form that is not read is refused: passed over it would find everybody', async () => {
    for (const type of ['application/json', 'application/fhir+json', 'text/plain', 'multipart/form-data']) {
      const answer = await fetch(`${base}/Flag/_search`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: JSON.stringify(about(PERSON)),
      });
      expect([type, answer.status]).toEqual([type, 415]);
      expect(wrongIn((await answer.json()) as OperationOutcome)).toContain('application/x-www-form-urlencoded');
    }
  });

  test('a search that says nothing and gives no length asks for nothing, whatever form it names', async () => {
    const { hostname, port } = new URL(base);
    for (const line of ['', 'content-type: application/x-www-form-urlencoded\r\n']) {
      const socket = connect(Number(port), hostname);
      socket.write(`POST /fhir/Flag/_search HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n${line}\r\n`);
      expect(await text(socket)).toMatch(/^HTTP\/1.1 200 /);
    }
  });

  test('while a rebuild reads everything again, whoever fetches is told to wait', async () => {
    const rebuild = `with waits as (insert into nodes (node, due_since) values ('local:RXT::unfolded', '2020-01-01'))
                     insert into rebuilds (until_message, read_at) values (1, now())`;
    await database.pool.query(rebuild);
    const answer = await fetch(`${base}/Flag`);
    await database.pool.query("delete from rebuilds; delete from nodes where node = 'local:RXT::unfolded'");
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(wrongIn((await answer.json()) as OperationOutcome)).toContain('rebuild');
  });

  test.each([
    ['colour=blue'],
    ['_count=0'],
    ['_lastUpdated=2026-01-01'],
    ['_lastUpdated=geyesterday'],
    ['_page=x'],
    ['_format=xml'],
  ])('a criterion that is none, %s, is refused: passed over it would find too much', async (criterion) => {
    expect((await get(`Flag?${criterion}`)).status).toBe(400);
  });

  test('its Task is requested, is answered as it is, and says then what was answered', async () => {
    const mine = async () => {
      const { json } = await search('Task', about(PERSON));
      return (json as Bundle<Task>).entry?.[0]?.resource;
    };
    const task = await mine();
    expect(task).toMatchObject({
      status: 'requested',
      focus: { identifier: { system: `${OURS}/sid/episode` } },
      for: { identifier: { value: PERSON } },
      owner: { identifier: { value: '406' } },
    });
    const answered = {
      ...task,
      status: 'rejected',
      statusReason: { text: 'moved away' },
      meta: { lastUpdated: new Date().toISOString() },
    };
    const answer = await fetch(`${base}/Task/${task?.id}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify(answered),
    });
    expect(answer.status).toBe(200);
    await untilSettled(database.pool);
    expect(await mine()).toMatchObject({ status: 'rejected', statusReason: { text: 'moved away' } });
    expect(idsIn((await search('Flag', about(PERSON))).json as Bundle)).toHaveLength(1);
  });

  const answer = async (task: Task | undefined, over: Partial<Task>) => {
    const { status } = await fetch(`${base}/Task/${task?.id}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify({ ...task, ...over }),
    });
    await untilSettled(database.pool);
    return status;
  };
  const tasksOf = async (number: string) => {
    const { json } = await search('Task', about(number));
    return ((json as Bundle<Task>).entry ?? []).map(({ resource }) => resource);
  };

  test('a Task that comes back as it was fetched, with another status alone, is said when it comes', async () => {
    await acknowledgementsFor(service.mllpPort, [homeOf(THIRD)]);
    await untilSettled(database.pool);
    const [given] = await tasksOf(THIRD);
    const statusReason = { text: 'moved away' };
    for (const status of ['accepted', 'rejected', 'accepted', 'rejected'] as const) {
      expect(await answer(given, { status, ...(status === 'rejected' ? { statusReason } : {}) })).toBe(200);
      expect(await tasksOf(THIRD)).toMatchObject([{ status }]);
    }
    for (const status of ['accepted', 'rejected'] as const) {
      const [fetched] = await tasksOf(THIRD);
      expect(await answer(fetched, { status })).toBe(200);
      expect(await tasksOf(THIRD)).toMatchObject([{ status }]);
    }
  });

  test('of two times of aftercare each has a Task of its own: an answer to the one is none to the other', async () => {
    const number = '9990000042';
    await acknowledgementsFor(service.mllpPort, [homeOf(number)]);
    await untilSettled(database.pool);
    const [first] = await tasksOf(number);
    const again = {
      visit: 'V9',
      sentAt: '20260901100500',
      admitted: '20260801080000',
      left: '20260901100000',
      periods: [{ ...SECTION_3, id: 'P-again', from: '20260801', to: '20260820' }],
    };
    await acknowledgementsFor(service.mllpPort, [homeOf(number, again)]);
    await untilSettled(database.pool);
    const statuses = async () => {
      const tasks = await tasksOf(number);
      return [tasks.find((task) => task?.id === first?.id), tasks.find((task) => task?.id !== first?.id)];
    };
    const [, second] = await statuses();
    expect(await statuses()).toMatchObject([{ status: 'cancelled' }, { status: 'requested' }]);
    expect(await answer(first, { status: 'accepted', identifier: [{ value: 'C-OLD' }] })).toBe(200);
    expect(await statuses()).toMatchObject([{ status: 'accepted' }, { status: 'requested' }]);
    expect((await statuses())[1]).not.toHaveProperty('identifier');
    const answered = async () => {
      const terminal = contextOf(database, { tables: () => service.tables });
      const { told } = JSON.parse((await run(registerCommand, [number, '--json'], terminal)).out);
      return told.map(({ recordVersion, reply }: { recordVersion: number; reply: { outcome: string } | null }) => [
        recordVersion,
        reply?.outcome ?? null,
      ]);
    };
    expect(await answered()).toEqual([
      [2, null],
      [1, null],
    ]);
    expect(await answer(second, { status: 'rejected', statusReason: { text: 'moved away' } })).toBe(200);
    expect(await statuses()).toMatchObject([{ status: 'accepted' }, { status: 'rejected' }]);
    expect(await answered()).toEqual([
      [2, 'rejected'],
      [1, null],
    ]);
  });

  test('who was looked at is in the audit, and a type that is none is nowhere', async () => {
    const { rows } = await database.pool.query("select distinct who from audit where action = 'person-listed'");
    expect(rows).toEqual([{ who: 'local user' }]);
    expect((await get('Patient')).status).toBe(404);
    expect((await get('metadata')).json).toMatchObject({ resourceType: 'CapabilityStatement' });
  });
});

describe('who may read', () => {
  let database: TestDatabase;
  let ca: Authority;
  let shown: Record<'birmingham' | 'trust' | 'stranger', Issued>;
  let given: Tables;
  let service: Service;
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aftercare-pull-'));
    database = await testDatabase();
    ca = await authority('Invented CA');
    const [birmingham, trust, stranger] = await Promise.all(
      ['b.example', 't.example', 's.example'].map((name) => ca.issue(name)),
    );
    if (!birmingham || !trust || !stranger) throw new Error('no certificates');
    shown = { birmingham, trust, stranger };
    const boundTo = ({ cert }: Issued) => ({
      certificate: { fingerprint256: new X509Certificate(cert).fingerprint256 },
    });
    const site = siteFromObject({
      name: 'Test partnership',
      senders: [
        { ods: 'RXT', name: 'A trust', feed: 'zmh', ...boundTo(trust) },
        { ods: '406', name: 'Birmingham City Council', feed: 'fhir-council', ...boundTo(birmingham) },
      ],
      councils: [{ gss: BIRMINGHAM }, { gss: SOLIHULL }],
      icbs: [{ ods: 'QHL' }],
    });
    if (site.kind === 'problems') throw new Error(site.problems.join());
    given = tablesFor(site.site);
    await hear(
      [homeOf(PERSON), homeOf(OTHER, { periods: [{ ...SECTION_3, id: 'P9', council: SOLIHULL }] })],
      database,
      given,
    );
    service = await startService({
      config: {
        ...{
          databaseUrl: database.url,
          redisUrl: null,
          dataDir: folder,
          siteFile: null,
          host: '127.0.0.1',
          httpPort: 0,
        },
        mllp: { port: 0, maxBytes: 65_536 },
        tls: { ...filesOf(await ca.issue('bridge.example'), ca.cert), mllpPort: 0, httpsPort: 0 },
        ...{ logLevel: 'info', authMode: 'token' },
      },
      tables: given,
      roles: ['listen'],
      log: createLog('error', { write: () => {} }),
    });
  });
  afterAll(async () => {
    await service.close();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function flagsFor(identity: Issued | null, headers: Record<string, string> = {}) {
    const agent = new Agent({ connect: { ca: ca.cert, ...identity } });
    const answer = await fetchOver(`https://127.0.0.1:${service.httpsPort}/fhir/Flag`, { headers, dispatcher: agent });
    const json = (await answer.json()) as Bundle<Flag>;
    await agent.destroy();
    return [answer.status, ...(json.entry ?? []).map(({ resource }) => resource?.subject.identifier?.value).sort()];
  }

  test('a council by its certificate: what it was told itself, and nothing of another', async () => {
    expect(await flagsFor(shown.birmingham)).toEqual([200, PERSON]);
    const { rows } = await database.pool.query("select distinct who, role from audit where action = 'person-listed'");
    expect(rows).toEqual([{ who: '406', role: 'council' }]);
  });

  test('neither a trust by its own, nor a stranger, nor nobody; whoever holds the operator token reads everything', async () => {
    expect(await flagsFor(shown.trust)).toEqual([401]);
    expect(await flagsFor(shown.stranger)).toEqual([401]);
    expect(await flagsFor(null)).toEqual([401]);
    const token = (await readFile(join(folder, 'operator-token'), 'utf8')).trim();
    expect(await flagsFor(null, { authorization: `Bearer ${token}` })).toEqual([200, PERSON, OTHER].sort());
    const plain = await fetch(`http://127.0.0.1:${service.httpPort}/fhir/Flag`);
    expect([plain.status, ((await plain.json()) as OperationOutcome).resourceType]).toEqual([401, 'OperationOutcome']);
  });

  test('of one person everything, however few are asked for: no link could lead on', async () => {
    const told = (sentAt: string, council: string) =>
      homeOf(THIRD, { sentAt, periods: [{ ...SECTION_3, id: 'P8', council }] });
    await hear([told('20260303100000', SOLIHULL)], database, given);
    await hear([told('20260304100000', BIRMINGHAM)], database, given);
    const token = (await readFile(join(folder, 'operator-token'), 'utf8')).trim();
    const about: [string, string] = ['subject:identifier', `${NHS}|${THIRD}`];
    const few: [string, string] = ['_count', '1'];
    for (const criteria of [
      [few, about],
      [about, few],
    ]) {
      const answer = await fetch(`http://127.0.0.1:${service.httpPort}/fhir/Flag/_search`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: new URLSearchParams(criteria),
      });
      expect(((await answer.json()) as Bundle).entry).toHaveLength(2);
    }
  });
});
