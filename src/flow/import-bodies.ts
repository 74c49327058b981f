import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Pool, PoolClient } from 'pg';
import type { Refused } from '../organisations/consistent-part.js';
import type { Directory } from '../organisations/directory.js';
import type { FoundChange } from '../organisations/found-change.js';
import { bodyIn } from '../organisations/national-body.js';
import { type FactOutcome, linkKey } from '../organisations/national-changes.js';
import type { NationalLink, NationalRecord } from '../organisations/national-facts.js';
import { type ImportKind, nationalImportStore } from '../store/national-facts.js';
import type { ChangeKept } from '../store/organisation-changes.js';
import { type BodiesFileKind, type BodiesItem, bodiesIn } from './bodies-file.js';
import { alone, findChanges } from './organisation-changes.js';

/** Why something was refused, how often, and where first: lines, or places in a JSON array. */
export type RefusedItems = { why: string; count: number; at: number[] };

/** `older`: a record that was changed before the one that is known already. `links`: a `/sync`, which only says whose changed. */
export type BodiesImported = {
  kind: ImportKind;
  read: number;
  added: number;
  changed: number;
  known: number;
  older: number;
  /** What became of each thing that the file says, beside the tables. */
  outcomes: Partial<Record<FactOutcome | 'itself' | 'reason', number>>;
  refused: RefusedItems[];
  /** New ones, that no import had found before. */
  changes: ChangeKept[];
  /** Of everything that was imported: what would make tables that do not hold together. */
  refusedChanges: Refused<FoundChange>[];
  /** Codes whose records would be needed: bodies that follow one of ours. */
  wanted: string[];
  /** Of a `/sync`: bodies whose records changed. `ours`: those that the tables have. */
  toFetch: { ours: string[]; others: string[] };
};

type How = { file: string; kind: BodiesFileKind; importedBy: string; shipped: Directory; progress(read: number): void };

/**
 * Imports a file that says what bodies there are, as a whole or not at all, and compares everything that was imported with
 * the tables. Nothing counts by it: what is found is for somebody to look at, to confirm and to apply. The same file twice
 * changes nothing, and the order of files neither. Throws Fault `usage` for what is no such file.
 */
export const importBodies = (how: How, pool: Pool): Promise<BodiesImported> => alone(pool, (db) => importIn(db, how));

async function importIn(db: PoolClient, how: How): Promise<BodiesImported> {
  const { file, kind, importedBy, shipped } = how;
  const store = nationalImportStore(db);
  const id = await store.begin({ importedBy, fileName: basename(file), kind });
  const digest = createHash('sha256');
  const reading = openReading(id, store);
  for await (const item of bodiesIn(file, kind, digest)) {
    await reading.take(item);
    how.progress(reading.tally.read);
  }
  await reading.end();
  const { tally } = reading;
  const found = await findChanges(shipped, id, db);
  const outcomes = { ...tally.outcomes };
  for (const fact of tally.facts) count(outcomes, found.outcomes.get(fact) ?? 'untracked');
  const done: BodiesImported = {
    kind: tally.toFetch.size > 0 && tally.facts.size === 0 ? 'links' : kind,
    read: tally.read,
    added: tally.added,
    changed: tally.changed,
    known: tally.known,
    older: tally.older,
    outcomes,
    refused: [...tally.refused.values()],
    changes: found.added,
    refusedChanges: found.refused,
    wanted: found.wanted,
    toFetch: ofWhom([...tally.toFetch].sort(), shipped),
  };
  await store.end(id, { digest: digest.digest('hex'), counts: countsOf(done) });
  return done;
}

type Outcomes = BodiesImported['outcomes'];

type Tally = Pick<BodiesImported, 'read' | 'added' | 'changed' | 'known' | 'older'> & {
  outcomes: Outcomes;
  refused: Map<string, RefusedItems>;
  /** Keys of `changesOf`. */
  facts: Set<string>;
  toFetch: Set<string>;
};

const count = (outcomes: Outcomes, outcome: keyof Outcomes): void => {
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
};

const BATCH = 5_000;
const NAMED = 5;

function openReading(id: string, store: ReturnType<typeof nationalImportStore>) {
  const tally: Tally = {
    read: 0,
    added: 0,
    changed: 0,
    known: 0,
    older: 0,
    outcomes: {},
    refused: new Map(),
    facts: new Set(),
    toFetch: new Set(),
  };
  let links: NationalLink[] = [];
  const keepLinks = async () => {
    const added = await store.addLinks(id, links);
    tally.added += added;
    tally.known += links.length - added;
    links = [];
  };
  const keepRecord = async (record: NationalRecord) => {
    const how = await store.addRecord(id, { code: record.code, changedOn: record.lastChangeOn, record });
    tally[how === 'same' ? 'known' : how]++;
    tally.facts.add(record.code);
  };
  return {
    tally,
    async take(item: BodiesItem): Promise<void> {
      tally.read++;
      if (item.kind === 'refused') refuse(tally.refused, item);
      else if (item.kind === 'left-out') count(tally.outcomes, item.why);
      else if (item.kind === 'to-fetch') for (const code of item.codes) tally.toFetch.add(code);
      else if (item.kind === 'link') {
        links.push(item.link);
        tally.facts.add(linkKey(item.link));
        if (links.length >= BATCH) await keepLinks();
      } else if (bodyIn(item.record) === null) count(tally.outcomes, 'untracked');
      else await keepRecord(item.record);
    },
    end: keepLinks,
  };
}

function refuse(refused: Tally['refused'], { at, why }: { at: number; why: string }): void {
  const items = refused.get(why) ?? { why, count: 0, at: [] };
  items.count++;
  if (items.at.length < NAMED) items.at.push(at);
  refused.set(why, items);
}

function ofWhom(codes: readonly string[], { tables }: Directory): BodiesImported['toFetch'] {
  const known = new Set(tables.bodies.flatMap(({ value }) => value.body.ods ?? []));
  return { ours: codes.filter((code) => known.has(code)), others: codes.filter((code) => !known.has(code)) };
}

const countsOf = ({ read, added, changed, known, older, outcomes, refused, changes }: BodiesImported): object => ({
  read,
  added,
  changed,
  known,
  older,
  outcomes,
  refused: refused.reduce((sum, each) => sum + each.count, 0),
  changes: changes.length,
});
