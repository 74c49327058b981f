import { Fault } from '../fault.js';
import type { Directory } from '../organisations/directory.js';
import type { Site } from '../site.js';
import { type Database, openDatabase } from '../store/database.js';
import { migrationState } from '../store/migrate.js';
import { type ServerSettings, serverSettings } from '../store/server-settings.js';
import { organisationFindings } from './doctor-organisations.js';
import { senderFindings } from './doctor-senders.js';
import { serviceFindings } from './doctor-service.js';
import { type Finding, findingsOf } from './finding.js';
import { foldedWithToday } from './folded-with.js';
import { diskOf } from './watch-disk.js';

type Where = { databaseUrl: string | null; dataDir: string };

const database = findingsOf('database');
const disk = findingsOf('disk');

/**
 * Is it there, does what was committed stay, is the schema today's, is there room? And what it knows of the service, which
 * only a schema of today can tell. Changes nothing.
 */
export async function databaseFindings(
  { databaseUrl, dataDir }: Where,
  { site, directory }: { site: Site; directory: Directory },
  now: () => Date,
): Promise<{ server: Finding[]; service: Finding[] }> {
  let opened: Database;
  try {
    opened = await openDatabase({ databaseUrl: databaseUrl ?? undefined, dataDir, maxConnections: 2 });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { where, text, next } = error.detail;
    const server = [
      database.outOfReach(`${where}: ${text}`, next),
      ...(await diskFindings(dataDir, databaseUrl === null)),
    ];
    return { server, service: [] };
  }
  try {
    const before = now();
    const settings = await serverSettings(opened.pool);
    const schema = schemaFindings(await migrationState(opened.pool));
    const server = settings ? settingFindings(settings, opened.embedded, between(before, now())) : [];
    return {
      server: [...server, ...schema, ...(await diskFindings(dataDir, opened.embedded))],
      service: schema.every(({ state }) => state === 'ok')
        ? [
            ...(await senderFindings(opened.pool, site)),
            ...(await serviceFindings(opened.pool, foldedWithToday({ site, directory }))),
            ...(await organisationFindings(opened.pool, directory)),
          ]
        : [],
    };
  } finally {
    await opened.close();
  }
}

const between = (a: Date, b: Date): Date => new Date((a.getTime() + b.getTime()) / 2);

const OLDEST = 140_000;
const CLOCK_MS = 2_000;

function settingFindings(settings: ServerSettings, embedded: boolean, now: Date): Finding[] {
  const { version, versionNumber, inRecovery, clock } = settings;
  const findings = [
    versionNumber >= OLDEST
      ? database.ok(`PostgreSQL ${version}${embedded ? ', embedded' : ''}`)
      : database.wrong(`PostgreSQL ${version} is too old`, 'use PostgreSQL 14 or later'),
    ...durabilityFindings(settings),
  ];
  if (inRecovery)
    findings.push(database.wrong('it is a standby and takes no writes', 'name the primary in DATABASE_URL'));
  const offMs = Math.abs(clock.getTime() - now.getTime());
  const clocks = findingsOf('clock');
  findings.push(
    offMs <= CLOCK_MS
      ? clocks.ok('the same here and at the database')
      : clocks.wrong(
          `here and at the database ${Math.round(offMs / 1_000)} seconds apart`,
          'let a time service (NTP) set both',
        ),
  );
  return findings;
}

function durabilityFindings({ synchronousCommit, fsync, fullPageWrites }: ServerSettings): Finding[] {
  const off = [
    ...(synchronousCommit === 'off' ? ['synchronous_commit'] : []),
    ...(fsync === 'off' ? ['fsync'] : []),
    ...(fullPageWrites === 'off' ? ['full_page_writes'] : []),
  ];
  if (off.length === 0)
    return [database.ok('what is committed is on disk (synchronous_commit, fsync, full_page_writes)')];
  return off.map((name) =>
    database.wrong(
      `${name} is off: an acknowledged message could be lost`,
      `set ${name} = on in postgresql.conf, and for the role and the database`,
    ),
  );
}

function schemaFindings({ pending, unknown }: Awaited<ReturnType<typeof migrationState>>): Finding[] {
  const schema = findingsOf('schema');
  if (unknown !== null)
    return [
      schema.wrong(`a newer version has applied ${unknown}`, 'start that version, or restore a backup from before it'),
    ];
  if (pending.length === 0) return [schema.ok('up to date')];
  return [
    schema.wrong(`to be applied: ${pending.join(', ')}`, 'run "aftercare migrate"; starting the service does it too'),
  ];
}

const LEAST_BYTES = 2 * 1024 ** 3;
const LEAST_SHARE = 0.1;

async function diskFindings(dataDir: string, embedded: boolean): Promise<Finding[]> {
  const [volume] = await diskOf(dataDir);
  const findings: Finding[] = [];
  if (!volume)
    findings.push(disk.unchecked(`DATA_DIR ${dataDir} cannot be looked at`, 'it is made at the first start'));
  else {
    const free = `${(volume.free / 1024 ** 3).toFixed(1)} GiB free of ${(volume.size / 1024 ** 3).toFixed(1)} (DATA_DIR)`;
    const scarce = volume.free < LEAST_BYTES || volume.free < LEAST_SHARE * volume.size;
    findings.push(scarce ? disk.wrong(free, 'make room: a full disk takes no messages') : disk.ok(free));
  }
  if (!embedded)
    findings.push(disk.unchecked('the disk of the database server cannot be seen from here', 'watch it there'));
  return findings;
}
