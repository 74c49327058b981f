import { closeSync, fchmodSync, fstatSync, openSync, writeFileSync } from 'node:fs';
import { type EvidenceData, evidenceData } from '../evidence/data.js';
import { digestsOf, madeReason } from '../evidence/digests.js';
import { assemble, type EvidenceDocument } from '../evidence/document.js';
import { drawPage, proofText } from '../evidence/page.js';
import { type Verdict, verify } from '../evidence/verify.js';
import { tablesToday } from '../flow/directory-today.js';
import { type Gathered, gather } from '../flow/evidence.js';
import { proveDocument } from '../flow/make-evidence.js';
import type { NotedHead } from '../flow/proofs.js';
import { sha256 } from '../seal/canonical.js';
import type { Database } from '../store/database.js';
import { sealStore } from '../store/seals.js';
import type { Tables } from '../tables.js';
import { VERSION } from '../version.js';
import { type Command, type CommandLine, type Context, isSet, type Terminal, textOption } from './command.js';
import { headOption, nhsNumberIn } from './options.js';
import { parkedText } from './person-text.js';
import { counted } from './table.js';
import { usageFault } from './usage.js';

export const evidenceCommand: Command = {
  name: 'evidence',
  summary: 'everything known about one person, when and from where, as one document that proves itself',
  usage: 'aftercare evidence NHS-NUMBER [--out FILE] [--noted HEAD] [--json]',
  example: 'aftercare evidence 9990000018 --out evidence.html',
  options: {
    out: { type: 'string', says: 'the file to write (default: standard output); its name should not name the person' },
    noted: {
      type: 'string',
      says: 'a head that was noted earlier: the document proves that nothing was altered since',
    },
  },
  async run(line, terminal, context) {
    const [written, ...more] = line.words;
    if (written === undefined || more.length > 0) throw usageFault('evidence', 'give one NHS number');
    const nhsNumber = nhsNumberIn(written, 'NHS-NUMBER');
    const tables = context.tables(null);
    const { pool } = await context.database();
    const noted = await notedHead(line, pool);
    if (noted === 'unknown') {
      terminal.err('The head of --noted was never a head here: it is of another service, or the seals were altered.');
      return 1;
    }
    const gathering = await gather(nhsNumber, { ...tables, pool, now: () => new Date() });
    if (gathering.kind !== 'gathered') {
      terminal.err(NOTHING[gathering.kind]);
      if (gathering.kind === 'unknown' && gathering.parked.length > 0) terminal.err(parkedText(gathering.parked));
      return 1;
    }
    const file = await fileOf(gathering.gathered, noted, isSet(line, 'json'), context);
    return handOver(file, line, terminal);
  },
};

const NOTHING = {
  unknown: 'The register knows nothing of this number. That is no answer to whether aftercare is owed.',
  'not-folded':
    'What was said of this number is not in the register yet: try again in a minute, while the service runs.',
};

async function notedHead(line: CommandLine, pool: Database['pool']): Promise<NotedHead | null | 'unknown'> {
  const hash = headOption(line, 'noted');
  const seals = hash === null ? null : await sealStore(pool).sizeOf(hash);
  if (hash === null) return null;
  return seals === null ? 'unknown' : { seals, hash };
}

async function fileOf(gathered: Gathered, noted: NotedHead | null, asJson: boolean, context: Context): Promise<string> {
  const { pool } = await context.database();
  const tables = await tablesToday(context.tables(null), pool);
  const made = { at: new Date().toISOString(), by: context.operator, with: VERSION, site: tables.site.name };
  const data = evidenceData(gathered, made, nameIn(tables, gathered.entry.asOf));
  const page = asJson ? null : drawPage(data);
  const digests = digestsOf(data);
  const pageDigest = page === null ? null : sha256(page);
  const record = { subject: gathered.personKeys[0], reason: madeReason(digests, pageDigest) };
  const deps = { pool, who: context.operator, noted, log: context.log() };
  const proved = await proveDocument(data.originals, record, deps);
  const document = documentOf(data, { digests, page: pageDigest, made: proved.made, ...proved.proofs });
  return page === null ? JSON.stringify(document, null, 2) : assemble(page, proofText(document.proof), document);
}

/** As whoever reads the file will have it. */
const documentOf = (data: EvidenceData, proof: object): EvidenceDocument =>
  JSON.parse(JSON.stringify({ evidence: 1, data, proof }));

const nameIn =
  ({ directory }: Tables, today: string) =>
  (code: string): string | null => {
    const found = [directory.council(code, today, today), directory.commissioner(code, today, today)];
    return found.flatMap((each) => (each.kind === 'found' ? [each.body.name] : []))[0] ?? null;
  };

/** The document is checked as whoever gets it would: an original that was altered in the database is told here first. */
function handOver(file: string, line: CommandLine, terminal: Terminal): 0 | 1 {
  const out = textOption(line, 'out');
  if (out === null) terminal.out(file);
  else write(out, file);
  const verdict = verify(file, null);
  if (out !== null) tell(verdict, out, isSet(line, 'json'), terminal);
  for (const { item, text } of verdict.problems) terminal.err(`${item}: ${text}`);
  return verdict.problems.length === 0 ? 0 : 1;
}

function tell({ head, problems, proved }: Verdict, out: string, asJson: boolean, terminal: Terminal): void {
  if (asJson) {
    terminal.out(JSON.stringify({ out, head, proved, problems }));
    return;
  }
  const originals = proved.reduce((sum, { count }) => sum + count, 0);
  terminal.out(
    `Written to ${out}: ${counted(originals, 'original')}. Head: ${head?.hash}, over ${counted(head?.seals ?? 0, 'seal')}.`,
  );
  terminal.out('Whoever gets it can check it with: aftercare verify FILE --head HEAD');
}

/** Patient data: for whoever runs the command alone, also in a file that was there and that others could read. */
function write(out: string, file: string): void {
  try {
    const to = openSync(out, 'w', 0o600);
    if (fstatSync(to).isFile()) fchmodSync(to, 0o600);
    writeFileSync(to, `${file}\n`);
    closeSync(to);
  } catch {
    throw usageFault(`--out ${out}`, 'cannot be written');
  }
}
