import { importPostcodes, type PostcodesImported } from '../flow/import-postcodes.js';
import { type Command, isSet, type Terminal } from './command.js';
import { counted } from './table.js';
import { usageFault } from './usage.js';

export const organisationsCommand: Command = {
  name: 'organisations',
  summary: 'imports the national postcode file, by which the part of a divided council is found',
  usage: 'aftercare organisations import FILE [--json]',
  example: 'aftercare organisations import ONSPD_MAY_2026_UK.csv',
  options: {},
  async run(line, terminal, context) {
    const [verb, file, ...more] = line.words;
    if (verb !== 'import' || file === undefined || more.length > 0)
      throw usageFault('organisations', 'say "organisations import", and one file');
    const { pool } = await context.database();
    const done = await importPostcodes({ file, importedBy: context.operator, progress: progressOn(terminal) }, pool);
    if (isSet(line, 'json')) terminal.out(JSON.stringify(done, null, 2));
    else print(done, terminal);
    return done.refused.length === 0 ? 0 : 1;
  },
};

const EVERY = 250_000;

function progressOn({ err }: Terminal): (read: number) => void {
  let next = EVERY;
  return (read) => {
    if (read < next) return;
    next = read - (read % EVERY) + EVERY;
    err(`${read} rows read`);
  };
}

const WHY = {
  cells: 'other cells than the header has columns',
  postcode: 'no postcode',
  county: 'a district, and not the county that has social services there',
  code: 'a code of no council',
} as const;

function print(done: PostcodesImported, { out }: Terminal): void {
  const { read, added, changed, same, leftOut, refused, month, monthBefore } = done;
  for (const { why, count, lines } of refused) {
    const which = `line${lines.length === 1 ? '' : 's'} ${lines.join(', ')}${count > lines.length ? ', …' : ''}`;
    out(`refused: ${counted(count, 'row')} (${which}): ${WHY[why]}`);
  }
  out(
    `${counted(read, 'row')}${month === null ? '' : ` up to ${month}`}: ${added} new, ${changed} changed, ${same} as before; ` +
      `left out ${leftOut.outside} outside England and Wales and ${leftOut.nowhere} of which the file does not say where they lie.`,
  );
  if (month !== null && monthBefore !== null && month < monthBefore)
    out(
      `The file is older than the one imported before, which told of ${monthBefore}: import that one again if this was a mistake.`,
    );
  if (added + changed > 0)
    out('Who is in the register stays as folded: "aftercare refold" shows who would differ, and does it with --apply.');
}
