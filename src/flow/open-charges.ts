import { type Charge, heldAgainst, penceOf, stretchesOf } from '../register/charged.js';
import type { Entry } from '../register/entry.js';
import type { Fact } from '../register/fact.js';
import type { OpenCharge } from '../store/open-charges.js';

/** The charges that an entry asks about, each held against it. */
export function openChargesOf(entry: Entry, facts: readonly Fact[]): OpenCharge[] {
  const asked = new Set(chargeQuestions(entry).flatMap((question) => question.facts));
  if (asked.size === 0) return [];
  return facts.flatMap((fact) => (fact.kind === 'charge' && asked.has(fact.id) ? openCharge(fact, entry) : []));
}

function openCharge(charge: Charge, entry: Entry): OpenCharge[] {
  const found = heldAgainst(charge, entry);
  if (!found) return [];
  const { id: fact, for: service, amountPerWeek } = charge;
  const stretches = stretchesOf(found.while);
  return [{ fact, service, kinds: found.kinds, pencePerWeek: penceOf(amountPerWeek), stretches }];
}

/** Of an entry: was a charge given back, or was anything charged? */
export const chargeQuestions = ({ questions }: Entry) => questions.filter(({ kind }) => kind === 'charges-unchecked');
