import { type BodiesFileKind, bodiesFileKind } from '../flow/bodies-file.js';
import { importFile } from '../flow/import-file.js';
import type { ImportReport } from '../flow/national-import.js';
import { londonDay } from '../register/day.js';
import { type CommandLine, type Context, type ExitCode, isSet, type Terminal } from './command.js';
import { importBodiesFile, printBodiesImported } from './organisations-bodies.js';
import { counted } from './table.js';

/** Imports files one after another, each as a whole or not at all: what was imported before one that fails stays. */
export async function importFiles(
  files: readonly string[],
  line: CommandLine,
  terminal: Terminal,
  context: Context,
): Promise<ExitCode> {
  const imports: Import[] = [];
  for (const file of files) {
    const kind = await bodiesFileKind(file);
    const done =
      kind === null ? await importPlaces(file, terminal, context) : await importBodies(file, kind, terminal, context);
    if (!isSet(line, 'json')) done.print(files.length > 1);
    imports.push(done);
  }
  const reports = imports.map(({ report }) => report);
  if (isSet(line, 'json')) terminal.out(JSON.stringify(reports.length === 1 ? reports[0] : reports, null, 2));
  else if (imports.some(({ isOther }) => isOther)) terminal.out(REFOLD);
  return imports.every(({ isWhole }) => isWhole) ? 0 : 1;
}

/** `isOther`: from now on somebody may be folded otherwise. */
type Import = { report: unknown; isWhole: boolean; isOther: boolean; print(isNamed: boolean): void };

/** A file that says where somebody belongs: it counts from now on. */
async function importPlaces(file: string, terminal: Terminal, context: Context): Promise<Import> {
  const { pool } = await context.database();
  const { directory } = context.tables(null, 'read');
  const today = londonDay(new Date().toISOString());
  const progress = progressOn(terminal);
  const report = await importFile({ file, importedBy: context.operator, today, directory, progress }, pool);
  return {
    report,
    isWhole: report.refused.length + report.differing.length === 0,
    isOther: report.added + report.changed > 0,
    print: (isNamed) => print(report, terminal, isNamed),
  };
}

/** A file that says what bodies there are: nothing of it counts before it is applied. */
async function importBodies(file: string, kind: BodiesFileKind, terminal: Terminal, context: Context): Promise<Import> {
  const report = await importBodiesFile({ file, kind }, progressOn(terminal), context);
  return {
    report,
    isWhole: report.refused.length + report.refusedChanges.length === 0,
    isOther: false,
    print(isNamed) {
      if (isNamed) terminal.out(`${file}: what bodies there are`);
      printBodiesImported(report, terminal.out);
    },
  };
}

const REFOLD =
  'Who is in the register stays as folded: "aftercare refold" shows who would differ, and does it with --apply.';

const EVERY = 250_000;

function progressOn({ err }: Terminal): (read: number) => void {
  let next = EVERY;
  return (read) => {
    if (read < next) return;
    next = read - (read % EVERY) + EVERY;
    err(`${read} rows read`);
  };
}

const WHY_REFUSED: Record<string, string> = {
  cells: 'other cells than there are columns',
  postcode: 'no postcode',
  county: 'a district, and not the county that has social services there',
  code: 'no code, or a code of another kind',
  commissioner: 'no code of a commissioner',
  area: 'no code of a small area',
  day: 'a day that does not exist, or one that is missing',
  twice: 'there already, further up in the file',
};

const WHY_LEFT_OUT: Record<string, string> = {
  outside: 'outside England and Wales',
  nowhere: 'of which the file does not say where they lie',
  setting: 'that the file does not call a GP practice',
  commissioner: 'without a commissioner',
};
/** Of small areas those of Wales are outside too: they are in no ICB. */
const LEFT_OUT_OF_AREAS: Record<string, string> = { ...WHY_LEFT_OUT, outside: 'outside England' };

/** A file may tell of one small area from several days on. */
const COUNTED_BY_DAY = ', counted for each day from which it tells of one';

const WHAT: Record<ImportReport['kind'], string> = {
  postcodes: 'postcodes',
  'gp-practices': 'GP practices',
  'small-areas': 'small areas',
  'sub-icbs': 'sub-ICB locations',
};

function print(report: ImportReport, { out }: Terminal, named: boolean): void {
  const { kind, file, read, added, changed, same, refused, month, monthBefore, differing } = report;
  if (named) out(`${file}: ${WHAT[kind]}`);
  for (const { why, count, lines } of refused) {
    const which = `line${lines.length === 1 ? '' : 's'} ${lines.join(', ')}${count > lines.length ? ', …' : ''}`;
    out(`refused: ${counted(count, 'row')} (${which}): ${WHY_REFUSED[why] ?? why}`);
  }
  for (const { line, code, of, file: says, tables } of differing) {
    const what = of === 'icb' ? 'is in' : 'has the GSS code';
    out(`differs: line ${line}: ${code} ${what} ${says}, and in mappings/organisations ${tables ?? 'it is not there'}`);
  }
  const what = `${WHAT[kind]}${kind === 'small-areas' ? COUNTED_BY_DAY : ''}`;
  const about = month === null ? ` of ${what}` : ` up to ${month}`;
  if (kind === 'sub-icbs') {
    out(
      `${counted(read, 'row')}${about}: ${same} as the tables have them. Nothing of it is kept.${leftOutText(report)}`,
    );
    return;
  }
  out(`${counted(read, 'row')}${about}: ${added} new, ${changed} changed, ${same} as before.${leftOutText(report)}`);
  if (month !== null && monthBefore !== null && month < monthBefore)
    out(
      `The file is older than the one imported before, which told of ${monthBefore}: import that one again if this was a mistake.`,
    );
}

function leftOutText({ kind, leftOut }: ImportReport): string {
  const why = kind === 'small-areas' ? LEFT_OUT_OF_AREAS : WHY_LEFT_OUT;
  const parts = Object.entries(leftOut).flatMap(([reason, count]) => (count > 0 ? [`${count} ${why[reason]}`] : []));
  return parts.length === 0 ? '' : ` Left out: ${parts.join(', ')}.`;
}
