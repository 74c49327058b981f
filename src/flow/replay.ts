import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { PoolClient } from 'pg';
import { Fault, type FaultDetail } from '../fault.js';
import { differences } from '../interpret/difference.js';
import type { Mappings } from '../interpret/mappings.js';
import type { MessageFact } from '../register/fact.js';
import { closureStore } from '../store/closure.js';
import type { Interpretation } from '../store/facts.js';
import { inboxStore } from '../store/inbox.js';
import { rebuildStore } from '../store/rebuild.js';
import { type Interpreted, inRehearsal, type PersonEntry, replayStore, type Selection } from '../store/replay.js';
import { jsonText } from '../store/text.js';
import { inTransaction } from '../store/transaction.js';
import { unlessDeadlocked } from './deadlock.js';
import { registerRow } from './explain.js';
import { type FoldDeps, foldClosures, type ToDeliver } from './fold.js';
import { interpretationOf } from './interpret.js';
import { keepInterpretations } from './keep-interpretations.js';
import { turn } from './pace.js';
import { isGone, refuseWithoutSenders, type StoredSender } from './senders-gone.js';

type FactLine = { kind: string; effectiveAt: string };

/** A message that today's definitions read differently. */
export type ChangedMessage = {
  id: string;
  sender: string;
  controlId: string;
  trigger: string;
  before: { outcome: string; fault: FaultDetail | null };
  after: { outcome: string; fault: FaultDetail | null };
  factsGone: FactLine[];
  factsNew: FactLine[];
};

/** One place of a register row. `undefined` where one of the two has nothing. */
export type Change = { at: string; before: unknown; after: unknown };

/** A person whose entry is another one, or who comes or goes; and which bodies are sent a new version. */
export type ChangedPerson = {
  /** Null for a person who is not in the register yet. */
  personKey: string | null;
  nhsNumber: string | null;
  localId: string | null;
  changes: Change[];
  sent: { to: string; recordVersion: number }[];
};

export type Replayed = { read: number; messages: ChangedMessage[]; people: ChangedPerson[] };

type Deps = FoldDeps & { mappings: Mappings };

const PAGE = 200;

/**
 * Interprets stored messages again with today's definitions. Without `apply` every step is really taken, person by
 * person, in transactions that are undone: what is shown is what `apply` does. Interpretations are appended, never
 * edited; a message that says the same as before is left alone. Throws `config-invalid`, before anything is played, where the
 * site file lacks a sender of what would be read.
 */
export async function replay(selection: Selection, apply: boolean, deps: Deps): Promise<Replayed> {
  await refuseWhileRebuilding(deps);
  const { read, messages, naming } = await changedMessages(selection, deps);
  const waiting = new Set(messages.map(({ id }) => id));
  const people: ChangedPerson[] = [];
  for (const { id } of messages) {
    if (!waiting.has(id)) continue;
    const group = await groupOf(id, { waiting, naming }, deps);
    for (const { messageId } of group.interpretations) waiting.delete(messageId);
    people.push(...(await unlessDeadlocked(() => play(group, apply, deps))));
  }
  return { read, messages, people };
}

async function refuseWhileRebuilding({ pool }: Deps): Promise<void> {
  if (!(await rebuildStore(pool).isReading())) return;
  throw new Fault({
    code: 'usage',
    where: 'replay',
    text: 'a rebuild is reading every message again',
    next: 'wait until it is done: it reads with the definitions of today too',
  });
}

/** Which changed messages will name a node or a period: what they name is not in the database before they are played. */
type Naming = Map<string, string[]>;
type Changed = { read: number; messages: ChangedMessage[]; naming: Naming };

async function changedMessages(selection: Selection, deps: Deps): Promise<Changed> {
  const store = replayStore(deps.pool);
  const changed: Changed = { read: 0, messages: [], naming: new Map() };
  const gone = new Map<string, StoredSender>();
  let after = '0';
  for (;;) {
    const page = await store.interpreted(selection, PAGE, after);
    for (const message of page) {
      const found = interpretationOf(message, deps);
      const change = changeOf(message, found);
      if (change && isGone(message, deps.site)) noteGone(message, gone);
      else if (change) {
        changed.messages.push(change);
        for (const name of [...found.nodes, ...found.periods]) {
          changed.naming.set(name, [...(changed.naming.get(name) ?? []), message.id]);
        }
      }
      await turn();
    }
    changed.read += page.length;
    after = page.at(-1)?.id ?? after;
    if (page.length < PAGE) break;
  }
  refuseWithoutSenders([...gone.values()], deps.site);
  return changed;
}

/** Each once, and nothing else of the message: there may be a million. */
const noteGone = ({ sender, application }: StoredSender, gone: Map<string, StoredSender>) =>
  gone.set(`${sender}|${application}`, { sender, application });

/** Null where the message says what it said. */
function changeOf(message: Interpreted, found: Interpretation): ChangedMessage | null {
  const facts = stored(found.facts);
  const before = { outcome: message.outcome, fault: message.fault };
  const after = { outcome: found.outcome, fault: found.fault };
  if (isDeepStrictEqual(before, stored(after)) && isDeepStrictEqual(message.facts, facts)) return null;
  const { id, sender, controlId, trigger } = message;
  const factsGone = without(message.facts, facts);
  return { id, sender, controlId, trigger, before, after, factsGone, factsNew: without(facts, message.facts) };
}

/** As the database gives it back. */
const stored = <T>(value: T): T => JSON.parse(jsonText(value) ?? 'null');

const without = (facts: readonly MessageFact[], others: readonly MessageFact[]): FactLine[] =>
  facts
    .filter((fact) => !others.some((other) => isDeepStrictEqual(fact, other)))
    .map(({ kind, effectiveAt }) => ({ kind, effectiveAt }));

/** Messages that must be played together, because they may concern the same persons. */
type Group = { interpretations: Interpretation[]; nodeIds: string[] };

/** Grows from one message until nothing that changes is left outside of the persons it reaches. */
async function groupOf(
  first: string,
  { waiting, naming }: { waiting: ReadonlySet<string>; naming: Naming },
  deps: Deps,
): Promise<Group> {
  const store = replayStore(deps.pool);
  const found = new Map<string, Interpretation>();
  let ids = [first];
  for (;;) {
    for (const message of await store.interpreted({ ids }, ids.length, '0')) {
      found.set(message.id, told(message, interpretationOf(message, deps)));
    }
    const names = [...new Set([...found.values()].flatMap(({ nodes }) => nodes))];
    const periods = [...new Set([...found.values()].flatMap((each) => each.periods))];
    const around = await store.around({ names, periods, messageIds: [...found.keys()] });
    const known = [...names, ...periods, ...around.names, ...around.periods];
    const named = known.flatMap((name) => naming.get(name) ?? []);
    ids = [...new Set([...around.messageIds, ...named])].filter((id) => waiting.has(id) && !found.has(id));
    if (ids.length === 0) return { interpretations: [...found.values()], nodeIds: around.nodeIds };
  }
}

/**
 * The same definitions may find something else where the program has changed. The store takes an interpretation for
 * known by its definition, so this one must not pass for the last.
 */
function told(before: Interpreted, found: Interpretation): Interpretation {
  if (before.definition !== found.definition) return found;
  const digest = createHash('sha256').update(jsonText([found.outcome, found.fault, found.facts]) ?? '');
  return { ...found, definition: `${found.definition}~${digest.digest('hex').slice(0, 8)}` };
}

const play = (group: Group, apply: boolean, deps: Deps): Promise<ChangedPerson[]> =>
  (apply ? inTransaction : inRehearsal)(deps.pool, (db) => playIn(db, group, deps));

async function playIn(db: PoolClient, { interpretations, nodeIds }: Group, deps: Deps): Promise<ChangedPerson[]> {
  const store = replayStore(db);
  // What waits to be folded anyway is no difference that this makes.
  await foldDueOf(nodeIds, deps, db);
  const before = await store.entriesOf(nodeIds);
  const changed = await keepInterpretations(interpretations, deps, db);
  const all = [...new Set([...nodeIds, ...changed])];
  const sent = await foldDueOf(all, deps, db);
  return peopleIn(before, await store.entriesOf(all), await store.newestVersions(sent));
}

async function foldDueOf(nodeIds: readonly string[], deps: Deps, db: PoolClient): Promise<ToDeliver[]> {
  const closures = await closureStore(db).lock(nodeIds);
  const due = closures.filter(({ nodes }) => nodes.some((node) => node.due));
  return due.length === 0 ? [] : foldClosures(due, deps, db);
}

type Sent = { personKey: string; body: string; recordVersion: number };

function peopleIn(
  before: readonly PersonEntry[],
  after: readonly PersonEntry[],
  sent: readonly Sent[],
): ChangedPerson[] {
  const was = new Map(before.map((row) => [row.personKey, registerRow(row.entry)]));
  const is = new Map(after.map((row) => [row.personKey, registerRow(row.entry)]));
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key): ChangedPerson[] => {
    const [from, to] = [was.get(key), is.get(key)];
    const row = to ?? from;
    const changes = differences(from, to).map(({ at, expected, found }) => ({ at, before: expected, after: found }));
    const versions = sent.filter(({ personKey }) => personKey === key);
    if (!row || (changes.length === 0 && versions.length === 0)) return [];
    return [
      {
        personKey: from === undefined ? null : key,
        nhsNumber: row.nhsNumber,
        localId: row.localId,
        changes,
        sent: versions.map(({ body, recordVersion }) => ({ to: body, recordVersion })),
      },
    ];
  });
}

/** Why messages that were asked for by id are not replayed: `row id: why`. */
export async function notReplayable(ids: readonly string[], { pool }: Pick<Deps, 'pool'>): Promise<string[]> {
  const inbox = inboxStore(pool);
  const why: string[] = [];
  for (const id of ids) {
    const row = await inbox.get(id);
    if (!row) why.push(`${id}: there is no such message`);
    else if (row.state === 'rejected') why.push(`${id}: it was refused and is not kept`);
    else if (row.reused)
      why.push(`${id}: it reused a control ID and is never interpreted; the sender sends it again under its own`);
    else if (row.state === 'received') why.push(`${id}: it waits to be interpreted for the first time`);
  }
  return why;
}
