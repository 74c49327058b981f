import { registerRow } from '../flow/explain.js';
import { personsUnder, underKey } from '../flow/look-up.js';
import { episodesTold, numberTold, versionsTold, withReplies } from '../flow/told.js';
import { ofWholeRegister } from '../flow/whole-register.js';
import { londonDay } from '../register/day.js';
import type { Entry } from '../register/entry.js';
import type { Fact } from '../register/fact.js';
import { personsOf } from '../register/identity.js';
import { auditStore } from '../store/audit.js';
import { closureStore, type LearntFact } from '../store/closure.js';
import { type EntryRow, entryStore } from '../store/entries.js';
import { parkedStore } from '../store/parked.js';
import { peopleStore } from '../store/people.js';
import { personKeyStore } from '../store/person-keys.js';
import { inTransaction } from '../store/transaction.js';
import { deliveryRow } from './deliveries.js';
import type { AppDeps, Who } from './deps.js';
import { bodyAnswerText } from './fact-text.js';
import { factRows } from './facts.js';
import { bodyView, personRow } from './register.js';
import type { PersonView } from './register-schemas.js';
import type { Asked } from './then.js';
import { lanesOf } from './timeline.js';
import { type Drawing, drawn } from './timeline-drawing.js';

export type FoundPerson =
  | { kind: 'person'; person: PersonView; timeline: Drawing | null }
  | { kind: 'moved'; to: string }
  | { kind: 'unknown' }
  | { kind: 'unknown-then' };

const LOOKS_SHOWN = 20;

type Look = { key: string; who: Who; asked?: Asked | null };

/**
 * One person with everything that leads to their place in the register, today or as it was. The look is recorded before
 * it is given.
 */
export async function readPerson(deps: AppDeps, { key, who, asked = null }: Look): Promise<FoundPerson> {
  const { pool } = deps;
  const current = await personKeyStore(pool).currentKey(key);
  if (current === null) return { kind: 'unknown' };
  if (current !== key) return { kind: 'moved', to: current };
  const row = await ofWholeRegister(pool, () => entryStore(pool).get(key));

  await auditStore(pool).record({ who: who.name, role: who.role, action: 'person-seen', subject: key, reason: null });
  const folded = asked === null ? await foldedToday(key, row, deps) : await foldedThen(key, row, asked, deps);
  if (folded === null) return { kind: 'unknown-then' };
  const knownAt = asked?.times.knownAt ?? null;
  const [facts, told, looks, parked] = await Promise.all([
    factRows(folded.facts, deps),
    toldOf(deps, { key, knownAt, entry: folded.entry }),
    auditStore(pool).of(key, LOOKS_SHOWN),
    parkedStore(pool).namingPerson(key, knownAt),
  ]);
  return {
    kind: 'person',
    timeline: drawingOf(folded, told),
    person: {
      ...personView(folded),
      knownAt: asked?.knownOn ?? null,
      facts,
      parked,
      told,
      seenBy: looks.map(({ at, who: name, role, action }) => ({ at: at.toISOString(), who: name, role, action })),
    },
  };
}

/** An entry, what it was folded from, and how many others had the same key then. */
type Folded = EntryRow & { facts: LearntFact[]; apart: number };

/** Of whom nothing is left that anybody says there is no row, and bodies were told all the same. */
async function foldedToday(key: string, row: EntryRow | null, deps: AppDeps): Promise<Folded> {
  if (row) return { ...row, facts: await factsOf(row, deps), apart: 0 };
  const now = deps.now?.() ?? new Date();
  const person = await underKey(key, londonDay(now.toISOString()), { pool: deps.pool, ...deps.tables });
  return { ...person, foldedAt: now, apart: 0 };
}

/** Every fact of a person, and when it was learnt. */
export async function factsOf(
  { personKey, entry }: Pick<EntryRow, 'personKey' | 'entry'>,
  { pool }: Pick<AppDeps, 'pool'>,
): Promise<LearntFact[]> {
  const [node] = await peopleStore(pool).nodeIdsOf([personKey]);
  const closure = node === undefined ? null : await inTransaction(pool, (db) => closureStore(db).read(node));
  if (!closure) return [];
  const learnt = new Map<Fact, LearntFact>(closure.facts.map((each) => [each.fact, each]));
  const own = personsOf(closure.facts.map(({ fact }) => fact)).find((person) => isOf(entry, person));
  return (own?.facts ?? []).flatMap((fact) => learnt.get(fact) ?? []);
}

/** Whoever had today's number then; where several answer to the key that is one person today, the others are counted. */
async function foldedThen(
  key: string,
  row: EntryRow | null,
  { times }: Asked,
  { pool, tables, now }: AppDeps,
): Promise<Folded | null> {
  const people = await personsUnder(key, times, { pool, ...tables });
  const own = people.find(({ entry }) => entry.nhsNumber === row?.entry.nhsNumber) ?? people[0];
  return own ? { ...own, foldedAt: now?.() ?? new Date(), apart: people.length - 1 } : null;
}

function drawingOf({ entry, facts }: Folded, told: PersonView['told']): Drawing | null {
  const marks = told.map(({ publishedAt, recordVersion, body, bodyName }) => ({
    on: londonDay(publishedAt),
    says: `Version ${recordVersion} for ${bodyName ?? body}`,
  }));
  const own = facts.map(({ fact }) => fact);
  return drawn(lanesOf(entry, own, marks), entry.asOf);
}

function personView(folded: Folded): Omit<PersonView, 'knownAt' | 'facts' | 'parked' | 'told' | 'seenBy'> {
  const { entry, foldedAt, apart } = folded;
  const { episodes, because, questions, clocks, diedOn, nextChangeOn, concurrent, localIds, formerNhsNumbers } =
    registerRow(entry);
  return {
    ...personRow(folded),
    asOf: entry.asOf,
    apart,
    foldedAt: foldedAt.toISOString(),
    episodes: episodes.map((episode, index) => ({
      ...episode,
      council: bodyView(entry.episodes[index]?.council ?? entry.council),
    })),
    because,
    openQuestions: questions.map(({ id, kind, text, options, facts }) => ({ id, kind, text, options, facts })),
    clocks,
    diedOn,
    nextChangeOn,
    concurrent,
    localIds,
    formerNhsNumbers,
  };
}

const isOf = (entry: Entry, { nhsNumber, localIds }: Pick<Entry, 'nhsNumber' | 'localIds'>): boolean =>
  nhsNumber === entry.nhsNumber &&
  (nhsNumber !== null ||
    localIds.some((id) => entry.localIds.some((own) => JSON.stringify(own) === JSON.stringify(id))));

type Told = { key: string; knownAt: Date | null; entry: Entry };

/** With `knownAt` what had been said by then; how a delivery stands is of today. */
async function toldOf(deps: AppDeps, { key, knownAt, entry }: Told): Promise<PersonView['told']> {
  const versions = await versionsTold(deps.pool, key, knownAt);
  return withReplies(versions, entry).map(({ publication, delivery, confirmedAt, reply }) => ({
    ...deliveryRow(delivery, deps),
    bodyKind: publication.bodyKind,
    confirmedAt: confirmedAt?.toISOString() ?? null,
    nhsNumber: numberTold(publication),
    episodes: episodesTold(publication),
    reply: reply && { on: reply.on, caseId: reply.caseId, says: bodyAnswerText(reply) },
  }));
}
