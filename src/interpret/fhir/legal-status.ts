import type { CodeableConcept, Coding } from '../../fhir/elements.js';
import type { EncounterStatus } from '../../fhir/resources.js';
import { instantOf } from '../../hl7v2/time.js';
import { type Instant, londonDay } from '../../register/day.js';
import type { LegalStatus, MessageFact } from '../../register/fact.js';
import type { Unmapped } from '../codes.js';
import { extensionsAt, type Placed, partOf } from './reading.js';
import type { EncounterTold, FhirStay } from './stay.js';

type Context = 'admission' | 'discharge';
type Stated = { context: Context; status: LegalStatus };

/**
 * UK Core's legal status on admission and on discharge. It proves a section on that day and tells nothing of other days:
 * it has no dates, so that nothing is said of when the section ended, and its absence says nothing at all.
 */
export function legalStatusFacts(told: EncounterTold, stay: FhirStay): MessageFact[] {
  const { encounter, found, feed, maker } = told;
  if (PROVES_NOTHING.has(encounter.status)) return [];
  const stated = extensionsAt(encounter.extension, feed.legalStatus.extensions, found.place).flatMap(
    (placed) => statedIn(placed, told) ?? [],
  );
  const said = new Map<Context, number>();
  return stated.flatMap(({ context, status }) => {
    // The register knows the two as one by their stay; without its number only this message shows that they are.
    if (context === 'discharge' && stay.visit === null && isSameAsOnAdmission(status, stated)) return [];
    const nth = (said.get(context) ?? 0) + 1;
    said.set(context, nth);
    const at = context === 'admission' ? (stay.admittedAt ?? stay.leftAt) : dischargeMoment(stay);
    if (at === null) return undated(told, context);
    const period = periodName(stay, context, at, nth);
    return [maker.fact({ kind: 'detention', period, status, from: londonDay(at), to: null, endReason: null }, at)];
  });
}

const PROVES_NOTHING = new Set<EncounterStatus>(['planned', 'cancelled', 'entered-in-error']);

/** When it was said is no day of detention: said again later, it would be a new detention, which ends aftercare. */
function undated({ reading, found }: EncounterTold, context: Context): [] {
  const bound = context === 'admission' ? 'start' : 'end';
  reading.fault(
    'field-missing',
    `${found.place}.period.${bound}`,
    `is missing: it dates the legal status on ${context}`,
  );
  return [];
}

/** The same section on both days is one detention, as far as anybody can tell. */
const isSameAsOnAdmission = (status: LegalStatus, stated: readonly Stated[]): boolean =>
  stated.some(
    (other) =>
      other.context === 'admission' && other.status.system === status.system && other.status.code === status.code,
  );

/**
 * Detained on the day of leaving, so before the moment of leaving: the day's beginning, but not before the admission.
 * A detention that began after leaving would be a new one.
 */
function dischargeMoment({ admittedAt, leftAt }: FhirStay): Instant | null {
  if (leftAt === null) return null;
  const morning = instantOf(londonDay(leftAt).replaceAll('-', ''), 'Europe/London')?.instant ?? leftAt;
  return admittedAt !== null && Date.parse(admittedAt) > Date.parse(morning) ? admittedAt : morning;
}

/** What is said again of the same stay and context corrects what was said before. */
function periodName({ visit }: FhirStay, context: Context, at: Instant, nth: number): string {
  const which = `${visit ?? londonDay(at)}/legal-status-on-${context}`;
  return nth === 1 ? which : `${which}/${nth}`;
}

function statedIn(placed: Placed, told: EncounterTold): Stated | null {
  const { feed, reading } = told;
  const { context: contextName, classification } = feed.legalStatus;
  const [on, as] = [partOf(placed, contextName), partOf(placed, classification)];
  const [onConcept, asConcept] = [conceptIn(on), conceptIn(as)];
  if (!on || !onConcept || !as || !asConcept) {
    const absent = !on || !onConcept ? contextName : classification;
    return reading.fault('field-missing', `${placed.place}.extension('${absent}').value`, 'is missing');
  }
  const status = statusIn(asConcept, `${as.place}.value`, told);
  const word = onConcept.coding?.find(({ code }) => code !== undefined)?.code?.toLowerCase();
  if (word !== 'admission' && word !== 'discharge') {
    return reading.fault('field-invalid', `${on.place}.value`, 'is neither admission nor discharge');
  }
  return status === null ? null : { context: word, status };
}

/** A legal status by the list that is named. The same code means another thing in another list, so no list is guessed. */
export function statusIn(
  concept: CodeableConcept,
  place: string,
  { reading, codes, feed }: EncounterTold,
): LegalStatus | null {
  const inList = (code: string, system: string | null) =>
    codes.legalStatus(system ?? feed.legalStatus.whenUnnamed ?? null, code);
  const isListed = ({ system, code }: Coding) =>
    system !== undefined && code !== undefined && inList(code, system).kind === 'mapped';
  const isProven = feed.legalStatus.whenUnnamed !== undefined || (concept.coding ?? []).some(isListed);
  return reading.concept(concept, place, (code, system) => {
    const answer = inList(code, system);
    // What the table says of a code without a list is a question to a person.
    const isAsked = answer.kind === 'mapped' && answer.value.system === '';
    return system !== null || isProven || isAsked ? answer : NO_SYSTEM;
  });
}

const NO_SYSTEM: Unmapped = {
  kind: 'unmapped',
  text: 'has a code without its system, and the same code means another thing in another list',
  next: 'the sender names the system and sends again; or say in the feed definition (legalStatus.whenUnnamed) which list it means, restart the service, then run "aftercare replay --parked" (it shows what changes; --apply does it)',
};

/** The value of an extension that is a concept, whichever of the ways it is written in. */
export function conceptIn(placed: Placed | null): CodeableConcept | null {
  const { valueCodeableConcept, valueCoding, valueCode } = placed?.extension ?? {};
  if (valueCodeableConcept) return valueCodeableConcept;
  if (valueCoding) return { coding: [valueCoding] };
  return valueCode === undefined ? null : { coding: [{ code: valueCode }] };
}
