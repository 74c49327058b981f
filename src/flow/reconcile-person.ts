import type { Codes } from '../interpret/codes.js';
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
import type { LastTold, Reconciled, RowThere } from '../store/reconciliations.js';
import { type Case, casesIn, isOpen, isOpenCase, type Part, partsTold } from './reconcile-parts.js';
import type { Keeping } from './register-entry.js';
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
  /** Parts of what the body was told last that must stand there, and did not come with its register. */
  lacks: Part[];
};

/** `isOfServer`: the register was read from a server, where each part of a version stands for itself. */
type By = Pick<Keeping, 'statedBy'> & { site: Site; directory: Directory; codes: Codes; isOfServer: boolean };

/** Somebody whom either register has; null where it is no matter that the other has not. */
export function judgePerson(person: Reconciled, all: readonly RowThere[], body: Reconciling, by: By): Judged | null {
  const cases = casesIn(all, person.told, { ...body, ...by });
  return cases.length === 0 ? judgeMissing(person, body, by) : judgeCases(person, { all, cases }, body, by);
}

type There = { all: readonly RowThere[]; cases: readonly Case[] };

function judgeCases({ personKey, entry, told }: Reconciled, { all, cases }: There, body: Reconciling, by: By): Judged {
  const nhsNumber = entry?.nhsNumber ?? cases[0]?.nhsNumber ?? null;
  const lacking = by.isOfServer ? lackingOf(told, all) : [];
  const rows = lacking.some(({ type }) => type === 'EpisodeOfCare') ? cases.filter(isOpenCase) : standingCases(cases);
  const said = rows.map((row) => row.said);
  const tellsProspective = tells(entry, by.site);
  const { differences, oldCodes } = compareRegister(said, entry, { ...by, asOf: body.asOf, tellsProspective });
  const own = heldThere(told, nhsNumber);
  const [missing, toAsk] = parted(
    differences,
    (each) => isMissing(each) && own !== null && !isByHand(each, rows, told),
  );
  const toSend: Mend[] = [
    ...missing.map((each) => ({ difference: inShort(each), versions: own === null ? [] : [own] })),
    ...lacking.map(({ type, status, version }) => ({
      difference: { kind: 'missing-there' as const, here: `${type} ${status}`, there: 'none', caseId: null },
      versions: [version],
    })),
    ...behind(rows, all, told),
    ...underAnother(said, entry, told),
  ];
  const isAsked = entry?.questions.some(({ kind }) => kind === 'registers-differ') ?? false;
  const again = toSend.flatMap(({ versions }) => versions.map(({ publicationId }) => publicationId));
  return {
    personKey,
    nhsNumber,
    differences: [...toAsk.map(inShort), ...toSend.map(({ difference }) => difference)],
    oldCodes: oldCodes.length,
    sendAgain: [...new Set(again)],
    record: toAsk.length > 0 || isAsked ? said : [],
    isUnsaid: false,
    lacks: lacking,
  };
}

/** Somebody whom the other register has not: null where it need not. */
function judgeMissing({ personKey, entry, ...known }: Reconciled, body: Reconciling, { site }: By): Judged | null {
  if (entry === null || (entry.status === 'prospective' && !tells(entry, site))) return null;
  const told = heldThere(known.told, entry.nhsNumber);
  const { code, candidates } = entry[body.side];
  const isOwn = code === body.code || candidates.includes(body.code);
  if (told === null ? !isOwn : !isOpenThere(told)) return null;
  const parts = told === null ? [] : partsTold(told).filter(({ mustStand }) => mustStand);
  return {
    personKey,
    nhsNumber: entry.nhsNumber,
    differences: [{ kind: 'missing-there', here: entry.status, there: 'none', caseId: null }],
    oldCodes: 0,
    sendAgain: told === null ? [] : [told.publicationId],
    record: [],
    isUnsaid: told === null && entry.nhsNumber !== null,
    // Where that is found, the rest is looked for.
    lacks: parts.filter(({ type }) => type === 'EpisodeOfCare'),
  };
}

/** What the body was told last under each number, and what of it must stand there and does not. */
function lackingOf(told: readonly LastTold[], all: readonly RowThere[]) {
  const there = new Set(all.map(({ resource }) => resource?.uuid));
  return [...new Set(told.map(numberTold))].flatMap((number) => {
    const version = heldThere(told, number);
    const parts = version === null ? [] : partsTold(version);
    return parts.flatMap((part) =>
      version !== null && part.mustStand && !there.has(part.uuid) ? [{ ...part, version }] : [],
    );
  });
}

/** Of the version that the body was told last, and marked there as never having been: somebody has said so. */
function isByHand({ row }: RowDifference, rows: readonly Case[], told: readonly LastTold[]): boolean {
  const own = rows.find(({ said }) => said === row);
  const version = own ? heldThere(told, own.nhsNumber) : null;
  return version !== null && own?.recordVersion === version.recordVersion;
}

function parted<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}

/** Where a register has a row an episode, what is over is history: those count that are open, else the latest. */
function standingCases(rows: readonly Case[]): readonly Case[] {
  const open = rows.filter(isOpenCase);
  if (open.length > 0) return open;
  return rows.toSorted((a, b) => order(lastDay(a.said), lastDay(b.said))).slice(-1);
}

const lastDay = ({ to, from }: RegisterEntry): Day => to ?? from ?? '';

const tells = (entry: Entry | null, { policies }: Site): boolean =>
  policies(entry?.council.code ?? null, entry?.icb.code ?? null).tellProspective;

const isMissing = ({ kind }: RowDifference): boolean => kind === 'missing-there';

const inShort = ({ kind, here, there, row }: RowDifference): Difference => ({ kind, here, there, caseId: row.caseId });

/** A difference that is mended by handing versions over again, where the body was told any. */
type Mend = { difference: Difference; versions: LastTold[] };

/** Only a register that was sent versions can be behind; under each number for itself, and with any part of a version. */
function behind(rows: readonly Case[], all: readonly RowThere[], told: readonly LastTold[]): Mend[] {
  return [...new Set(all.map(({ nhsNumber }) => nhsNumber))].flatMap((number) => {
    const version = heldThere(told, number);
    if (version === null) return [];
    const parts = new Set(partsTold(version).map(({ uuid }) => uuid));
    const own = [
      ...rows.filter((row) => row.nhsNumber === number),
      ...all.filter(({ resource }) => parts.has(resource?.uuid ?? '')),
    ];
    const versions = own.flatMap(({ recordVersion }) => recordVersion ?? []);
    const held = Math.min(...versions);
    if (versions.length === 0 || held >= version.recordVersion) return [];
    const [here, there] = [`version ${version.recordVersion}`, `version ${held}`];
    const caseId = rows.find((row) => row.nhsNumber === number)?.said.caseId ?? null;
    return [{ difference: { kind: 'version-behind' as const, here, there, caseId }, versions: [version] }];
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
    const difference = { kind: 'identity-conflict' as const, here, there, caseId: row.caseId };
    const numbers = [row.nhsNumber, ...(isThere ? [] : [number])];
    const versions = numbers.flatMap((each) => heldThere(told, each) ?? []);
    return [{ difference, versions }];
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
  return episodes.some(isOpen);
}
