import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startCouncilProcess } from '../support/council.js';
import { start, startProgram, until } from '../support/process.js';
import { FLAG_SYSTEM, notice } from './fhir-samples.js';

let council: Awaited<ReturnType<typeof startCouncilProcess>>;
beforeAll(async () => {
  council = await startCouncilProcess();
});
afterAll(() => council?.stop());

type Answer = {
  status: number;
  headers: Headers;
  body: Record<string, never> & { entry?: { resource: Stored }[]; total?: number };
};
type Stored = {
  id: string;
  resourceType: string;
  status?: string;
  subject?: { reference: string };
  meta: { versionId: string };
};

async function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await fetch(`${council.url}${path}`, {
    method,
    headers: { 'content-type': 'application/fhir+json', ...headers },
    body: body === undefined ? null : JSON.stringify(body),
  });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

async function found(type: string, identifier: string): Promise<Stored[]> {
  const { body } = await ask('GET', `/${type}?identifier=${encodeURIComponent(identifier)}`);
  return (body.entry ?? []).map(({ resource }) => resource);
}
const patients = (nhsNumber: string) => found('Patient', `https://fhir.nhs.uk/Id/nhs-number|${nhsNumber}`);
const flags = (uuid: string) => found('Flag', `${FLAG_SYSTEM}|${uuid}`);

describe('the council of the tests and the demonstration', () => {
  test('it says what it is', async () => {
    expect(await ask('GET', '/metadata')).toMatchObject({ status: 200, body: { resourceType: 'CapabilityStatement' } });
  });

  test('a transaction creates the person and a Flag about them; the same again changes nobody and repeats nothing', async () => {
    const uuid = randomUUID();
    const first = await ask('POST', '', notice({ uuid }));
    const again = await ask('POST', '/', notice({ uuid }));
    expect([first.status, again.status]).toEqual([200, 200]);

    const [patient, ...others] = await patients('9990000018');
    expect(others).toEqual([]);
    const held = await flags(uuid);
    expect(held).toHaveLength(1);
    expect(held[0]?.subject?.reference).toBe(`Patient/${patient?.id}`);
    expect([patient?.meta.versionId, held[0]?.meta.versionId]).toEqual(['1', '2']);
  });

  test('an entry whose ifMatch is stale stops the whole transaction: nothing of it stays', async () => {
    const uuid = randomUUID();
    await ask('POST', '', notice({ uuid }));
    await ask('POST', '', notice({ uuid, status: 'inactive', ifMatch: 'W/"1"' }));
    const stale = await ask('POST', '', notice({ uuid, nhsNumber: '9990000026', ifMatch: 'W/"1"' }));

    expect(stale).toMatchObject({ status: 412, body: { resourceType: 'OperationOutcome' } });
    expect(await patients('9990000026')).toEqual([]);
    expect(await flags(uuid)).toMatchObject([{ status: 'inactive', meta: { versionId: '2' } }]);
  });

  test('ifMatch on a Flag that is not there is refused, not taken for a new one', async () => {
    const uuid = randomUUID();
    const answer = await ask('POST', '', notice({ uuid, ifMatch: 'W/"1"' }));
    expect(answer.status).toBe(412);
    expect(await flags(uuid)).toEqual([]);
  });

  test('a refused transaction undoes an update as well, and the next version counts on from what stands', async () => {
    const [kept, broken] = [randomUUID(), randomUUID()];
    await ask('POST', '', notice({ uuid: kept }));
    const both = notice({ uuid: kept, status: 'inactive' });
    both.entry.push(...notice({ uuid: broken, ifMatch: 'W/"9"' }).entry.slice(1));
    await ask('POST', '', notice({ uuid: broken }));

    expect((await ask('POST', '', both)).status).toBe(412);
    expect(await flags(kept)).toMatchObject([{ status: 'active', meta: { versionId: '1' } }]);
    await ask('POST', '', notice({ uuid: kept, status: 'inactive' }));
    expect(await flags(kept)).toMatchObject([{ status: 'inactive', meta: { versionId: '2' } }]);
  });

  test('transactions that come together are taken one after the other: one person, one Flag', async () => {
    const uuid = randomUUID();
    await Promise.all(Array.from({ length: 12 }, () => ask('POST', '', notice({ uuid, nhsNumber: '9990000034' }))));
    expect(await patients('9990000034')).toHaveLength(1);
    expect(await flags(uuid)).toMatchObject([{ meta: { versionId: '12' } }]);
  });

  test('a person with a long history comes in one long transaction, the first time and again', async () => {
    const uuids = Array.from({ length: 12 }, () => randomUUID());
    const bundle = notice({ uuid: uuids[0] ?? '', nhsNumber: '9990000042' });
    for (const uuid of uuids.slice(1)) bundle.entry.push(...notice({ uuid }).entry.slice(1));
    const first = await ask('POST', '', bundle);
    const again = await ask('POST', '', bundle);

    const held = (await Promise.all(uuids.map(flags))).flat();
    const [patient, ...others] = await patients('9990000042');
    expect(others).toEqual([]);
    expect(held.map(({ meta }) => meta.versionId)).toEqual(uuids.map(() => '2'));
    expect(new Set(held.map(({ subject }) => subject?.reference))).toEqual(new Set([`Patient/${patient?.id}`]));
    const statuses = ({ body }: Answer) =>
      body.entry?.map((entry) => (entry as { response?: { status?: string } }).response?.status);
    expect(statuses(first)).toEqual(['201', ...uuids.map(() => '201')]);
    expect(statuses(again)).toEqual(['200', ...uuids.map(() => '200')]);

    const stale = notice({ uuid: randomUUID(), nhsNumber: '9990000050' });
    for (const uuid of uuids)
      stale.entry.push(...notice({ uuid, status: 'inactive', ifMatch: 'W/"1"' }).entry.slice(1));
    expect((await ask('POST', '', stale)).status).toBe(412);
    expect(await patients('9990000050')).toEqual([]);
  });

  test('every version is kept, newest first, however often it is asked for', async () => {
    const uuid = randomUUID();
    for (const status of ['active', 'inactive', 'active']) await ask('POST', '', notice({ uuid, status }));
    const [flag] = await flags(uuid);
    for (const _time of [1, 2]) {
      const { body } = await ask('GET', `/Flag/${flag?.id}/_history`);
      expect(body.entry?.map(({ resource }) => resource.meta.versionId)).toEqual(['3', '2', '1']);
    }
    expect(await ask('GET', `/Flag/${flag?.id}/_history/2`)).toMatchObject({
      status: 200,
      body: { status: 'inactive' },
    });
  });

  test('single requests: If-None-Exist, ETag, Location, If-Match, search by POST, not found', async () => {
    const value = randomUUID();
    const flag = { resourceType: 'Flag', identifier: [{ system: FLAG_SYSTEM, value }], status: 'active' };
    const ifNoneExist = { 'if-none-exist': `identifier=${FLAG_SYSTEM}|${value}` };
    const created = await ask('POST', '/Flag', flag, ifNoneExist);
    const { id } = (await flags(value))[0] ?? { id: '' };
    expect(created.status).toBe(201);
    expect(created.headers.get('etag')).toBe('W/"1"');
    expect(created.headers.get('location')).toBe(`/fhir/Flag/${id}`);
    expect((await ask('POST', '/Flag', flag, ifNoneExist)).status).toBe(200);

    expect((await ask('PUT', `/Flag/${id}`, { ...flag, id }, { 'if-match': 'W/"7"' })).status).toBe(412);
    expect((await ask('PUT', `/Flag/${id}`, { ...flag, id }, { 'if-match': 'W/"1"' })).headers.get('etag')).toBe(
      'W/"2"',
    );

    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const search = await fetch(`${council.url}/Flag/_search`, {
      method: 'POST',
      headers: form,
      body: `identifier=${FLAG_SYSTEM}|${value}`,
    });
    expect(await search.json()).toMatchObject({ total: 1 });
    expect((await ask('GET', '/Flag/nobody')).status).toBe(404);
  });
});

describe('the process of a council', () => {
  test('ends when it is asked to', async () => {
    const program = startProgram('demo/council-main.js', ['--name', 'Brief']);
    await program.waitFor(/http:/);
    expect(await program.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  });

  test('ends when the program that started it is killed', async () => {
    const spawnIt = `require('node:child_process').spawn(process.execPath, ['dist/demo/council-main.js'], { stdio: 'inherit' })`;
    const parent = start(process.execPath, ['-e', spawnIt]);
    const [url] = await parent.waitFor(/http:\S+/);
    parent.child.kill('SIGKILL');
    await until(
      () =>
        fetch(`${url}/metadata`).then(
          () => false,
          () => true,
        ),
      'the council to end',
    );
  });

  test('prints no patient data, only what kind of request was answered how', async () => {
    const program = startProgram('demo/council-main.js', ['--name', 'Quiet']);
    const [url] = await program.waitFor(/http:\S+/);
    await fetch(`${url}/Patient?identifier=9990000018`);
    await program.waitFor(/Quiet: GET Patient 200/);
    const unreadable = {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: '9990000018 is no JSON',
    };
    expect((await fetch(`${url}/Patient`, unreadable)).status).toBe(400);
    await fetch(`${url}/Flag`);
    await program.waitFor(/Quiet: GET Flag 200/);
    expect(program.stderr() + program.stdout()).not.toContain('9990000018');
    await program.kill();
  });
});
