import type { Identifier } from '../../fhir/elements.js';
import type { FhirFeed } from './feed.js';

/**
 * The number of a stay or a period, as the register knows it: within its system, as the same number of another system is
 * another thing; bare where HL7 v2 messages of the sender use it bare, or where no system is named.
 */
export function numberOf(identifier: Identifier | undefined, { sharedNumbers }: FhirFeed): string | null {
  if (identifier?.value === undefined) return null;
  const { system, value } = identifier;
  return system === undefined || sharedNumbers.includes(system) ? value : `${system}|${value}`;
}

/** Of several identifiers the one that names the stay, in whatever order they stand. */
export function visitNumber(identifiers: readonly Identifier[], feed: FhirFeed): string | null {
  const used = identifiers.filter(({ use, value }) => use !== 'old' && value !== undefined).sort(bySystemAndValue);
  const ofSystem = (wanted: string) => used.find(({ system }) => system === wanted);
  const [preferred] = [...feed.visitSystems, ...feed.sharedNumbers].flatMap((system) => ofSystem(system) ?? []);
  return numberOf(preferred ?? preferredNumber(used), feed);
}

/** The official one in use, else the first by system and number. */
export function preferredNumber(identifiers: readonly Identifier[]): Identifier | undefined {
  const used = identifiers.filter(({ use, value }) => use !== 'old' && value !== undefined).sort(bySystemAndValue);
  return used.find(({ use }) => use === 'official') ?? used[0];
}

const keyOf = ({ system, value }: Identifier): string => `${system ?? ''}|${value ?? ''}`;
const bySystemAndValue = (a: Identifier, b: Identifier): number => (keyOf(a) < keyOf(b) ? -1 : 1);
