import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Bundle, BundleEntry, OperationOutcome } from 'fhir/r4.js';
import { explainCommand } from '../../src/commands/explain.js';
import { messagesCommand } from '../../src/commands/messages.js';
import { replayCommand } from '../../src/commands/replay.js';
import { inboxStore } from '../../src/store/inbox.js';
import { mendedMappings, ZZ_IS_HOME } from '../commands/mended.js';
import { contextOf, run } from '../commands/terminal.js';
import { faultsOf } from '../profiles/validator.js';
import { type FaultyCouncil, startFaultyCouncil } from '../support/council.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { heldBy, type RunningService, startTestService, untilSettled } from '../support/service.js';
import { bundle, destination, detention, encounter, HOME, NHS, OTHER, PERSON, patient, urn, VISIT } from './samples.js';

const BIRMINGHAM = 'E08000025';

let database: TestDatabase;
let council: FaultyCouncil;
let service: RunningService;
let url = '';

beforeAll(async () => {
  database = await testDatabase();
  council = await startFaultyCouncil('Birmingham');
  service = await startTestService({ databaseUrl: database.url, councils: { [BIRMINGHAM]: council.url } });
  url = `http://127.0.0.1:${service.httpPort}/fhir`;
});
afterAll(async () => {
  await service.close();
  await council.stop();
  await database.drop();
});

async function send(body: object | Buffer, headers: Record<string, string> = {}) {
  const sent = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/fhir+json', ...headers },
    body: new Uint8Array(sent),
  });
  const json = (await response.json()) as Bundle | OperationOutcome;
  expect(faultsOf(json)).toEqual([]);
  const entries = json.resourceType === 'Bundle' ? (json.entry ?? []) : [];
  return { status: response.status, entries: entries.map((each) => each.response?.status) };
}

const rows = async () => (await inboxStore(database.pool).search({ limit: 20 })).toReversed();
const statesOf = async () => (await rows()).map(({ controlId, state, repeats }) => `${controlId} ${state} ${repeats}`);
const contentOf = async (controlId: string) => {
  const id = (await rows()).find((row) => row.controlId === controlId)?.id ?? '';
  return { id, bytes: (await inboxStore(database.pool).get(id))?.content ?? Buffer.alloc(0) };
};

const record = (who: string) => patient({ identifier: [{ system: NHS, value: who }] });
const stay = (visit: string, subject: string, where: string) =>
  encounter({
    ...HOME,
    identifier: [{ system: VISIT, value: visit }],
    subject: { reference: subject },
    hospitalization: destination(where),
    extension: [detention({ id: `MHA-${visit}`, end: '2026-02-20', council: BIRMINGHAM })],
  });
const entries: BundleEntry[] = [record(PERSON), stay('V1', urn(2), '19'), record(OTHER), stay('V2', urn(4), 'ZZ')].map(
  (resource, index) => ({
    fullUrl: urn(index + 2),
    resource,
    request: { method: 'POST', url: resource.resourceType },
  }),
);
const batch = (entry: BundleEntry[] = entries): Bundle => ({
  ...bundle('batch', []),
  identifier: { system: 'https://fhir.rxt.nhs.uk/Id/batch', value: 'BATCH-1' },
  entry,
});
const CREATED = '201 Created';

describe('a batch of two people, of whom one left for where no table knows', () => {
  test('all of it is kept, the other is registered, and the council hears of him', async () => {
    expect(await send(batch())).toEqual({ status: 200, entries: Array(4).fill(CREATED) });
    await untilSettled(database.pool);
    expect(await statesOf()).toEqual([
      'BATCH-1#0 interpreted 0',
      'BATCH-1#1 interpreted 0',
      'BATCH-1#2 interpreted 0',
      'BATCH-1#3 parked 0',
    ]);
    expect((await rows()).map(({ trigger }) => trigger)).toEqual(['Patient', 'Encounter', 'Patient', 'Encounter']);
    expect(await heldBy(council.directUrl, 'Flag')).toMatchObject([{ status: 'active' }]);
  });

  test('sent again each of them is a repeat, and is answered the same', async () => {
    expect(await send(batch())).toEqual({ status: 200, entries: Array(4).fill(CREATED) });
    expect(await statesOf()).toEqual([
      'BATCH-1#0 interpreted 1',
      'BATCH-1#1 interpreted 1',
      'BATCH-1#2 interpreted 1',
      'BATCH-1#3 parked 1',
    ]);
  });

  test('a stored entry is a message as well: sent again it is a repeat, and explain reads it', async () => {
    const { bytes } = await contentOf('BATCH-1#1');
    expect(faultsOf(JSON.parse(bytes.toString('utf8')) as Bundle)).toEqual([]);
    expect(await send(bytes)).toEqual({ status: 200, entries: [CREATED, CREATED] });
    expect(await statesOf()).toContain('BATCH-1#1 interpreted 2');

    const folder = mkdtempSync(join(tmpdir(), 'aftercare-entry-'));
    writeFileSync(join(folder, 'entry.json'), bytes);
    const { out } = await run(explainCommand, [join(folder, 'entry.json'), '--json'], contextOf(null));
    rmSync(folder, { recursive: true });
    expect(JSON.parse(out)).toMatchObject({
      messages: [{ controlId: 'BATCH-1#1', sender: 'RXT', trigger: 'Encounter', outcome: 'interpreted' }],
      register: [{ nhsNumber: PERSON, status: 'active' }],
    });
  });

  test('under the same identifier and time another entry is set aside, and only that one', async () => {
    const [first, second, third] = entries;
    const other = { ...entries[3], resource: stay('V3', urn(4), '19') };
    const { status, entries: told } = await send(batch([first, second, third, other].flatMap((each) => each ?? [])));
    expect([status, told]).toEqual([200, [CREATED, CREATED, CREATED, '409 Conflict']]);
    expect((await rows()).at(-1)).toMatchObject({ controlId: 'BATCH-1#3', state: 'parked', reused: true });
  });

  test('an engineer finds the one that is parked, mends the table, and replays it', async () => {
    const { id } = await contentOf('BATCH-1#3');
    const shown = await run(messagesCommand, [id], contextOf(database));
    expect(shown.out).toContain('code-unmapped');
    expect(shown.out).toContain('Bundle.entry[0].resource.hospitalization.dischargeDisposition');

    const context = contextOf(database, {
      tables: () => ({ ...service.tables, mappings: mendedMappings(ZZ_IS_HOME) }),
    });
    expect((await run(replayCommand, [id], context)).out).toContain(`person ${OTHER}`);
    expect((await run(replayCommand, [id, '--apply'], context)).code).toBe(0);
    await untilSettled(database.pool);
    expect(await heldBy(council.directUrl, 'Flag')).toHaveLength(2);
  });

  test('one that was refused comes again, corrected, under the same identifier', async () => {
    const [, , ...others] = entries;
    const wrong = { ...others[0], resource: { ...record(OTHER), birthDate: '02/01/1980' } };
    const again = (first: BundleEntry | undefined): Bundle => ({
      ...batch([first, others[1]].flatMap((each) => each ?? [])),
      identifier: { value: 'BATCH-2' },
    });
    expect((await send(again(wrong))).entries).toEqual(['400 Bad Request', '400 Bad Request']);
    expect((await send(again(others[0]))).entries).toEqual([CREATED, CREATED]);
    await untilSettled(database.pool);
    expect((await statesOf()).slice(-4)).toEqual([
      'BATCH-2#0 rejected 0',
      'BATCH-2#1 rejected 0',
      'BATCH-2#0 interpreted 0',
      'BATCH-2#1 parked 0',
    ]);
  });

  test('a version that must be there by header is not', async () => {
    expect(await send(batch(), { 'if-match': 'W/"1"' })).toEqual({ status: 412, entries: [] });
  });
});
