import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** Paths below `src/`, such as `flow/receive.ts`. */
export type Import = { from: string; to: string; typeOnly: boolean };

/**
 * What each folder (or file of `src/`) may import: folders, or single files as `register/day`; `types` only as types.
 * What is not listed may import nothing.
 */
export type ImportTable = Record<string, { values: readonly string[]; types: readonly string[] } | 'anything'>;

/** Every import of ours in every source file. */
export function importsBelow(folder: string): Import[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.replaceAll('\\', '/'))
    .flatMap((file) => importsIn(file, readFileSync(join(folder, file), 'utf8')));
}

/** `import` and `export … from`, also over several lines, and `import()`. Only relative ones: the rest is not ours. */
export function importsIn(file: string, source: string): Import[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const statements = code.matchAll(/^\s*(?:import|export)\s+(type\s)?([^;'"]*?\sfrom\s+)?['"](\.[^'"]+)['"]/gm);
  const calls = code.matchAll(/\bimport\(\s*['"](\.[^'"]+)['"]/g);
  return [
    ...[...statements].map(([, type, names, path]) => ({ path, typeOnly: Boolean(type) || onlyTypes(names) })),
    ...[...calls].map(([, path]) => ({ path, typeOnly: false })),
  ].flatMap(({ path, typeOnly }) => (path ? [{ from: file, to: resolved(file, path), typeOnly }] : []));
}

/** What the table does not allow, one line each. */
export function violations(imports: readonly Import[], table: ImportTable): string[] {
  return imports.filter((one) => !allowed(one, table)).map(lineOf);
}

/** Files that import each other in a ring, each ring once. A type is no dependency at run time, but it is one to a reader. */
export function cycles(imports: readonly Import[]): string[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const found = new Set<string>();
  const done = new Set<string>();

  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) {
      found.add(ringOf(path.slice(start)));
      return;
    }
    if (done.has(file)) return;
    for (const to of next.get(file) ?? []) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  return [...found];
}

function allowed({ from, to, typeOnly }: Import, table: ImportTable): boolean {
  if (partOf(from) === partOf(to)) return true;
  const rule = table[partOf(from)];
  if (rule === undefined || rule === 'anything') return rule === 'anything';
  const names = [partOf(to), to.replace(/\.ts$/, '')];
  return names.some((name) => rule.values.includes(name) || (typeOnly && rule.types.includes(name)));
}

const onlyTypes = (names = ''): boolean => {
  const listed = /^\{([\s\S]*)\}\s*from\s*$/.exec(names.trim())?.[1];
  return (listed?.split(',').filter((name) => name.trim() !== '') ?? ['']).every((name) => /^\s*type\s/.test(name));
};

const resolved = (file: string, path: string): string => posix.join(posix.dirname(file), path).replace(/\.js$/, '.ts');
const partOf = (file: string): string => file.replace(/\/.*$|\.ts$/, '');
const lineOf = ({ from, to, typeOnly }: Import): string => `${from} imports ${typeOnly ? 'types of ' : ''}${to}`;

/** A ring reads the same wherever it is entered: it starts at its first name. */
function ringOf(files: readonly string[]): string {
  const first = files.indexOf([...files].sort()[0] ?? '');
  const turned = [...files.slice(first), ...files.slice(0, first)];
  return [...turned, turned[0]].join(' → ');
}
