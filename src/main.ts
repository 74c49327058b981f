import type { Pool } from 'pg';
import type { Role, Service } from './commands/command.js';
import type { Config } from './config.js';
import { createApp } from './console/app.js';
import { bodyNames } from './console/names.js';
import { operatorToken } from './console/token.js';
import { openDoors } from './doors.js';
import { directoryLast, directoryToday } from './flow/directory-today.js';
import { foldedWithToday } from './flow/folded-with.js';
import { stampedVersion } from './flow/held.js';
import { replyCheck } from './flow/known-reply.js';
import { storing } from './flow/pace.js';
import { keepPresent } from './flow/presence.js';
import { bodiesProven, registerPull } from './flow/pulled.js';
import { receiver, tooLong } from './flow/receive.js';
import { fhirReceiver } from './flow/receive-fhir.js';
import { diskOf } from './flow/watch-disk.js';
import { type Log, sparing } from './log.js';
import type { Directory } from './organisations/directory.js';
import { londonDay } from './register/day.js';
import type { SiteText } from './site.js';
import { inboxPool, openDatabase } from './store/database.js';
import { foldedWithStore } from './store/folded-with.js';
import { inboxStore } from './store/inbox.js';
import { migrate } from './store/migrate.js';
import type { Tables } from './tables.js';
import { openTelemetry } from './telemetry.js';
import { startWatching } from './watching.js';
import { openWorks, type WorkTimes } from './work.js';
import { workApart } from './work-apart.js';

/** What differs from the usual; `watchMs`: how often silence and trouble are looked for. */
export type Times = Partial<WorkTimes & { watchMs: number }>;

type Options = {
  config: Config;
  tables: Tables;
  roles: readonly Role[];
  /** Work goes into a thread of its own where the process does more than work; it makes its tables of this text. */
  workApart?: SiteText;
  log: Log;
  times?: Times;
};

const USUAL: Required<Times> = {
  deliveryMs: 10_000,
  sweepMs: 2_000,
  lookAgainMs: 120_000,
  sealMs: 60_000,
  reconcileMs: 600_000,
  watchMs: 15_000,
};

/** Starts the roles in one process. What is opened is closed again, in reverse, when a later part cannot start. */
export async function startService(options: Options): Promise<Service> {
  const closing: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    const ports = await open(options, (end) => void closing.push(end));
    return { ...ports, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type OnClose = (end: () => Promise<void>) => void;

async function open({ config, tables, roles, workApart: siteText, log, times: given }: Options, onClose: OnClose) {
  const times = { ...USUAL, ...given };
  const { site, directory } = tables;
  const outages = sparing(log);
  const doors = openDoors({ config, site, roles, log }, onClose);
  const database = await openDatabase({
    databaseUrl: config.databaseUrl ?? undefined,
    dataDir: config.dataDir,
    log: outages,
  });
  onClose(() => database.close());
  const { pool } = database;
  await migrate(pool);
  await directoryToday(directory, pool);
  const telemetry = await openTelemetry({ config, pool }, onClose);
  const { attempted, traces } = telemetry;
  const works = await openWorks({ config, tables, database, times, attempted, traces, log }, onClose);
  const apart =
    siteText && roles.includes('work') && roles.length > 1
      ? workApart({ config, siteText, times, attempted: telemetry.meters.attempted, log: outages })
      : null;
  const wayIn = inboxPool(database.url, outages);
  onClose(() => wayIn.end());
  const inbox = inboxStore(wayIn);
  const { certificates } = doors;
  const foldedWith = foldedWithToday(tables);
  await sayWhoIsOther(foldedWith, pool, log);
  startWatching({ config, site, pool, certificates, foldedWith, log: outages, everyMs: times.watchMs }, onClose);
  const receive = receiver({
    site,
    acceptBatch: (messages) => {
      storing(messages.length);
      return inbox.acceptBatch(messages);
    },
    wake: () => void works.wake.interpret(),
    log: outages,
    proof: doors.proof,
    seen: telemetry.arrived,
  });
  // Apart, so that looking up what a body was told keeps no other message waiting.
  const lookUps = inboxPool(database.url, outages);
  onClose(() => lookUps.end());
  const replies = replyCheck({ pool: lookUps, mappings: tables.mappings, directory });
  const receiveFhir = fhirReceiver({ site, keep: receive.keep, log, proof: doors.proof, replies });
  const bodiesReading = bodiesProven(site, directory, doors.proof);
  const app = createApp({
    site,
    tables,
    pool,
    queues: works.queues,
    roles,
    token: config.authMode === 'token' ? operatorToken(config.dataDir) : null,
    receive: async (bytes, socket) => receive(bytes, doors.fromHttp(socket)),
    secondsToWait: doors.secondsToWait,
    refuseTooLong: (socket) => receive.refuse(new Uint8Array(), doors.fromHttp(socket), tooLong(config.mllp.maxBytes)),
    fhir: {
      receive: async (bytes, request, socket) => receiveFhir(bytes, request, doors.fromHttp(socket)),
      refuseTooLong: (socket) => receiveFhir.refuse(tooLong(config.mllp.maxBytes), doors.fromHttp(socket)),
    },
    pull: {
      bodiesOf: (socket) => bodiesReading(doors.fromHttp(socket).certificate ?? null),
      pull: registerPull({ pool, site, directory }),
    },
    maxBytes: config.mllp.maxBytes,
    handOver: (deliveries) => works.wake.deliver(deliveries.map(({ body }) => body)),
    bodyName: nameIn(directory),
    meters: telemetry.meters,
    disk: () => diskOf(config.dataDir),
    certificates,
    foldedWith,
    checks: apart ? { work: apart.check } : {},
    resourcesOf: (content, version) => stampedVersion(content, version, site, directory).resources,
    log,
  });
  const ports = await doors.listen(app, receive);
  // Work says so itself, where it runs.
  const here = roles.filter((role) => role !== 'work');
  if (here.length > 0) onClose(keepPresent({ pool, roles: here, log: outages }));
  // Last: a start that fails has sent nothing.
  if (apart) await apart.start(onClose);
  else if (roles.includes('work')) works.start();
  return ports;
}

/** A start with other rules folds nobody anew by itself: what would change is looked at first. */
async function sayWhoIsOther(foldedWith: string, pool: Pool, log: Log): Promise<void> {
  const count = await foldedWithStore(pool).countOthers(foldedWith);
  if (count === 0) return;
  log.warn('people are folded by other rules, policies or organisations than today, run aftercare refold', { count });
}

/** The name that a council or an ICB has today, or had. */
const nameIn =
  (directory: Directory) =>
  (body: string): string | null => {
    const today = londonDay(new Date().toISOString());
    const [code = body, system] = body.split('-');
    const name = bodyNames({ directory: directoryLast(directory) }, today)(code);
    return name !== null && system ? `${name}, system for ${system}` : name;
  };
