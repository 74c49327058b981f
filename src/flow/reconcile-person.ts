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
import { numberTold } from './told.js';
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
  /** What is missing or behind there is handed over again: versions that the body was told last. */
  sendAgain: string[];
  /** What the body's register says, to be recorded, so that the register asks a person, or asks no more. */
  record: RegisterEntry[];
  /** Nothing of ours was sent, and no row says anything: that there is none is to be recorded. */
  isUnsaid: boolean;
};

type Rows = readonly { said: RegisterEntry; recordVersion: number | null }[];
type By = { site: Site; directory: Directory };

/** Somebody whom the other register has. */
export function judgeRows({ personKey, entry, told }: Reconciled, all: Rows, body: Reconciling, by: By): Judged {
  const rows = standingRows(all);
  const said = rows.map((row) => row.said);
  const [first] = said;
  const nhsNumber = entry?.nhsNumber ?? first?.nhsNumber ?? null;
  const { differences, oldCodes } = compareRegister(said, entry, {
    ...by,
    asOf: body.asOf,
    tellsProspective: tells(entry, by.site),
  });
  const own = heldThere(told, nhsNumber);
  const missing = differences
    .filter(isMissing)
    .map((difference) => ({ difference, versions: own === null ? [] : [own] }));
  const toSend = [...missing, ...behind(rows, told), ...underAnother(said, entry, told)];
  const again = toSend.flatMap(({ versions }) => versions.map(({ publicationId }) => publicationId));
  const toAsk = differences.filter((each) => !isMissing(each) || own === null);
  const isAsked = entry?.questions.some(({ kind }) => kind === 'registers-differ') ?? false;
  const sent = toSend.map(({ difference }) => difference);
  return {
    personKey,
    nhsNumber,
    differences: [...toAsk.filter((each) => !sent.includes(each)), ...sent].map(inShort),
    oldCodes: oldCodes.length,
    sendAgain: [...new Set(again)],
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
  if (entry === null || (entry.status === 'prospective' && !tells(entry, site))) return null;
  const told = heldThere(known.told, entry.nhsNumber);
  const { code, candidates } = entry[body.side];
  const isOwn = code === body.code || candidates.includes(body.code);
  if (told === null ? !isOwn : !isOpenThere(told)) return null;
  return {
    personKey,
    nhsNumber: entry.nhsNumber,
    differences: [{ kind: 'missing-there', here: entry.status, there: 'none', caseId: null }],
    oldCodes: 0,
    sendAgain: told === null ? [] : [told.publicationId],
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

/** A difference that is mended by handing versions over again, where the body was told any. */
type Mend = { difference: RowDifference; versions: LastTold[] };

/** Only a register that was sent versions can be behind; under each number for itself. */
function behind(rows: Rows, told: readonly LastTold[]): Mend[] {
  return [...new Set(rows.map(({ said }) => said.nhsNumber))].flatMap((number) => {
    const own = rows.filter(({ said }) => said.nhsNumber === number);
    const [row] = own;
    const versions = own.flatMap(({ recordVersion }) => recordVersion ?? []);
    const version = heldThere(told, number);
    const held = Math.min(...versions);
    if (version === null || !row || versions.length === 0 || held >= version.recordVersion) return [];
    const [here, there] = [`version ${version.recordVersion}`, `version ${held}`];
    return [{ difference: { kind: 'version-behind' as const, row: row.said, here, there }, versions: [version] }];
  });
}

/** Under a number that a merge has retired since: what was told of it is sent again, and what is not there under the other. */
function underAnother(said: readonly RegisterEntry[], entry: Entry | null, told: readonly LastTold[]): Mend[] {
  const number = entry?.nhsNumber ?? null;
  if (number === null) return [];
  const isThere = said.some((row) => row.nhsNumber === number);
  return said.flatMap((row) => {
    if (row.nhsNumber === number) return [];
    const [here, there] = [`NHS number ${number}`, `NHS number ${row.nhsNumber}`];
    const numbers = [row.nhsNumber, ...(isThere ? [] : [number])];
    const versions = numbers.flatMap((each) => heldThere(told, each) ?? []);
    return [{ difference: { kind: 'identity-conflict' as const, row, here, there }, versions }];
  });
}

/**
 * What the body was told last of a number. A council with a system of its own for children was told twice of who is grown up
 * since: what counts is where it is open.
 */
function heldThere(told: readonly LastTold[], number: string | null): LastTold | null {
  const own = told.filter((version) => numberTold(version) === number);
  return own.find(isOpenThere) ?? own[0] ?? null;
}

/** What the body was told last makes it hold something that is not over. */
function isOpenThere({ content }: LastTold): boolean {
  const { episodes }: Publication = (content as LedgerContent).publication; // written by us
  return episodes.some(({ flag, episodeOfCare }) => flag?.status === 'active' || episodeOfCare === 'planned');
}
