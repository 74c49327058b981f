import { rm } from 'node:fs/promises';

/** The database itself stopped with the last test file that used it. */
// biome-ignore lint/style/noDefaultExport: jest takes the default export
export default async function endRun(): Promise<void> {
  const folder = process.env.AFTERCARE_TEST_FOLDER;
  if (folder) await rm(folder, { recursive: true, force: true });
}
