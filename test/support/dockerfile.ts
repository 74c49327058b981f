import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** One stage of a Dockerfile: its instructions in order, comments gone and lines joined. */
export type Stage = { name: string; from: string; instructions: { name: string; value: string }[] };

export function stagesIn(text: string): Stage[] {
  const lines = text
    .split('\n')
    .filter((line) => !/^\s*(?:#|$)/.test(line))
    .join('\n')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n');
  const stages: Stage[] = [];
  for (const line of lines) {
    const [, name = '', value = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
    const [, from = '', stage = ''] = name === 'FROM' ? (/^(\S+) AS (\S+)$/.exec(value) ?? []) : [];
    if (name === 'FROM') stages.push({ name: stage, from, instructions: [] });
    else stages.at(-1)?.instructions.push({ name, value });
  }
  return stages;
}

export const valuesOf = ({ instructions }: Stage, instruction: string): string[] =>
  instructions.filter(({ name }) => name === instruction).map(({ value }) => value);

/** The exec form of an instruction. */
export function execForm(stage: Stage, instruction: string): string[] {
  const value = valuesOf(stage, instruction).at(-1) ?? '';
  const words: unknown = JSON.parse(value.slice(value.indexOf('[')));
  if (!Array.isArray(words)) throw new Error(`${instruction} of ${stage.name} is not in exec form`);
  return words.map(String);
}

export type Copy = { from: string | null; sources: string[]; to: string };

export const copiesOf = (stage: Stage): Copy[] =>
  valuesOf(stage, 'COPY').map((value) => {
    const [, from = null, rest = ''] = /^(?:--from=(\S+)\s+)?(.*)$/.exec(value) ?? [];
    const words = rest.split(/\s+/);
    return { from, sources: words.slice(0, -1), to: words.at(-1) ?? '' };
  });

export const variablesOf = (stage: Stage): Record<string, string> =>
  Object.fromEntries(
    valuesOf(stage, 'ENV').flatMap((value) =>
      value.split(/\s+/).map((pair) => {
        const at = pair.indexOf('=');
        return [pair.slice(0, at), pair.slice(at + 1)];
      }),
    ),
  );

/**
 * What the stage `service` copies, in a folder: files of this project, what was built, and links to the packages that
 * `npm ci --omit=dev --omit=optional` installs, and no other.
 */
export async function assemble(service: Stage, folder: string): Promise<void> {
  for (const { from, sources, to } of copiesOf(service)) {
    if (from === 'packages') {
      await linkPackages(join(folder, 'node_modules'));
      continue;
    }
    for (const source of sources) {
      const path = source.replace(/^\/app\//, '');
      const target = to.endsWith('/') ? join(folder, to, path) : join(folder, to);
      await mkdir(dirname(target), { recursive: true });
      await cp(path, target, { recursive: true });
    }
  }
}

type Locked = { packages: Record<string, { dev?: boolean; optional?: boolean; devOptional?: boolean }> };

async function linkPackages(into: string): Promise<void> {
  const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as Locked;
  for (const [path, { dev, optional, devOptional }] of Object.entries(packages)) {
    const [, name] = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path) ?? [];
    if (name === undefined || dev || optional || devOptional) continue;
    await mkdir(dirname(join(into, name)), { recursive: true });
    await symlink(join(process.cwd(), path), join(into, name));
  }
}
