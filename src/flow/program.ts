import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folders whose code makes entries and publications out of facts. */
const DECIDING = ['register', 'publish', 'organisations'];

let version: string | null = null;

/**
 * Digest of the code that folds and publishes. A rule that is mended keeps its name and its source of law, so nothing but
 * its code tells that it may conclude otherwise.
 */
export function programVersion(): string {
  version ??= digestOfCode();
  return version;
}

function digestOfCode(): string {
  const digest = createHash('sha256');
  for (const folder of DECIDING) {
    const path = fileURLToPath(new URL(`../${folder}/`, import.meta.url));
    const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((file) => /\.[jt]s$/.test(file));
    for (const file of files.sort()) digest.update(`${folder}/${file}\n`).update(readFileSync(join(path, file)));
  }
  return digest.digest('hex').slice(0, 12);
}
