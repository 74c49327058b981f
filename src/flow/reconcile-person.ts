import type { Directory } from '../organisations/directory.js';
import { order } from '../organisations/graph.js';
import type { Publication } from '../publish/content.js';
import type { Day } from '../register/day.js';
import type { Entry } from '../register/entry.js';
import {
  compareRegister,
  type DifferenceKind,
  type RegisterEntry,
  type RowDifference,
} from '../register/register-comparison.js';
import type { Site } from '../site.js';
import type { LastTold, Reconciled } from '../store/reconciliations.js';
import type { LedgerContent } from './versions.js';

/** A body whose register is held against this one. `keys`: under which it is told, as the ledger has them. */
export type Reconciling = { side: 'council' | 'icb'; code: string; keys: readonly string[]; asOf: Day };

/** One way in which the registers differ about somebody; `caseId` is the body's own. */
export type Difference = { kind: DifferenceKind; here: string; there: string; caseId: string | null };

/** How one person stands in both. */
export type Judged = {
  personKey: string | null;
  nhsNumber: string | null;
  differences: Difference[];
  oldCodes: number;
  /** What is missing or behind there is handed over again: the version that the body was told last. */
  sendAgain: string | null;
  /** What the body's register says, to be recorded, so that the register asks a person, or asks no more. */
  record: RegisterEntry[];
  /** Nothing of ours was sent, and no row says anything: that there is none is to be recorded. */
  isUnsaid: boolean;
};

type Rows = readonly { said: RegisterEntry; recordVersion: number | null }[];
type By = { site: Site; directory: Directory };

/** Somebody whom the other register has. */
export function judgeRows({ personKey, entry, ...known }: Reconciled, all: Rows, body: Reconciling, by: By): Judged {
  const told = heldThere(known.told);
  const rows = standingRows(all);
  const said = rows.map((row) => row.said);
  const [first] = said;
  const { differences, oldCodes } = compareRegister(said, entry, {
    ...by,
    asOf: body.asOf,
    tellsProspective: tells(entry, by.site),
  });
  const toSend = [...differences.filter(isMissing), ...behind(rows, told), ...underAnother(said, entry)];
  const toAsk = differences.filter((each) => !isMissing(each) || told === null);
  const isAsked = entry?.questions.some(({ kind }) => kind === 'registers-differ') ?? false;
  return {
    personKey,
    nhsNumber: entry?.nhsNumber ?? first?.nhsNumber ?? null,
    differences: [...toAsk.filter((each) => !toSend.includes(each)), ...toSend].map(inShort),
    oldCodes: oldCodes.length,
    sendAgain: toSend.length > 0 && told !== null ? told.publicationId : null,
    record: toAsk.length > 0 || isAsked ? said : [],
    isUnsaid: false,
  };
}

/** Somebody whom the other register has not: null where it need not. */
export function judgeMissing(
  { personKey, entry, ...known }: Reconciled,
  body: Reconciling,
  { site }: By,
): Judged | null {
  const told = heldThere(known.told);
  if (entry === null || (entry.status === 'prospective' && !tells(entry, site))) return null;
  const { code, candidates } = entry[body.side];
  const isOwn = code === body.code || candidates.includes(body.code);
  if (told === null ? !isOwn : !isOpenThere(told)) return null;
  return {
    personKey,
    nhsNumber: entry.nhsNumber,
    differences: [{ kind: 'missing-there', here: entry.status, there: 'none', caseId: null }],
    oldCodes: 0,
    sendAgain: told?.publicationId ?? null,
    record: [],
    isUnsaid: told === null && entry.nhsNumber !== null,
  };
}

/** Where a register has a row an episode, what is over is history: those count that are open, else the latest. */
function standingRows(rows: Rows): Rows {
  const open = rows.filter(({ said }) => said.status === 'active' || said.status === 'prospective');
  if (open.length > 0) return open;
  return rows.toSorted((a, b) => order(lastDay(a.said), lastDay(b.said))).slice(-1);
}

const lastDay = ({ to, from }: RegisterEntry): Day => to ?? from ?? '';

const tells = (entry: Entry | null, { policies }: Site): boolean =>
  policies(entry?.council.code ?? null, entry?.icb.code ?? null).tellProspective;

const isMissing = ({ kind }: RowDifference): boolean => kind === 'missing-there';

const inShort = ({ kind, here, there, row }: RowDifference): Difference => ({ kind, here, there, caseId: row.caseId });

/** Only a register that was sent versions can be behind. */
function behind(rows: Rows, told: LastTold | null): RowDifference[] {
  const versions = rows.flatMap(({ recordVersion }) => recordVersion ?? []);
  const [row] = rows;
  if (told === null || !row || versions.length === 0 || Math.max(...versions) >= told.recordVersion) return [];
  const there = `version ${Math.max(...versions)}`;
  return [{ kind: 'version-behind', row: row.said, here: `version ${told.recordVersion}`, there }];
}

/** Under a number that a merge has retired since. */
function underAnother(said: readonly RegisterEntry[], entry: Entry | null): RowDifference[] {
  const number = entry?.nhsNumber ?? null;
  if (number === null) return [];
  return said.flatMap((row) =>
    row.nhsNumber === number
      ? []
      : [
          {
            kind: 'identity-conflict' as const,
            row,
            here: `NHS number ${number}`,
            there: `NHS number ${row.nhsNumber}`,
          },
        ],
  );
}

/** A council with a system of its own for children was told twice of who is grown up since: what counts is where it is open. */
const heldThere = (told: readonly LastTold[]): LastTold | null => told.find(isOpenThere) ?? told[0] ?? null;

/** What the body was told last makes it hold something that is not over. */
function isOpenThere({ content }: LastTold): boolean {
  const { episodes }: Publication = (content as LedgerContent).publication; // written by us
  return episodes.some(({ flag, episodeOfCare }) => flag?.status === 'active' || episodeOfCare === 'planned');
}
