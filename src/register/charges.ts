import { addDays, type Day } from './day.js';
import type { Desk } from './desk.js';
import { factsOf } from './detentions.js';
import type { EpisodeStatus } from './entry.js';
import type { StatedFact } from './fact.js';
import type { History } from './history.js';
import { freeOfCharge } from './rules/free-of-charge.js';
import type { Span } from './spans.js';

/** A span in which aftercare was owed, from its first day; `to` null: it still is. */
export type Free = { span: Span; from: Day; to: Day | null; status: EpisodeStatus; toldLateOn: Day | null };

/** Charges are by the week: of a detention that is told sooner none can have been made. */
const CHARGED_AFTER_DAYS = 7;

/** Asks whether anything was charged that must be given back, wherever that may have been. */
export function askAboutCharges(free: Free, { stated }: History, desk: Desk): void {
  const { from, status, toldLateOn } = free;
  if (status === 'died') askAtDeath(free, desk);
  else if (toldLateOn !== null && toldLateOn >= addDays(from, CHARGED_AFTER_DAYS)) askOfLate(free, toldLateOn, desk);
  for (const fact of stated) if (fact.kind === 'charge' && fallsInto(fact, free)) askOf(fact, desk);
}

function askAtDeath({ span, from, to }: Free, desk: Desk): void {
  const facts = [...factsOf(span.detentions), ...(span.departure?.facts ?? [])];
  ask(
    `Aftercare was owed, and free, from ${from} until the death on ${to}.`,
    { about: aboutOf(span, 'died'), facts },
    desk,
  );
}

function askOfLate({ span, from }: Free, toldLateOn: Day, desk: Desk): void {
  const what = `Aftercare has been owed, and free, since ${from}, and nobody was told of the detention before ${toldLateOn}.`;
  ask(what, { about: aboutOf(span, 'told-late'), facts: factsOf(span.detentions) }, desk);
}

const aboutOf = ({ detentions }: Span, why: string): string[] => [
  ...detentions.slice(0, 1).map(({ key }) => key),
  'charges',
  why,
];

function ask(what: string, asked: { about: string[]; facts: string[] }, desk: Desk): void {
  desk.because(freeOfCharge, what, asked.facts);
  desk.ask({
    kind: 'charges-unchecked',
    text: `${what} Was anything charged for it? Whatever was charged must be given back (${freeOfCharge.cites}).`,
    options: ['nothing-charged', 'given-back'],
    ...asked,
  });
}

type Charge = Extract<StatedFact, { kind: 'charge' }>;

const fallsInto = (charge: Charge, { from, to }: Free): boolean =>
  (charge.to === null || charge.to >= from) && (to === null || charge.from < to);

function askOf({ id, from, amountPerWeek }: Charge, desk: Desk): void {
  if (!desk.hasCome(from)) return;
  desk.because(freeOfCharge, `A charge from ${from} falls into a time in which aftercare is owed.`, [id]);
  desk.ask({
    kind: 'charges-unchecked',
    text: `£${amountPerWeek} a week is charged from ${from}, while aftercare is owed, which is free (${freeOfCharge.cites}). Is it for aftercare? Then it must be given back. Is it for other needs? Those may be charged.`,
    options: ['given-back', 'for-other-needs'],
    about: [id],
    facts: [id],
  });
}
