import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { lacksOf } from '../../src/organisations/changed-tables.js';
import { consistentPart } from '../../src/organisations/consistent-part.js';
import type { Directory, OrganisationTables } from '../../src/organisations/directory.js';
import type { FoundChange } from '../../src/organisations/found-change.js';
import { directoryOf } from '../../src/organisations/load.js';
import { changesOf, type NationalChanges } from '../../src/organisations/national-changes.js';
import type { NationalLink, NationalRecord } from '../../src/organisations/national-facts.js';
import { readOrdAnswer } from '../../src/organisations/ord-answer.js';
import { successionFile } from '../../src/organisations/succession-file.js';
import { recordsOf, tablesBefore } from './as-recorded.js';
import { ordRecord, type RecordGiven } from './ord-records.js';
import { answer, directory, TODAY } from './tables.js';

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
    expect(proposals.map(said)).toEqual([
      '? 1999-04-01 RFY RV2 split service',
      '? 1999-04-01 RFY RV3 split service',
      '? 2002-04-01 RFG RHA split service',
      '? 2002-04-01 RFG RWC split service',
      '? 2009-04-01 E10000001 E06000032 split ', // 610 → 611, true of some record and wrong for people
    ]);
    expect(counted(outcomes.values())).toEqual({
      same: 241,
      changes: 3,
      'predecessor-untracked': 269,
      'successor-untracked': 76,
      untracked: 24_817,
    });
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
    expect(counted(outcomes.values())).toEqual({ same: 28, 'predecessor-untracked': 4, untracked: 6 });
  });
});

/** As if a person had confirmed everything, and said where it was asked what tells parts apart. */
function allConfirmed({ staged, proposals }: NationalChanges, resolveBy: string): FoundChange[] {
  return [...staged, ...proposals].map((change) => {
    const isAsked = change.row.kind === 'split' && change.row.resolve_by === '';
    return isAsked ? { ...change, row: { ...change.row, resolve_by: resolveBy } } : change;
  });
}

const composed = (tables: OrganisationTables, changes: readonly FoundChange[]): Directory => {
  const { counts, refused, tables: changed } = consistentPart(tables, changes);
  expect({ refused, counts: counts.length }).toEqual({ refused: [], counts: changes.length });
  return directoryOf(changed, { version: 'test', shipped: null });
};

const recorded = (given: readonly RecordGiven[]) => given.map((each) => recordIn(ordRecord(each)));
const codesOf = (kinds: readonly string[]) => [
  ...new Set(directory.tables.bodies.flatMap(({ value: { body } }) => (kinds.includes(body.kind) ? [body.code] : []))),
];

describe('April 2026 as the national directory records it, beside tables that end before', () => {
  const before = { tables: tablesBefore('2026-04-01', directory.tables), toldUpTo: '2025-04-01' };
  const records = recordsOf(directory.tables);

  test('6 ICBs begin and 12 end, 23 places go elsewhere; who got which part of Frimley is asked', () => {
    const found = changesOf({ records: recorded(records), links: [] }, before);
    expect(found).toMatchObject({ refused: [], wanted: [] });
    const stated = found.staged.map(said);
    const ends = stated.filter((line) => / icb .* 2026-03-31 $/.test(line)).map((line) => line.slice(2, 5));
    expect(ends).toEqual(['QH8', 'QHG', 'QJG', 'QM7', 'QMJ', 'QMM', 'QNQ', 'QNX', 'QRV', 'QU9', 'QUE', 'QXU']);
    const begins = stated.filter((line) => / icb .* 2026-04-01 {2}$/.test(line)).map((line) => line.slice(2, 7));
    expect(begins).toEqual(['D7T5G', 'S0E4D', 'S1Y5D', 'S9B9J', 'T6Y0W', 'Z9B2Z']);
    expect(stated.filter((line) => line.includes(' merge '))).toHaveLength(9);
    expect(stated).toHaveLength(12 + 6 + 9 + 2); // and the place D4U1Y ends, and U2G6B begins

    const asked = found.proposals.map(said);
    expect(asked.filter((line) => line.includes(' sub-icb '))).toHaveLength(23);
    expect(asked.filter((line) => line.includes(' split '))).toEqual([
      '? 2026-04-01 QJG D7T5G split sub-ICB location',
      '? 2026-04-01 QJG T6Y0W split sub-ICB location',
      '? 2026-04-01 QM7 D7T5G split sub-ICB location',
      '? 2026-04-01 QM7 S1Y5D split sub-ICB location',
      '? 2026-04-01 QNQ QRL split ',
      '? 2026-04-01 QNQ S0E4D split ',
      '? 2026-04-01 QNQ S9B9J split ',
    ]);
  });

  test('confirmed, every code of a commissioner leads where the tables of today lead', () => {
    const found = changesOf({ records: recorded(records), links: [] }, before);
    const after = composed(before.tables, allConfirmed(found, 'address or GP practice'));
    for (const code of codesOf(['ccg', 'icb', 'sub-icb']))
      for (const writtenOn of ['2020-05-01', '2026-03-31', TODAY])
        expect([code, writtenOn, answer(after.commissioner(code, writtenOn, TODAY))]).toEqual([
          code,
          writtenOn,
          answer(directory.commissioner(code, writtenOn, TODAY)),
        ]);
  });

  test('that the record of the place of Frimley points at one of three ICBs decides nothing by itself', () => {
    const pointing = records.map((each) =>
      each.code === 'D4U1Y' ? { ...each, icbs: [...(each.icbs ?? []), { icb: 'QRL', from: '2026-04-01' }] } : each,
    );
    const found = changesOf({ records: recorded(pointing), links: [] }, before);
    expect(found.proposals.map(said)).toContain('? 2026-04-01 QNQ QRL split ');
    expect(found.proposals.filter(({ row }) => row.code === 'D4U1Y').map(said)).toHaveLength(1);
    const beside = changesOf({ records: recorded(pointing), links: [] }, known);
    expect(beside.staged).toEqual([]);
    expect(beside.proposals).toHaveLength(1);
    expect(beside.proposals[0]?.why).toBe(
      'the record of D4U1Y has it in QRL since 2026-04-01, and the tables end it on 2026-03-31, which counts until somebody confirms this',
    );
  });
});

describe('July 2022 as the national directory records it, beside tables that end before', () => {
  const before = { tables: tablesBefore('2022-07-01', directory.tables), toldUpTo: '2021-04-01' };
  const records = recordsOf(tablesBefore('2026-04-01', directory.tables));

  test('106 codes of CCGs were kept open as places, and 42 of partnerships as ICBs: nothing of it is a fact, all is asked', () => {
    const { staged, proposals, refused } = changesOf({ records: recorded(records), links: [] }, before);
    expect({ staged, refused }).toEqual({ staged: [], refused: [] });
    const kinds = proposals.map(({ what, row }) => (what === 'body' ? row.kind : `link ${row.kind}`));
    expect(counted(kinds.map(String))).toEqual({ icb: 42, 'sub-icb': 106, 'link merge': 106 });
  });

  test('confirmed, every CCG leads to its ICB; the three that were divided by address need the tables', () => {
    const found = changesOf({ records: recorded(records), links: [] }, before);
    const after = composed(before.tables, allConfirmed(found, 'address'));
    const others = codesOf(['ccg']).filter(
      (code) =>
        answer(after.commissioner(code, '2013-04-01', '2022-07-01')) !==
        answer(directory.commissioner(code, '2013-04-01', '2022-07-01')),
    );
    // Glossop, west Birmingham and a part of Cambridgeshire: no national record tells of parts that moved by address.
    expect(others).toEqual(['01Y', '05C', '05L', '05Y', '06A', '06H', 'D2P2L']);
  });
});

describe('one record beside the tables', () => {
  const found = (given: RecordGiven, links: NationalLink[] = []) =>
    changesOf({ records: [recordIn(ordRecord(given))], links }, known);
  const ICB_ROLES = [
    { id: 'RO261', from: '2017-04-01' },
    { id: 'RO318', from: '2022-07-01' },
  ];

  test('the legal end counts, and not that it is still called active', () => {
    const ended = {
      code: 'QHL',
      name: 'NHS BIRMINGHAM AND SOLIHULL INTEGRATED CARE BOARD',
      roles: ICB_ROLES,
      from: '2017-04-01',
      to: '2027-03-31',
      successors: [{ code: 'QUA', on: '2027-04-01' }],
    };
    const { staged, refused } = found(ended);
    expect(staged).toEqual([]);
    // Its place stays: until its record comes, the end would leave the place without an ICB.
    expect(refused.map(({ change }) => said(change))).toEqual([
      '! QHL icb NHS Birmingham and Solihull Integrated Care Board QHL E54000055 2022-07-01 2027-03-31 ',
      '! 2027-04-01 QHL QUA merge ',
    ]);
  });

  test('another name is asked about, for it has no day; how it is written is none', () => {
    const name = (written: string) => ({ code: 'QHL', name: written, roles: ICB_ROLES, changed: '2026-11-01' });
    expect(found(name('NHS BIRMINGHAM & SOLIHULL INTEGRATED CARE BOARD')).proposals).toEqual([]);
    const [change] = found(name('NHS WEST MIDLANDS INTEGRATED CARE BOARD')).proposals;
    expect(change?.row).toMatchObject({ name: 'NHS West Midlands Integrated Care Board', from: '' });
    expect(change?.why).toContain('confirm with --set from=DATE');
    expect(lacksOf({ what: 'body', continues: true, row: { ...change?.row, from: '2026-11-01' } })).toEqual([]);
  });

  test('a county that became a unitary under its code is another council, whose GSS code stands in no record', () => {
    const roles = [
      { id: 'RO141', from: '1974-04-01' },
      { id: 'RO33', from: '1974-04-01', to: '2028-03-31' },
      { id: 'RO40', from: '2028-04-01' },
    ];
    const [change, ...others] = found({ code: '503', name: 'ESSEX COUNCIL', roles, from: '1974-04-01' }).proposals;
    expect(others).toEqual([]);
    expect(change).toMatchObject({ continues: true, row: { code: '', gss: '', ods: '503', from: '2028-04-01' } });
    const somerset = { code: '905', name: 'SOMERSET COUNCIL', from: '1974-04-01' };
    const both = [roles[0], { id: 'RO33', from: '1974-04-01', to: '2023-03-31' }, { id: 'RO40', from: '2023-04-01' }];
    expect(found({ ...somerset, roles: both.flatMap((role) => role ?? []) }).proposals).toEqual([]);
  });

  test('a body whose own record goes on after it was followed is not ended by that: perhaps a part of it moved', () => {
    const dorset: RecordGiven = {
      code: '809',
      name: 'DORSET COUNCIL',
      from: '1974-04-01',
      changed: '2027-05-01',
      roles: [
        { id: 'RO141', from: '1974-04-01' },
        { id: 'RO40', from: '2019-04-01' },
      ],
    };
    const part = found(dorset, [{ from: '809', to: '738', on: '2027-04-01' }]);
    expect([...part.staged, ...part.proposals].map(said)).toEqual(['? 2027-04-01 E06000059 E06000058 boundary ']);
    const before = found({ ...dorset, changed: '2026-10-01' }, [{ from: '809', to: '738', on: '2027-04-01' }]);
    expect(before.staged.map(said)).toEqual([
      '! E06000059 council Dorset Council 809 E06000059 2019-04-01 2027-03-31 ',
      '! 2027-04-01 E06000059 E06000058 merge ',
    ]);
  });

  test('a new council waits for its GSS code, and so does what leads to it', () => {
    const { staged, proposals, refused } = found({
      code: 'S7R2Y',
      name: 'WEST SURREY COUNCIL',
      from: '2027-04-01',
      roles: [
        { id: 'RO141', from: '2027-04-01' },
        { id: 'RO40', from: '2027-04-01' },
      ],
      predecessors: [
        { code: '805', on: '2027-04-01' },
        { code: '256', on: '2027-04-01' },
      ],
    });
    expect(refused).toEqual([]);
    expect(proposals.map(({ row }) => row.name)).toEqual(['West Surrey Council']);
    expect(staged.map(said)).toHaveLength(2);
  });

  test('a trust that follows one of ours is taken over; another is left out', () => {
    const trust = (code: string, from: string): RecordGiven => ({
      code,
      name: 'AN INVENTED PARTNERSHIP NHS FOUNDATION TRUST',
      from,
      roles: [{ id: 'RO197', from }],
      predecessors: [{ code: 'RXT', on: from }],
    });
    expect(found(trust('N8X2T', '2027-04-01')).staged.map(said)).toEqual([
      '! N8X2T trust An Invented Partnership NHS Foundation Trust N8X2T  2027-04-01  ',
      '! RXT trust Birmingham and Solihull Mental Health NHS Foundation Trust RXT  2003-04-01 2027-03-31 ',
      '! 2027-04-01 RXT N8X2T rename ',
    ]);
    const other = found({ ...trust('N8X2T', '2027-04-01'), predecessors: [] });
    expect([...other.staged, ...other.proposals]).toEqual([]);
    expect(other.outcomes.get('N8X2T')).toBe('untracked');
  });

  test('booleans as words, one where a list is expected, sections left out', () => {
    const answer = {
      Organisation: {
        Name: 'NHS EAST INTEGRATED CARE BOARD',
        OrgId: { extension: 'E4S7T' },
        Date: { Type: 'Operational', Start: '2027-04-02' },
        Roles: { Role: { id: 'RO261', primaryRole: 'true', Date: { Type: 'Legal', Start: '2027-04-01' } } },
        Succs: {
          Succ: {
            Type: 'Predecessor',
            Date: { Type: 'Legal', Start: '2027-04-01' },
            Target: { OrgId: { extension: 'QHL' } },
          },
        },
      },
    };
    expect(recordIn(answer)).toEqual({
      code: 'E4S7T',
      name: 'NHS EAST INTEGRATED CARE BOARD',
      lastChangeOn: null,
      life: { from: '2027-04-02', to: null },
      roles: [{ id: 'RO261', isPrimary: true, from: '2027-04-01', to: null }],
      locatedIn: [],
      links: [{ from: 'QHL', to: 'E4S7T', on: '2027-04-01' }],
    });
    expect(readOrdAnswer({ Organisation: {} })).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('OrgId'),
    });
  });
});
