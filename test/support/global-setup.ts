import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for the run's embedded database; workers inherit the environment. */
// biome-ignore lint/style/noDefaultExport: jest takes the default export
export default async function prepareRun(): Promise<void> {
  process.env.AFTERCARE_TEST_FOLDER = await mkdtemp(join(tmpdir(), 'aftercare-test-'));
}
