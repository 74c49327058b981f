import { type Day, londonDay } from './day.js';
import type { QuestionKind } from './entry.js';
import type { BodyCode, MessageFact, Standing, StatedFact } from './fact.js';
import type { Detention, History } from './history.js';
import { dayOf } from './order.js';
import { type Registration, registeredSince } from './registration.js';
import type { Naming } from './responsibility.js';
import type { Pointers } from './split.js';
import type { Address } from './split-address.js';

type PeriodFact = Extract<MessageFact, { period: string }>;

/** What messages named. Per period the latest counts; the earlier ones are remembered, for a body may have been told by them. */
export type StatedNamings = { current: Naming[]; corrected: Naming[] };

/** `codeOf` null: the statement is silent about the body. `isDeleted`: it takes back what was said before. */
type Reader<F> = {
  codeOf: (fact: F) => BodyCode | null;
  isDeleted: (fact: F) => boolean;
  basis: string;
  /** What is told of where the person lived; the latest first. */
  residences: readonly Residence[];
  /** What is told of GP practices, the earliest first; none where it is about a council. */
  registrations: readonly Registration[];
};

type Residence = Extract<MessageFact, { kind: 'ordinary-residence' }>;

/** Where the person lived immediately before each of these detentions, as far as it was told and not taken back. */
const addressesBefore = (detentions: readonly Detention[], residences: readonly Residence[]): Address[] =>
  detentions.flatMap(({ key, from }) => {
    const said = residences.find(
      (f) => `${f.source.sender}|${f.period}` === key && (f.postcode !== null || f.council === null),
    );
    return said?.postcode ? [{ postcode: said.postcode, on: from }] : [];
  });

/** What is told of where the person belonged when these detentions began. */
export const pointersOf = (
  detentions: readonly Detention[],
  { residences, registrations }: Pick<Reader<never>, 'residences' | 'registrations'>,
): Pointers => ({
  addresses: addressesBefore(detentions, residences),
  practices: registeredSince(detentions, registrations),
});

/** What messages named for these detentions, in the detentions' order. `facts` have the latest first. */
export function statedFor<F extends PeriodFact>(
  detentions: readonly Detention[],
  facts: readonly F[],
  reader: Reader<F>,
): StatedNamings {
  const current: Naming[] = [];
  const corrected: Naming[] = [];
  for (const detention of detentions) {
    const said = facts
      .filter((f) => `${f.source.sender}|${f.period}` === detention.key)
      .filter((f) => reader.codeOf(f) !== null || reader.isDeleted(f));
    const pointers = pointersOf([detention], reader);
    const [latest, ...earlier] = said.map((f) => namingFrom(f, detention, pointers, reader));
    if (latest) current.push(latest);
    corrected.push(...earlier.flatMap((naming) => naming ?? []));
  }
  return { current, corrected };
}

function namingFrom<F extends PeriodFact>(
  fact: F,
  { key, from }: Detention,
  pointers: Pointers,
  { codeOf, basis }: Reader<F>,
): Naming | null {
  const body = codeOf(fact);
  if (body === null) return null;
  return {
    code: body.code,
    writtenOn: londonDay(fact.source.sentAt),
    standing: 'provisional',
    basis,
    since: from,
    factId: fact.id,
    about: `${key}=${body.code}`,
    by: fact.source.sender,
    ...pointers,
    record: fact.nhsNumber,
  };
}

type Determination = Extract<StatedFact, { kind: 'council-determined' | 'icb-determined' }>;

/** What people determined, as a naming; `pointers`: of the detentions that it is about. */
export function determinedNaming(fact: Determination, pointers: Pointers): Naming {
  const since: Day = dayOf(fact);
  return {
    code: fact.kind === 'council-determined' ? fact.council : fact.icb,
    writtenOn: since,
    standing: fact.standing,
    basis: fact.basis,
    since,
    factId: fact.id,
    about: fact.id,
    by: fact.source.statedBy.organisation,
    ...pointers,
    record: fact.nhsNumber,
  };
}

/** A determination that is disputed, or says that nobody knows, names nobody by itself. */
export const names = (standing: Standing): boolean => standing === 'agreed' || standing === 'provisional';

/** Whatever else was named since, and so made another question of it. */
export const isAnswered = (kind: QuestionKind, option: string, { stated }: Pick<History, 'stated'>): boolean =>
  stated.some((f) => f.kind === 'answer' && f.question.startsWith(`${kind}-`) && f.option === option);
