import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROLES } from '../../src/commands/command.js';
import type { Config } from '../../src/config.js';
import { createLog } from '../../src/log.js';
import { startService } from '../../src/main.js';
import { siteFromObject } from '../../src/site.js';
import { tablesFor } from '../../src/tables.js';

type Given = {
  databaseUrl: string;
  councils: Record<string, string>;
  alerts?: Record<string, unknown>;
  config?: Partial<Config>;
};

export type WatchedService = { mllpPort: number; url: string; log: string[]; close(): Promise<void> };

/** The whole service in this process, on ports of its own, with the settings that a test of the watch needs. */
export async function startWatchedService(given: Given): Promise<WatchedService> {
  const { databaseUrl, councils, alerts = {}, config = {} } = given;
  const dataDir = await mkdtemp(join(tmpdir(), 'aftercare-watched-'));
  const read = siteFromObject({
    name: 'Test partnership',
    receiving: ['QHL'],
    senders: [{ ods: 'RXT', name: 'A trust', feed: 'zmh' }],
    councils: Object.entries(councils).map(([gss, url]) => ({ gss, destination: { kind: 'fhir', url } })),
    alerts,
  });
  if (read.kind === 'problems') throw new Error(read.problems.join('\n'));
  const log: string[] = [];
  const service = await startService({
    config: {
      databaseUrl,
      redisUrl: null,
      dataDir,
      siteFile: null,
      host: '127.0.0.1',
      httpPort: 0,
      mllp: { port: 0, maxBytes: 65_536 },
      tls: null,
      logLevel: 'debug',
      authMode: 'none',
      ...config,
    },
    tables: tablesFor(read.site),
    roles: ROLES,
    log: createLog('debug', { write: (line) => void log.push(line) }),
    times: { deliveryMs: 1_000, sweepMs: 200, lookAgainMs: 3_000, watchMs: 100 },
  });
  if (service.mllpPort === null) throw new Error('the service listens nowhere');
  return {
    mllpPort: service.mllpPort,
    url: `http://127.0.0.1:${service.httpPort}`,
    log,
    close: async () => {
      await service.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
