import { readdirSync, readFileSync } from 'node:fs';

/**
 * What holds the register and needs nothing that runs beside it, in one program: stories, which are quick, come before
 * what holds for all histories.
 */
await take('scenarios/thirty-four/explain.test.ts');
for (const folder of ['scenarios', 'scenarios/feeds', 'register']) {
  for (const file of testsIn(folder)) if (!needsMore(file)) await take(file);
}
await take('mutation/few-histories.ts');
for (const property of ['conclusions', 'endings', 'order']) await take(`properties/${property}.test.ts`);

function testsIn(folder: string): string[] {
  const files = readdirSync(new URL(`../${folder}/`, import.meta.url)).sort();
  return files.filter((file) => file.endsWith('.test.ts')).map((file) => `${folder}/${file}`);
}

/** A database, a queue, or the whole service. */
function needsMore(file: string): boolean {
  return /support\/(?:postgres|redis|service|process)\.js/.test(
    readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'),
  );
}

async function take(file: string): Promise<void> {
  await import(new URL(`../${file}`, import.meta.url).href);
}
