import { readFileSync } from 'node:fs';
import { type Verdict, verify } from '../evidence/verify.js';
import { Fault } from '../fault.js';
import { type Command, isSet, type Terminal, textOption } from './command.js';
import { headOption } from './options.js';
import { counted } from './table.js';
import { usageFault } from './usage.js';
import { verifyDatabase } from './verify-database.js';

export const verifyCommand: Command = {
  name: 'verify',
  summary:
    'proves a document of "aftercare evidence" unaltered, with no database and no network; or the whole database',
  usage: `aftercare verify FILE [--head HEAD] [--json]
aftercare verify --database [--head HEAD] [--json]`,
  example: 'aftercare verify evidence.html --head 9f2c…, as the council noted it',
  options: {
    head: { type: 'string', says: 'a head that was noted elsewhere: the document, or the database, must be under it' },
    database: { type: 'boolean', says: 'every original in the database against its seals, in place of a file' },
  },
  async run(line, terminal, context) {
    const [file, ...more] = line.words;
    if (isSet(line, 'database')) {
      if (file !== undefined) throw usageFault('verify', 'give a file or --database, not both');
      const noted = headOption(line, 'head');
      const { pool } = await context.database();
      return verifyDatabase({ pool, noted, asJson: isSet(line, 'json') }, terminal);
    }
    if (file === undefined || more.length > 0) throw usageFault('verify', 'name one file, or give --database');
    const verdict = verify(read(file), headOption(line, 'head'));
    const ok = verdict.problems.length === 0 && verdict.agrees !== false;
    if (isSet(line, 'json')) terminal.out(JSON.stringify({ ok, ...verdict }, null, 2));
    else print(verdict, textOption(line, 'head'), terminal);
    return ok ? 0 : 1;
  },
};

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const detail = {
      code: 'usage',
      where: file,
      text: 'cannot be read',
      next: 'check the name and the rights',
    } as const;
    throw new Fault(detail, { cause });
  }
}

const NAMES: Record<string, string> = {
  message: 'message',
  'stated-fact': 'statement',
  version: 'version',
  attempt: 'attempt',
  look: 'look',
};

function print({ problems, head, agrees, proved, seals }: Verdict, noted: string | null, { out }: Terminal): void {
  if (problems.length > 0) {
    out(`NOT as it was made: ${counted(problems.length, 'problem')}`);
    for (const { item, text } of problems) out(`  ${item}: ${text}`);
  } else {
    const list = proved.flatMap(({ kind, count }) => (count === 0 ? [] : [counted(count, NAMES[kind] ?? kind)]));
    out(
      `Unaltered: ${list.join(', ')}, in ${counted(seals, 'seal')}; and everything else in the document as it was made.`,
    );
  }
  if (!head) return;
  out(`Head: ${head.hash} over ${counted(head.seals, 'seal')}`);
  if (agrees && problems.length > 0)
    out('The head agrees with the one that was noted: what is named here was altered since.');
  else if (agrees) out('The head that was noted agrees: nothing in it that was sealed by then was altered since.');
  else if (agrees === false)
    out(
      `The head that was noted, ${noted}, is another one. If it is older, have the document made again with --noted.`,
    );
  else out('Compare the head with one that was noted elsewhere (--head): alone, the document only agrees with itself.');
}
