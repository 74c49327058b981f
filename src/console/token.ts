import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isNativeError } from 'node:util/types';
import { Fault } from '../fault.js';
import { openDataFolder } from '../store/data-folder.js';

const MIN_CHARACTERS = 20;

/**
 * The operator token of `DATA_DIR/operator-token`, made at the first start: 256 random bits, readable by the service's
 * own account only. Processes that start together end with one token. Throws `config-invalid`.
 */
export function operatorToken(dataDir: string): string {
  const file = join(dataDir, 'operator-token');
  openDataFolder(dataDir);
  try {
    writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!isNativeError(error) || !('code' in error) || error.code !== 'EEXIST')
      throw unusable(file, 'cannot be made', error);
  }
  const token = read(file);
  if (token.length < MIN_CHARACTERS) throw unusable(file, `holds fewer than ${MIN_CHARACTERS} characters`);
  return token;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw unusable(file, 'cannot be read', cause);
  }
}

const unusable = (file: string, text: string, cause?: unknown): Fault =>
  new Fault(
    {
      code: 'config-invalid',
      where: file,
      text: `the operator token ${text}`,
      next: 'delete the file, and let the service make a new one; check that its account may write there',
    },
    { cause },
  );
