import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context, OpenContext } from '../commands/command.js';
import { removeAll, type Undo } from './installation.js';
import { TRUST } from './stage.js';
import { RESIDENTS } from './transition-people.js';

/** A fresh database and a site of every council that somebody lived in. Nobody is connected: what is told is in the ledger. */
export async function installRehearsal(context: Context, undo: Undo): Promise<OpenContext> {
  const folder = await mkdtemp(join(tmpdir(), 'aftercare-demo-'));
  undo(() => removeAll(folder));
  const siteFile = join(folder, 'site.yaml');
  const councils = [...new Set(RESIDENTS.map(({ council }) => council))].map((gss) => ({ gss }));
  const senders = [{ ods: TRUST, name: 'Meresby Mental Health Trust (invented)', feed: 'zmh' }];
  await writeFile(siteFile, JSON.stringify({ name: 'Rehearsal', senders, councils }));
  const own = context.elsewhere({ DATA_DIR: folder, SITE_FILE: siteFile, AUTH_MODE: 'none', LOG_LEVEL: 'error' });
  undo(() => own.close());
  return own;
}
