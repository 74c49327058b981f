import { join } from 'node:path';
import { Fault } from '../fault.js';
import { directoryToday } from '../flow/directory-today.js';
import { practiceMeanings } from '../flow/practice-meanings.js';
import type { Body, Directory, Meaning, Resolution, Step } from '../organisations/directory.js';
import { loadSources, type Source } from '../organisations/sources.js';
import { londonDay } from '../register/day.js';
import { type CommandLine, type Context, type ExitCode, isSet, type Terminal } from './command.js';
import { askedDayOption } from './options.js';
import { stepText } from './transition-text.js';

type Asked = { code: string; on: string; asOf: string };

/** Who a code meant on a day and who answers for it on another, with each step between and where it is from. */
export async function resolveCode(
  code: string,
  line: CommandLine,
  terminal: Terminal,
  context: Context,
): Promise<ExitCode> {
  const today = londonDay(new Date().toISOString());
  const on = askedDayOption(line, 'on') ?? today;
  const asked = { code: code.trim().toUpperCase(), on, asOf: askedDayOption(line, 'as-of') ?? today };
  const meanings = await meaningsOf(asked, terminal, context);
  const sources = namedBy(meanings, loadSources(join(context.mappingsFolder, 'organisations')));
  if (isSet(line, 'json')) terminal.out(JSON.stringify({ ...asked, meanings: meanings.map(asJson), sources }, null, 2));
  else print(asked, meanings, sources, terminal);
  return meanings.length > 0 ? 0 : 1;
}

/** With what was applied and imported, where there is a database; the tables that come with the product need none. */
async function meaningsOf(asked: Asked, { err }: Terminal, context: Context): Promise<Meaning[]> {
  const { directory: loaded } = context.tables(null);
  const inTables = (directory: Directory) => directory.meanings(asked.code, asked.on, asked.asOf);
  try {
    const database = await context.databaseThere();
    if (!database) return inTables(loaded);
    const directory = await directoryToday(loaded, database.pool);
    const meanings = inTables(directory);
    if (meanings.some(({ meant }) => meant.kind === 'gp-practice')) return meanings;
    return [...meanings, ...(await practiceMeanings(asked, directory, database.pool))];
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'system-unreachable') throw error;
    err(`The database is out of reach: without what was imported and applied there. ${error.message}`);
    return inTables(loaded);
  }
}

function asJson({ meant, answersTo, isOutsideItsLife, resolution }: Meaning) {
  const { kind: outcome, ...answer } = resolution;
  return { meant: { ...meant, answersTo }, isOutsideItsLife, outcome, ...answer };
}

function namedBy(meanings: readonly Meaning[], sources: readonly Source[]): Source[] {
  const keys = new Set(
    meanings.flatMap(({ meant, resolution }) => {
      if (resolution.kind === 'unknown') return keysOf(meant);
      const ends = resolution.kind === 'found' ? [resolution.body] : resolution.candidates;
      return [meant, ...ends, ...resolution.steps].flatMap(keysOf);
    }),
  );
  return sources.filter(({ key }) => keys.has(key));
}

const keysOf = ({ source }: Body | Step): string[] => source.split(' ');

const KINDS: Record<Body['kind'], string> = {
  council: 'council',
  icb: 'ICB',
  ccg: 'CCG',
  'sub-icb': 'sub-ICB location',
  'local-health-board': 'local health board',
  'gp-practice': 'GP practice',
  trust: 'NHS trust',
};

function print(asked: Asked, meanings: readonly Meaning[], sources: readonly Source[], { out, err }: Terminal): void {
  if (meanings.length === 0) {
    err(`${asked.code} is in no table of mappings/organisations: add it there if it is a council, an ICB or a trust`);
  }
  for (const meaning of meanings) printMeaning(asked, meaning, out);
  if (sources.length > 0) out('\nSources');
  for (const { key, title, licence } of sources) out(`  ${key}: ${title}${licence === null ? '' : ` (${licence})`}`);
}

function printMeaning({ code, on, asOf }: Asked, meaning: Meaning, out: Terminal['out']): void {
  const { meant, answersTo, isOutsideItsLife, resolution } = meaning;
  const said = isOutsideItsLife ? `means, though it had nobody on ${on},` : `on ${on} is`;
  out(`${code} ${said} ${named(meant)}${answersTo === null ? '' : `, in ${answersTo}`} [${meant.source}]`);
  if (resolution.kind !== 'unknown') {
    for (const step of resolution.steps) out(`  ${stepText(step)} [${step.source}]`);
  }
  printAnswer(asOf, resolution, out);
}

function printAnswer(asOf: string, resolution: Resolution, out: Terminal['out']): void {
  if (resolution.kind === 'unknown') out(`On ${asOf} nobody is known to answer for it`);
  else if (resolution.kind === 'found') out(`On ${asOf} it is ${named(resolution.body)} [${resolution.body.source}]`);
  else {
    out(`On ${asOf} it is one of these; the ${resolution.resolveBy} decides, and the code does not say which:`);
    for (const body of resolution.candidates) out(`  ${named(body)} [${body.source}]`);
  }
}

function named({ code, kind, name, ods, gss, from, to }: Body): string {
  const others = [ods, gss].filter((other) => other !== null && other !== code);
  const life = [from === null ? null : `from ${from}`, to === null ? null : `until ${to}`].filter(Boolean).join(' ');
  return `${name} (${[KINDS[kind], code, ...others].join(', ')}${life === '' ? '' : `; ${life}`})`;
}
