import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { FoundChange } from '../../src/organisations/found-change.js';
import { changesOf } from '../../src/organisations/national-changes.js';
import type { NationalLink, NationalRecord } from '../../src/organisations/national-facts.js';
import { readOrdAnswer } from '../../src/organisations/ord-answer.js';
import { successionFile } from '../../src/organisations/succession-file.js';
import { ordRecord, type RecordGiven } from './ord-records.js';
import { directory } from './tables.js';

const known = { tables: directory.tables, toldUpTo: '2026-04-01' };

const FACTS = fileURLToPath(new URL('../../../shared/data/organisations', import.meta.url));
const withFacts = existsSync(FACTS) ? describe : describe.skip;

const recordIn = (json: unknown): NationalRecord => {
  const read = readOrdAnswer(json);
  if (read.kind !== 'record') throw new Error(`no record: ${JSON.stringify(read)}`);
  return read.record;
};
const said = ({ row, needsConfirming }: FoundChange) =>
  [needsConfirming ? '?' : '!', ...Object.values(row).slice(0, -1)].join(' ');

function counted(values: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

withFacts('the collected national files', () => {
  const linksOfArchive = (): NationalLink[] => {
    const [header = '', ...lines] = readFileSync(`${FACTS}/ods_succ_archive_2022-10.csv`, 'utf8').trimEnd().split('\n');
    const file = successionFile(header);
    return lines.flatMap((line) => {
      const row = file?.read(line);
      return row?.kind === 'link' ? [row.link] : [];
    });
  };

  test('25,480 successions up to April 2022 change nothing by themselves, and ask about what three of them say otherwise', () => {
    const links = linksOfArchive();
    expect(links).toHaveLength(25_441);
    const { staged, proposals, refused, outcomes, wanted } = changesOf({ records: [], links }, known);
    expect({ staged, refused, wanted }).toEqual({ staged: [], refused: [], wanted: [] });
    expect(proposals.map(said)).toEqual([]);
    expect(counted(outcomes.values())).toEqual({});
  });

  const Flat = z.object({
    name: z.string(),
    start: z.string(),
    end: z.string(),
    roles: z.array(z.object({ id: z.string(), start: z.string(), end: z.string() })),
    icb: z.string(),
    successors: z.array(z.object({ code: z.string(), date: z.string() })),
    predecessors: z.array(z.object({ code: z.string(), date: z.string() })),
  });
  const Snapshot = z.object({ organisations: z.record(z.string(), Flat) });

  /** What was noted down in a shorter form, as the API answers it. */
  const recordOf = ([code, flat]: [string, z.infer<typeof Flat>]): RecordGiven => ({
    code,
    name: flat.name,
    from: flat.start,
    to: flat.end,
    changed: '2026-10-09',
    roles: flat.roles.map(({ id, start, end }) => ({ id, from: start, to: end })),
    ...(flat.icb === ''
      ? {}
      : { icbs: [{ icb: flat.icb, from: flat.name.includes('CENTRAL EAST') ? '2026-04-01' : '2022-07-01' }] }),
    successors: flat.successors.map(({ code: other, date }) => ({ code: other, on: date })),
    predecessors: flat.predecessors.map(({ code: other, date }) => ({ code: other, on: date })),
  });

  test('the records that were collected say what the tables say', () => {
    const text = readFileSync(`${FACTS}/ord_examples/ods_snapshot_2026-10-09_trimmed.json`, 'utf8');
    const records = Object.entries(Snapshot.parse(JSON.parse(text)).organisations).map((each) =>
      recordIn(ordRecord(recordOf(each))),
    );
    for (const name of ['ord_2-0-0_organisation_RWR.json', 'ord_2-0-0_succs_97T_rebuilt.json'])
      records.push(recordIn(JSON.parse(readFileSync(`${FACTS}/ord_examples/${name}`, 'utf8'))));
    const { staged, proposals, refused, outcomes, wanted } = changesOf({ records, links: [] }, known);
    expect({ staged, refused, wanted }).toEqual({ staged: [], refused: [], wanted: [] });
    expect(proposals.map(said)).toEqual([]);
    expect(Object.fromEntries(outcomes)).toEqual({});
  });
});
