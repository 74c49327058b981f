import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { OpenContext } from './commands/command.js';
import { type Config, readConfig } from './config.js';
import { Fault } from './fault.js';
import { createLog } from './log.js';
import { siteProblems } from './site.js';
import { hasEmbeddedDatabase } from './store/data-folder.js';
import { type Database, openDatabase } from './store/database.js';
import { migrate } from './store/migrate.js';
import { MAPPINGS, openSiteText, openTables, tablesOf } from './tables.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** The installation that the environment describes. What a command opened is closed by `close`. */
export function openContext(env: Environment = process.env): OpenContext {
  let database: Promise<Database> | null = null;
  const config = () => checkedConfig(env);
  return {
    operator: operatorName(),
    mappingsFolder: MAPPINGS,
    tables: (siteFile, use) => openTables(siteFile ?? config().siteFile, use),
    systems: config,
    database() {
      database ??= openMigrated(config());
      return database;
    },
    async databaseThere() {
      const { databaseUrl, dataDir } = config();
      return databaseUrl !== null || hasEmbeddedDatabase(dataDir) ? this.database() : null;
    },
    log: () => createLog(config().logLevel),
    logLevel: () => config().logLevel,
    async start(roles) {
      const { startService } = await import('./main.js'); // a command that does not serve does not load it
      const checked = config();
      const siteText = openSiteText(checked.siteFile);
      return startService({
        config: checked,
        tables: tablesOf(siteText),
        roles,
        workApart: siteText,
        log: createLog(checked.logLevel),
      });
    },
    elsewhere: openContext,
    async close() {
      if (database) await (await database).close();
    },
  };
}

async function openMigrated({ databaseUrl, dataDir }: Config): Promise<Database> {
  const database = await openDatabase({ databaseUrl: databaseUrl ?? undefined, dataDir });
  try {
    await migrate(database.pool);
    return database;
  } catch (error) {
    // Left open, it would keep the process from ending.
    await database.close();
    throw error;
  }
}

/** A container may run under a number that has no name. */
function operatorName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}

/** Every wrong value has its line, and every mistake of the site file beside them: one start names them all. */
function checkedConfig(env: Environment): Config {
  const read = readConfig(env, existsSync);
  if (read.kind === 'config') return read.config;
  const inSite = siteProblems(read.siteFile);
  throw new Fault({
    code: 'config-invalid',
    where: inSite.length === 0 ? 'environment' : 'environment and site file',
    text: `cannot be used\n${[...read.problems, ...inSite].join('\n')}`,
    next: 'correct these values and start again',
  });
}
