import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context, OpenContext, Role, Service } from '../commands/command.js';
import { type Council, councilFor } from './councils.js';
import { isFree } from './ports.js';
import { EASTMERE, ICB, NORTHMOOR, TRUST } from './stage.js';

/** The whole demonstration, running. The service knows nothing of the councils but their addresses. */
export type Installation = {
  own: OpenContext;
  northmoor: Council;
  /** Not started yet. */
  eastmere: Council;
  httpPort: number;
  mllpPort: number;
};

export type Undo = (end: () => Promise<unknown>) => void;
type Ports = { HTTP_PORT: number; MLLP_PORT: number };

const EVERY_ROLE: readonly Role[] = ['listen', 'work', 'console'];

/** Those that the documentation names. */
const FAMILIAR: Ports = { HTTP_PORT: 8117, MLLP_PORT: 2575 };
const ANY: Ports = { HTTP_PORT: 0, MLLP_PORT: 0 };

/** Starts it all on a fresh database in a new temporary folder. `undo` is told how to end each thing that was begun. */
export async function install(context: Context, undo: Undo): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'aftercare-demo-'));
  undo(() => removeAll(folder));
  const northmoor = await councilFor({ gss: NORTHMOOR, name: 'Northmoor Council' });
  const eastmere = await councilFor({ gss: EASTMERE, name: 'Eastmere Council' });
  for (const council of [northmoor, eastmere]) undo(() => council.stop());
  const siteFile = join(folder, 'site.yaml');
  await writeFile(siteFile, JSON.stringify(siteOf([northmoor, eastmere])));

  const settings = { DATA_DIR: folder, SITE_FILE: siteFile, AUTH_MODE: 'none', LOG_LEVEL: 'error' };
  const own = context.elsewhere(settings);
  undo(() => own.close());
  await Promise.all([own.database(), northmoor.start()]);
  const start = (ports: Ports) =>
    own.elsewhere({ ...settings, HTTP_PORT: `${ports.HTTP_PORT}`, MLLP_PORT: `${ports.MLLP_PORT}` }).start(EVERY_ROLE);
  const service = await startOnFreePorts(start);
  undo(() => service.close());
  return { own, northmoor, eastmere, httpPort: service.httpPort ?? 0, mllpPort: service.mllpPort ?? 0 };
}

const siteOf = (councils: readonly Council[]) => ({
  name: 'Demonstration',
  senders: [{ ods: TRUST, name: 'Meresby Mental Health Trust (invented)', feed: 'zmh' }],
  councils: councils.map(({ gss, url }) => ({ gss, destination: { kind: 'fhir', url } })),
  icbs: [{ ods: ICB }],
});

/** Another demonstration, or the service itself, may have the familiar ports, or take them just before us. */
async function startOnFreePorts(start: (ports: Ports) => Promise<Service>): Promise<Service> {
  const [http, mllp] = await Promise.all([isFree(FAMILIAR.HTTP_PORT), isFree(FAMILIAR.MLLP_PORT)]);
  const ports = { HTTP_PORT: http ? FAMILIAR.HTTP_PORT : 0, MLLP_PORT: mllp ? FAMILIAR.MLLP_PORT : 0 };
  return start(ports).catch(() => start(ANY));
}

/** The database's own folder may lie elsewhere, behind a link: where the server's account can reach it. */
export async function removeAll(folder: string): Promise<void> {
  const database = await realpath(join(folder, 'postgres')).catch(() => folder);
  await rm(database, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
}
