import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type FhirDestination, fhirDestination } from '../../src/wire/fhir.js';
import { type FaultyCouncil, startFaultyCouncil } from '../support/council.js';
import { freePort } from '../support/process.js';
import { flagKey, notice } from './fhir-samples.js';

const TO = 'E08000025';
const open: FhirDestination[] = [];
let council: FaultyCouncil;

beforeAll(async () => {
  council = await startFaultyCouncil();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((destination) => destination.close()));
});
afterAll(() => council?.stop());

function destination(
  options: { url?: string; timeoutMs?: number; headers?: Record<string, string> } = {},
): FhirDestination {
  const one = fhirDestination({ to: TO, url: council.url, timeoutMs: 5000, ...options });
  open.push(one);
  return one;
}

const outcome = {
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code: 'invalid', diagnostics: 'nhs 9990000018' }],
};

/** What really stands at the council, asked past the faults. */
async function versionsHeld(uuid: string): Promise<(string | null)[]> {
  const answer = await destination({ url: council.directUrl }).readHeld([flagKey(uuid)]);
  return answer.kind === 'held' ? answer.held.map(({ versionId }) => versionId) : ['unread'];
}

describe('a council that answers', () => {
  test('confirms a notice, names what it made of each entry, and shows it when read', async () => {
    const [uuid, unknown] = [randomUUID(), randomUUID()];
    const one = destination();
    expect(await one.transaction(notice({ uuid }))).toMatchObject({
      kind: 'confirmed',
      entries: [{ location: expect.stringMatching(/^Patient\//) }, { location: expect.stringMatching(/^Flag\//) }],
    });
    expect(await one.readHeld([flagKey(uuid), flagKey(unknown)])).toMatchObject({
      kind: 'held',
      held: [{ ...flagKey(uuid), id: expect.any(String), versionId: '1', resource: { status: 'active' } }],
    });
  });

  test('a notice that came twice on the way leaves one Flag', async () => {
    const uuid = randomUUID();
    council.next({ kind: 'twice' });
    expect(await destination().transaction(notice({ uuid }))).toMatchObject({ kind: 'confirmed' });
    expect(await versionsHeld(uuid)).toEqual(['2']);
  });

  test('addresses carry no NHS number, in reading or in sending', async () => {
    const uuid = randomUUID();
    const before = council.seen.length;
    await destination().transaction(notice({ uuid }));
    await destination().readHeld([flagKey(uuid)]);
    expect(council.seen.slice(before)).toEqual(['POST /fhir/', 'GET /fhir/Flag']);
  });

  test('changed meanwhile by the council itself: a version conflict, nothing overwritten', async () => {
    const uuid = randomUUID();
    await destination().transaction(notice({ uuid }));
    await destination().transaction(notice({ uuid }));
    const late = await destination().transaction(notice({ uuid, status: 'inactive', ifMatch: 'W/"1"' }));
    expect(late).toMatchObject({ kind: 'trouble', detail: { code: 'version-conflict', where: TO }, httpStatus: 412 });
    expect(await versionsHeld(uuid)).toEqual(['2']);
  });
});

describe('a council that provably has nothing', () => {
  test('nobody listens', async () => {
    await council.refuseConnections();
    const answer = await destination().transaction(notice({ uuid: randomUUID() }));
    await council.acceptConnections();
    expect(answer).toMatchObject({
      detail: { code: 'council-unavailable', text: 'cannot be connected to (ECONNREFUSED)' },
      httpStatus: null,
    });
  });

  test('its name does not exist', async () => {
    const answer = await destination({ url: 'http://council.invalid/fhir' }).readHeld([flagKey(randomUUID())]);
    expect(answer).toMatchObject({ detail: { code: 'council-unavailable' } });
  });

  test.each([
    { story: 'seconds', status: 503, header: '120', expected: 120_000 },
    { story: 'too many requests', status: 429, header: '1', expected: 1000 },
    { story: 'no wish', status: 503, header: undefined, expected: null },
    { story: 'nonsense', status: 503, header: 'soon', expected: null },
    { story: 'longer than a day', status: 503, header: '99999999', expected: 86_400_000 },
    { story: 'a date gone by', status: 503, header: 'Wed, 21 Oct 2015 07:28:00 GMT', expected: 0 },
  ])('busy, asking to wait: $story', async ({ status, header, expected }) => {
    council.next({ kind: 'answer', status, ...(header ? { headers: { 'retry-after': header } } : {}) });
    expect(await destination().transaction(notice({ uuid: randomUUID() }))).toMatchObject({
      detail: { code: 'council-unavailable' },
      httpStatus: status,
      retryAfterMs: expected,
    });
  });

  test('busy until a date', async () => {
    const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
    council.next({ kind: 'answer', status: 503, headers: { 'retry-after': inAnHour } });
    const answer = await destination().transaction(notice({ uuid: randomUUID() }));
    if (answer.kind !== 'trouble') throw new Error('expected trouble');
    expect(Number.isInteger(answer.retryAfterMs)).toBe(true);
    expect(Math.abs((answer.retryAfterMs ?? 0) - 3_600_000)).toBeLessThan(60_000);
  });
});

describe('a council that may have it', () => {
  test('it took the notice, and the answer was lost: reading shows that it has it', async () => {
    const uuid = randomUUID();
    council.next({ kind: 'drop-answer' });
    expect(await destination().transaction(notice({ uuid }))).toMatchObject({ detail: { code: 'no-reply' } });
    expect(await destination().readHeld([flagKey(uuid)])).toMatchObject({ held: [{ versionId: '1' }] });
  });

  test('the connection was lost before it took it: reading shows that it has nothing', async () => {
    const uuid = randomUUID();
    council.next({ kind: 'drop-request' });
    expect(await destination().transaction(notice({ uuid }))).toMatchObject({ detail: { code: 'no-reply' } });
    expect(await destination().readHeld([flagKey(uuid)])).toEqual({ kind: 'held', held: [] });
  });

  test('it is too slow, and takes the notice after we stopped waiting', async () => {
    council.next({ kind: 'delay', ms: 800 });
    const answer = await destination({ timeoutMs: 200 }).transaction(notice({ uuid: randomUUID() }));
    expect(answer).toMatchObject({ detail: { code: 'no-reply', text: 'did not answer in time' } });
  });

  test.each([408, 500, 502, 504])('a gateway or a failing server answers %i', async (status) => {
    council.next({ kind: 'answer', status, headers: { 'retry-after': '5' } });
    expect(await destination().transaction(notice({ uuid: randomUUID() }))).toMatchObject({
      detail: { code: 'no-reply' },
      retryAfterMs: 5000,
    });
  });

  test.each([
    { story: 'a sign-in page', body: '<html>Please sign in</html>' },
    { story: 'nothing', body: '' },
    { story: 'another resource', body: { resourceType: 'Patient' } },
    {
      story: 'fewer entries than were sent',
      body: { resourceType: 'Bundle', type: 'transaction-response', entry: [{ response: { status: '200' } }] },
    },
    {
      story: 'entries without a status',
      body: { resourceType: 'Bundle', type: 'transaction-response', entry: [{ response: {} }, { response: {} }] },
    },
  ])('status 200 with $story confirms nothing', async ({ body }) => {
    council.next({ kind: 'answer', status: 200, body });
    expect(await destination().transaction(notice({ uuid: randomUUID() }))).toMatchObject({
      detail: { code: 'no-reply' },
    });
  });

  test('status 200 with a sign-in page is not "holds nothing" either', async () => {
    council.next({ kind: 'answer', status: 200, body: {} });
    expect(await destination().readHeld([flagKey(randomUUID())])).toMatchObject({ detail: { code: 'no-reply' } });
  });
});

describe('a council that refuses', () => {
  test.each([400, 401, 403, 404, 410, 422])(
    'status %i parks, with its OperationOutcome for the row alone',
    async (status) => {
      council.next({ kind: 'answer', status, body: outcome });
      const answer = await destination().transaction(notice({ uuid: randomUUID() }));
      expect(answer).toMatchObject({ detail: { code: 'council-refused', where: TO }, httpStatus: status, outcome });
      expect(answer.kind === 'trouble' && JSON.stringify(answer.detail)).not.toContain('9990000018');
    },
  );

  test('an error among the entries of a transaction counts for the whole of it', async () => {
    const body = (status: string) => ({
      resourceType: 'Bundle',
      type: 'transaction-response',
      entry: [{ response: { status: '200 OK' } }, { response: { status, outcome } }],
    });
    council.next(
      { kind: 'answer', status: 200, body: body('422') },
      { kind: 'answer', status: 200, body: body('412') },
    );
    const bundle = notice({ uuid: randomUUID() });
    expect(await destination().transaction(bundle)).toMatchObject({ detail: { code: 'council-refused' }, outcome });
    expect(await destination().transaction(bundle)).toMatchObject({ detail: { code: 'version-conflict' } });
  });

  test('a redirect is not followed: patient data goes only where the site file says', async () => {
    const elsewhere = `http://127.0.0.1:${await freePort()}/fhir/`;
    council.next({ kind: 'answer', status: 307, headers: { location: elsewhere } });
    expect(await destination().transaction(notice({ uuid: randomUUID() }))).toMatchObject({
      detail: { code: 'council-refused', text: expect.stringContaining('redirect') },
      httpStatus: 307,
    });
  });
});

test('after any trouble the next notice goes through', async () => {
  const [one, uuid] = [destination(), randomUUID()];
  council.next({ kind: 'drop-answer' }, { kind: 'answer', status: 503 }, { kind: 'drop-request' });
  for (const _time of [1, 2, 3]) await one.transaction(notice({ uuid }));
  expect(await one.transaction(notice({ uuid }))).toMatchObject({ kind: 'confirmed' });
});
