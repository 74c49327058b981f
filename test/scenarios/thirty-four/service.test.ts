import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { registerCommand } from '../../../src/commands/register.js';
import { importFile } from '../../../src/flow/import-file.js';
import type { LedgerContent } from '../../../src/flow/versions.js';
import { londonDay } from '../../../src/register/day.js';
import { ledgerStore } from '../../../src/store/ledger.js';
import type { Tables } from '../../../src/tables.js';
import { tables as anyTables, contextOf, run } from '../../commands/terminal.js';
import { startCouncilProcess } from '../../support/council.js';
import { DEVON, PRACTICES, SURREY } from '../../support/divided.js';
import { practiceText } from '../../support/national-files.js';
import { CUMBRIA, knowing, writePostcodes } from '../../support/postcodes.js';
import { type TestDatabase, testDatabase } from '../../support/postgres.js';
import {
  acknowledgementsFor,
  heldBy,
  type RunningService,
  startTestService,
  stateFacts,
  untilSettled,
} from '../../support/service.js';
import { tablesWith } from '../../support/tables.js';
import { COUNCILS, explained, type Row, rowsOf, sentTo, type Told, toldWith } from './telling.js';

type Council = Awaited<ReturnType<typeof startCouncilProcess>>;

/** As the service knows postcodes, once the file of the test is imported. */
const withFiles = (tables: Tables): Tables => ({
  ...tables,
  directory: knowing(tables.directory, CUMBRIA, { practices: PRACTICES }),
});
const stories = toldWith(
  withFiles(tablesWith(Object.fromEntries(COUNCILS.map((gss) => [gss, 'http://127.0.0.1:1/fhir'])))),
);
/** Generous, for a machine that does other things meanwhile: nothing here is about time. */
const SETTLED_WITHIN_MS = 120_000;
const DELIVERY_MS = 30_000;
const today = londonDay(new Date().toISOString());

let database: TestDatabase;
let councils = new Map<string, Council>();
let service: RunningService;

beforeAll(async () => {
  database = await testDatabase();
  await importFiles();
  councils = new Map(await Promise.all(COUNCILS.map(async (gss) => [gss, await startCouncilProcess(gss)] as const)));
  const urls = Object.fromEntries([...councils].map(([gss, { url }]) => [gss, url]));
  service = await startTestService({
    databaseUrl: database.url,
    councils: urls,
    times: { deliveryMs: DELIVERY_MS },
  });
  await tellAll(stories);
}, 600_000);

afterAll(async () => {
  await service?.close();
  await Promise.all([...councils.values()].map((council) => council.stop()));
  await database?.drop();
});

async function importFiles(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'aftercare-files-'));
  const file = join(folder, 'ONSPD_MAY_2026_UK.csv');
  writePostcodes(file, CUMBRIA);
  const how = { file, importedBy: 'test', today: londonDay(new Date().toISOString()), directory: anyTables.directory };
  await importFile({ ...how, progress: () => undefined }, database.pool);
  const practices = join(folder, 'epraccur.csv');
  const inSurrey = { code: SURREY, commissioner: '92A', joined: '20260401' };
  await writeFile(practices, practiceText([inSurrey, { code: DEVON, commissioner: '15N', joined: '20210401' }]));
  await importFile({ ...how, file: practices, progress: () => undefined }, database.pool);
  await rm(folder, { recursive: true });
}

/** The first message of each, then the second of each: councils hear of every step on the way. Facts by people are last. */
async function tellAll(told: readonly Told[]): Promise<void> {
  const steps = Math.max(...told.map(({ messages }) => messages.length));
  for (let step = 0; step < steps; step++) {
    const messages = told.flatMap((story) => story.messages[step] ?? []);
    const codes = await acknowledgementsFor(service.mllpPort, messages);
    expect(codes).toEqual(messages.map(() => 'AA'));
    await untilSettled(database.pool, SETTLED_WITHIN_MS);
  }
  await stateFacts(
    database.pool,
    service.tables,
    told.flatMap(({ stated }) => stated),
  );
  await untilSettled(database.pool, SETTLED_WITHIN_MS);
}

type Answer = Row & { asOf: string; history: unknown[]; parked: unknown[]; told: unknown[] };

/** As `aftercare register --as-of … --json` answers, of one person or, where that one has no number, of everybody. */
async function answerFor({ nhsNumber, localId }: Row, asOf: string): Promise<unknown> {
  const context = contextOf(database, { tables: () => service.tables });
  const args = [...(nhsNumber === null ? [] : [nhsNumber]), '--as-of', asOf, '--json'];
  const { out } = await run(registerCommand, args, context);
  const answer: unknown = JSON.parse(out);
  if (Array.isArray(answer)) return answer.find((row) => row.nhsNumber === null && row.localId === localId);
  const { asOf: day, history, parked, told: _, ...row } = answer as Answer;
  expect({ day, isToldWhy: history.length > 0, parked }).toEqual({ day: asOf, isToldWhy: true, parked: [] });
  return row;
}

/** What each body was told last of one person, under the number that answers, and has confirmed, in the words of `sentTo`. */
async function confirmedOf({ nhsNumber, localId }: Row): Promise<string[]> {
  const { rows } = await database.pool.query<{ key: string }>(
    `select person_key as key
       from entries
      where nhs_number = $1 or ($1 is null and nhs_number is null and entry -> 'localIds' -> 0 ->> 'value' = $2)`,
    [nhsNumber, localId],
  );
  const latest = await ledgerStore(database.pool).latest(rows.map(({ key }) => key));
  return latest
    .toSorted((a, b) => (a.body < b.body ? -1 : 1))
    .map(({ body, content, confirmedAt }) => {
      const { episodes } = (content as LedgerContent).publication;
      const said = episodes.flatMap(({ flag, carePlan }) => [
        ...(flag ? [`Flag ${flag.status}${flag.reason === null ? '' : ` (${flag.reason})`}`] : []),
        `CarePlan ${carePlan}`,
      ]);
      return `${body}: ${said.join(', ')}${confirmedAt === null ? ', not confirmed' : ''}`;
    });
}

const bodyIn = (said: string): string => said.slice(0, said.indexOf(':'));

/** Says only that something told earlier no longer holds: no news for a body that was told nothing. */
const onlyTakesBack = (said: string): boolean =>
  /^[\w-]+: (Flag inactive \((responsibility-moved|moved-within-council)\), )?CarePlan revoked$/.test(said);

/** What `explain` would send, as a body has it that was told all the way. */
function expectedOf(
  { story, person }: Told,
  row: Row,
  would: readonly string[],
  confirmed: readonly string[],
): string[] {
  const known = new Set(confirmed.map(bodyIn));
  const otherwise = row.nhsNumber === null || row.nhsNumber === person ? (story.alsoTold ?? []) : [];
  const replaced = new Set(otherwise.map(bodyIn));
  return [
    ...would.filter((said) => !replaced.has(bodyIn(said)) && (known.has(bodyIn(said)) || !onlyTakesBack(said))),
    ...otherwise,
  ].sort();
}

describe.each(stories)('$title', (told) => {
  const { story } = told;
  const days = [...new Set([...story.expected.map(({ asOf }) => asOf), today])];

  test.each(days)('on %s the service says what explain says', async (asOf) => {
    for (const row of rowsOf(explained(told, asOf, withFiles(service.tables)))) {
      expect(await answerFor(row, asOf)).toEqual(JSON.parse(JSON.stringify(row)));
    }
  });

  test('each body was sent, and has confirmed, what explain would send today', async () => {
    const explanation = explained(told, today, withFiles(service.tables));
    for (const row of rowsOf(explanation)) {
      const confirmed = await confirmedOf(row);
      expect(confirmed).toEqual(expectedOf(told, row, sentTo(explanation, row.nhsNumber), confirmed));
    }
  });
});

test('every council holds one active Flag for each episode of which it was told that it is active, and no other', async () => {
  const confirmed = await Promise.all(
    stories.flatMap((told) => rowsOf(explained(told, today, withFiles(service.tables))).map(confirmedOf)),
  );
  for (const [gss, { url }] of councils) {
    const told = confirmed.flat().filter((said) => said.startsWith(`${gss}: `));
    const active = told.flatMap((said) => said.match(/Flag active/g) ?? []);
    const held = (await heldBy(url, 'Flag')).filter(({ status }) => status === 'active');
    expect({ gss, active: held.length }).toEqual({ gss, active: active.length });
  }
});
