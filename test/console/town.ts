import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROLES } from '../../src/commands/command.js';
import { readConfig } from '../../src/config.js';
import { startCouncil } from '../../src/demo/council.js';
import { adt } from '../../src/demo/messages.js';
import { sendFhir, sendPipelined } from '../../src/demo/sender.js';
import { EASTMERE, NORTHMOOR, type Story, stageFor, TRUST } from '../../src/demo/stage.js';
import { afterwards, discharges } from '../../src/demo/stories.js';
import { createLog } from '../../src/log.js';
import { startService } from '../../src/main.js';
import { siteFromObject } from '../../src/site.js';
import { tablesFor } from '../../src/tables.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { stateFacts, untilSettled } from '../support/service.js';

/** The whole service with an invented trust and two councils, of which the second refuses everything. */
export type Town = { url: string; token: string; database: TestDatabase; log(): string; close(): Promise<void> };

const REFUSAL = {
  resourceType: 'OperationOutcome',
  issue: [
    {
      severity: 'error',
      code: 'business-rule',
      diagnostics: 'CarePlan.period ends before it starts',
      expression: ['CarePlan.period'],
    },
  ],
};

export async function openTown(): Promise<Town> {
  const database = await testDatabase();
  const northmoor = await startCouncil({ port: 0, name: 'Northmoor Council' });
  const eastmere = await startRefusing();
  const dataDir = await mkdtemp(join(tmpdir(), 'aftercare-town-'));
  const read = siteFromObject({
    name: 'Meresby',
    receiving: ['QHL'],
    senders: [{ ods: TRUST, name: 'Meresby Mental Health Trust (invented)', feed: 'zmh' }],
    councils: [
      { gss: NORTHMOOR, destination: { kind: 'fhir', url: northmoor.url } },
      { gss: EASTMERE, destination: { kind: 'fhir', url: eastmere.url } },
    ],
    icbs: [{ ods: 'QHL' }],
  });
  if (read.kind === 'problems') throw new Error(read.problems.join('\n'));
  const config = readConfig(
    { DATABASE_URL: database.url, DATA_DIR: dataDir, HTTP_PORT: '0', MLLP_PORT: '0' },
    () => true,
  );
  if (config.kind !== 'config') throw new Error(config.problems.join('\n'));
  const tables = tablesFor(read.site);
  const lines: string[] = [];
  const service = await startService({
    config: config.config,
    tables,
    roles: ROLES,
    log: createLog('debug', { write: (line) => void lines.push(line) }),
    times: { deliveryMs: 2_000, sweepMs: 300, lookAgainMs: 3_000 },
  });
  await live({ mllp: service.mllpPort ?? 0, http: service.httpPort ?? 0 }, database, tables);
  return {
    url: `http://127.0.0.1:${service.httpPort}`,
    token: (await readFile(join(dataDir, 'operator-token'), 'utf8')).trim(),
    database,
    log: () => lines.join(''),
    close: async () => {
      await service.close();
      await Promise.all([northmoor.stop(), eastmere.stop()]);
      await rm(dataDir, { recursive: true, force: true });
      await database.drop();
    },
  };
}

type Tables = Parameters<typeof stateFacts>[1];
type Ports = { mllp: number; http: number };

/** The stories of the demonstration, and an ordinary hour of admissions around them. */
async function live(ports: Ports, { pool }: TestDatabase, tables: Tables): Promise<void> {
  const stage = stageFor(new Date().toISOString().slice(0, 10));
  for (const stories of [discharges(stage), afterwards(stage)]) {
    for (const story of stories) await play(story, ports, pool, tables);
    await untilSettled(pool, 60_000);
  }
  await sendPipelined(ports.mllp, admissions(stage.at(0, '0800')));
  await untilSettled(pool, 60_000);
  // An hour in a few seconds: as if each had come when it would have.
  await pool.query(
    `update messages
        set received_at = now() - interval '58 minutes' * (1 - (id - 1)::float / (select max(id) from messages))
                                - interval '1 minute' * abs(sin(id))`,
  );
}

async function play(story: Story, ports: Ports, pool: TestDatabase['pool'], tables: Tables): Promise<void> {
  if (story.by === 'officer') {
    await stateFacts(pool, tables, [story.fact as Parameters<typeof stateFacts>[2][number]]);
    return;
  }
  const texts = story.messages.map(({ text }) => text);
  if (story.by === 'fhir') await sendFhir(ports.http, texts);
  else await sendPipelined(ports.mllp, texts);
}

/** People of whom nothing about section 117 is known. */
function admissions(sentAt: string): string[] {
  return Array.from({ length: 60 }, (_, index) => {
    const mrn = String(500_000 + index);
    const person = {
      family: 'Invented',
      given: `Number${index}`,
      nhsNumber: inventedNumber(index),
      mrn,
      born: '19700101',
    };
    return adt({ trigger: 'A01', sentAt, person, visit: `V${mrn}`, admitted: sentAt }, `ADM${mrn}`);
  });
}

/** One that passes the check: where a tenth digit would be 10, the next that has one. */
function inventedNumber(index: number): string {
  for (let nine = 999_002_000 + index * 2; ; nine += 1) {
    const digits = [...String(nine)].map(Number);
    const check = (11 - (digits.reduce((sum, digit, place) => sum + digit * (10 - place), 0) % 11)) % 11;
    if (check < 10) return `${nine}${check}`;
  }
}

async function startRefusing(): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer((req, res) => {
    req.resume();
    req.on('end', () => {
      const refuses = req.method === 'POST' && !req.url?.includes('_search');
      const body = refuses ? REFUSAL : { resourceType: 'Bundle', type: 'searchset', total: 0, entry: [] };
      res.writeHead(refuses ? 422 : 200, { 'content-type': 'application/fhir+json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  return {
    url: `http://127.0.0.1:${typeof bound === 'object' && bound ? bound.port : 0}/fhir`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
