import { setFlagsFromString } from 'node:v8';
import { type LoadCounts, type Loaded, loadSheet } from '../flow/load.js';
import { londonDay } from '../register/day.js';
import { type Command, isSet, type Terminal, textOption } from './command.js';
import { counted } from './table.js';
import { usageFault } from './usage.js';

export const loadCommand: Command = {
  name: 'load',
  summary: "loads history in bulk from a spreadsheet: a Mental Health Act office's or a council's",
  usage: 'aftercare load FILE --with MAPPING [--dry-run] [--refused OUT] [--json]',
  example: 'aftercare load section-papers.csv --with mappings/load/mha-office.yaml --dry-run',
  options: {
    with: { type: 'string', says: 'the mapping: what the columns mean (docs/load.md; examples in mappings/load)' },
    'dry-run': { type: 'boolean', says: 'says what would happen, and records nothing' },
    refused: { type: 'string', says: 'a new file for the refused rows and why; it holds patient data' },
  },
  async run(line, terminal, context) {
    const [file, ...more] = line.words;
    const mappingFile = textOption(line, 'with');
    if (file === undefined || more.length > 0 || mappingFile === null)
      throw usageFault('load', 'name one file, and its mapping with --with MAPPING');
    collectSooner();
    const { site, mappings, directory } = context.tables(null);
    const { pool } = await context.database();
    const now = () => new Date();
    const dryRun = isSet(line, 'dry-run');
    const refusedTo = textOption(line, 'refused');
    const done = await loadSheet(
      { file, mappingFile, dryRun, refusedTo, recordedBy: context.operator, progress: progressOn(terminal) },
      { pool, site, mappings, directory, now, today: () => londonDay(now().toISOString()), log: context.log() },
    );
    if (refusedTo !== null)
      terminal.err(`${refusedTo} holds the refused rows. They are patient data: keep it safe, and delete it.`);
    if (isSet(line, 'json')) terminal.out(JSON.stringify({ dryRun, ...done }, null, 2));
    else print(done, dryRun, terminal);
    return done.refused === 0 ? 0 : 1;
  },
};

/**
 * A row is read, stored and forgotten. Left alone, the engine lets what is forgotten grow to three times what lives before
 * it collects any: for 100,000 rows the process took 280 MB where 190 do, and was no faster.
 */
const collectSooner = (): void => setFlagsFromString('--heap-growing-percent=50');

const EVERY = 5_000;

/** A line now and then: a sheet of decades takes minutes. */
function progressOn({ err }: Terminal) {
  let next = EVERY;
  return ({ rows, accepted, known, refused }: LoadCounts) => {
    if (rows < next) return;
    next = rows - (rows % EVERY) + EVERY;
    err(`${rows} rows read: ${accepted} accepted, ${known} known already, ${refused} refused`);
  };
}

const SHOWN = 50;

function print({ rows, accepted, known, refused, facts, refusals }: Loaded, dryRun: boolean, { out }: Terminal): void {
  const would = dryRun ? 'would be ' : '';
  for (const { line, column, what, next } of refusals.slice(0, SHOWN)) {
    out(`line ${line}${column === null ? '' : `, ${column}`}: ${what} — ${next}`);
  }
  if (refusals.length > SHOWN) out('… and more; --refused OUT writes every refused row');
  out(
    `${counted(rows, 'row')}: ${accepted} ${would}accepted (${counted(facts, 'new fact')}), ${known} known already, ${refused} refused.`,
  );
  if (dryRun) out('Nothing was recorded.');
}
