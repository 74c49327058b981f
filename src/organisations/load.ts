import { join } from 'node:path';
import type { Day } from '../register/day.js';
import { inconsistencies } from './check.js';
import type { Body, BodyKind, Directory, Meaning, OrganisationTables, Span } from './directory.js';
import { graphOf, order, startsBy } from './graph.js';
import { changesOf, meaningIn, resolve } from './resolve.js';
import { BodyRow, SuccessionRow } from './rows.js';
import { digestOf, readTable, refuseMistakes } from './table.js';

/**
 * Reads `bodies.csv` and `successions.csv` of a folder.
 * @throws Fault `config-invalid`, naming every mistake with its file and line.
 */
export function loadDirectory(folder: string): Directory {
  const bodies = readTable(join(folder, 'bodies.csv'), BodyRow);
  const successions = readTable(join(folder, 'successions.csv'), SuccessionRow);
  const unreadable = [...bodies.mistakes, ...successions.mistakes];
  // A row that was not read would be reported again as a body that is missing.
  refuseMistakes(folder, unreadable.length > 0 ? unreadable : inconsistencies(bodies.rows, successions.rows));
  return directoryOf(
    { bodies: bodies.rows, successions: successions.rows },
    { version: digestOf([bodies.text, successions.text]), shipped: null },
  );
}

const living = (spans: readonly Span[], kind: BodyKind, day: Day): Body[] =>
  spans
    .filter((span) => span.body.kind === kind && startsBy(span, day) && (span.after === null || day < span.after))
    .map(({ body }) => body)
    .sort((a, b) => order(a.code, b.code));

/** The directory over rows already checked. Councils and commissioners are apart: their codes may look alike. */
export function directoryOf(tables: OrganisationTables, made: Pick<Directory, 'version' | 'shipped'>): Directory {
  const spans = tables.bodies.map((row) => row.value);
  const successions = tables.successions.map((row) => row.value);
  const isCouncil = new Set(spans.filter(({ body }) => body.kind === 'council').map(({ body }) => body.code));
  const councils = graphOf(
    spans.filter(({ body }) => body.kind === 'council'),
    successions.filter((link) => isCouncil.has(link.from)),
  );
  const nhs = spans.filter(({ body }) => body.kind !== 'council');
  const nhsSuccessions = successions.filter((link) => !isCouncil.has(link.from));
  const commissioners = graphOf(
    nhs.filter(({ body }) => body.kind !== 'gp-practice' && body.kind !== 'trust'),
    nhsSuccessions,
  );
  // A practice commissions nothing: its code names its ICB only where a practice is asked about.
  const practices = graphOf(
    nhs.filter(({ body }) => body.kind === 'gp-practice' || body.kind === 'icb'),
    nhsSuccessions,
  );
  const trusts = graphOf(
    nhs.filter(({ body }) => body.kind === 'trust'),
    nhsSuccessions,
  );
  const meanings = (code: string, writtenOn: Day, asOf: Day): Meaning[] =>
    [councils, commissioners, practices, trusts].flatMap((graph) => {
      const meaning = meaningIn(graph, code, writtenOn, asOf);
      // The ICBs are in the graph of the practices too, for what the practices answer to.
      return meaning === null || (graph === practices && meaning.meant.kind !== 'gp-practice') ? [] : [meaning];
    });
  const changing = [councils, commissioners, practices];
  const known = new Map<string, readonly Day[]>();
  const changes = (code: string): readonly Day[] => {
    const before = known.get(code);
    if (before) return before;
    const days = changing.flatMap((graph) => changesOf(graph, code)).sort();
    // What senders mistype must not fill the memory; most councils never change, and are asked about as often.
    if (changing.some((graph) => graph.spans.has(code))) known.set(code, days);
    return days;
  };
  return {
    ...made,
    tables,
    council: (code, writtenOn, asOf) => resolve(councils, code, writtenOn, asOf),
    commissioner: (code, writtenOn, asOf) => resolve(commissioners, code, writtenOn, asOf),
    meanings,
    livingOn: (kind, day) => living(spans, kind, day),
    imported: null,
    area: () => null,
    smallArea: () => [],
    icbOfPractice: (code, on) => resolve(practices, code, on, on),
    nextChange: (code, asOf) => changes(code).find((day) => day > asOf) ?? null,
  };
}

/** A directory as a thread can be given it: the rows that it answers by. */
export type DirectoryData = Pick<Directory, 'version' | 'tables' | 'isPlanned'> & { shipped: DirectoryData | null };

export const dataOfDirectory = ({ version, tables, shipped, isPlanned }: Directory): DirectoryData => ({
  ...{ version, tables, ...(isPlanned && { isPlanned }) },
  shipped: shipped && dataOfDirectory(shipped),
});

export function directoryOfData({ version, tables, shipped, isPlanned }: DirectoryData): Directory {
  const directory = directoryOf(tables, { version, shipped: shipped && directoryOfData(shipped) });
  return isPlanned ? { ...directory, isPlanned } : directory;
}
