import type { CodeableConcept } from '../../fhir/elements.js';
import { instantOf } from '../../hl7v2/time.js';
import { type Instant, londonDay } from '../../register/day.js';
import type { LegalStatus, MessageFact } from '../../register/fact.js';
import type { EncounterTold, FhirStay } from './encounter.js';
import { extensionsAt, type Placed, partOf } from './reading.js';

type Context = 'admission' | 'discharge';
type Stated = { context: Context; status: LegalStatus };

/**
 * UK Core's legal status on admission and on discharge. It proves a section on that day and tells nothing of other days:
 * it has no dates, so that nothing is said of when the section ended, and its absence says nothing at all.
 */
export function legalStatusFacts(told: EncounterTold, stay: FhirStay): MessageFact[] {
  const { encounter, found, feed, maker } = told;
  if (encounter.status === 'entered-in-error') return takenBack(told, stay);
  if (encounter.status === 'planned' || encounter.status === 'cancelled') return [];
  const stated = extensionsAt(encounter.extension, feed.legalStatus.extensions, found.place).flatMap(
    (placed) => statedIn(placed, told) ?? [],
  );
  const said = new Map<Context, number>();
  return stated.flatMap(({ context, status }) => {
    if (context === 'discharge' && isSameAsOnAdmission(status, stated)) return [];
    const nth = (said.get(context) ?? 0) + 1;
    said.set(context, nth);
    const at = context === 'admission' ? (stay.admittedAt ?? stay.leftAt ?? maker.at) : dischargeMoment(told, stay);
    const period = periodName(stay, context, at, nth);
    return [maker.fact({ kind: 'detention', period, status, from: londonDay(at), to: null, endReason: null }, at)];
  });
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
function dischargeMoment({ maker }: EncounterTold, { admittedAt, leftAt }: FhirStay): Instant {
  if (leftAt === null) return maker.at;
  const morning = instantOf(londonDay(leftAt).replaceAll('-', ''), 'Europe/London')?.instant ?? leftAt;
  return admittedAt !== null && Date.parse(admittedAt) > Date.parse(morning) ? admittedAt : morning;
}

/** What is said again of the same stay and context corrects what was said before. */
function periodName({ visit }: FhirStay, context: Context, at: Instant, nth: number): string {
  const which = `${visit ?? londonDay(at)}/legal-status-on-${context}`;
  return nth === 1 ? which : `${which}/${nth}`;
}

/** An Encounter that was entered in error proves nothing: what it proved before is withdrawn, and a person is asked. */
function takenBack({ maker }: EncounterTold, stay: FhirStay): MessageFact[] {
  if (stay.visit === null) return [];
  return (['admission', 'discharge'] as const).map((context) =>
    maker.fact({ kind: 'detention-withdrawn', period: periodName(stay, context, maker.at, 1) }),
  );
}

function statedIn(placed: Placed, { feed, reading, codes }: EncounterTold): Stated | null {
  const { context: contextName, classification } = feed.legalStatus;
  const [on, as] = [partOf(placed, contextName), partOf(placed, classification)];
  const [onConcept, asConcept] = [conceptIn(on), conceptIn(as)];
  if (!on || !onConcept || !as || !asConcept) {
    const absent = !on || !onConcept ? contextName : classification;
    return reading.fault('field-missing', `${placed.place}.extension('${absent}').value`, 'is missing');
  }
  const status = reading.concept(asConcept, `${as.place}.value`, (code, system) => codes.legalStatus(system, code));
  const word = onConcept.coding?.find(({ code }) => code !== undefined)?.code?.toLowerCase();
  if (word !== 'admission' && word !== 'discharge') {
    return reading.fault('field-invalid', `${on.place}.value`, 'is neither admission nor discharge');
  }
  return status === null ? null : { context: word, status };
}

/** The value of an extension that is a concept, whichever of the ways it is written in. */
export function conceptIn(placed: Placed | null): CodeableConcept | null {
  const { valueCodeableConcept, valueCoding, valueCode } = placed?.extension ?? {};
  if (valueCodeableConcept) return valueCodeableConcept;
  if (valueCoding) return { coding: [valueCoding] };
  return valueCode === undefined ? null : { coding: [{ code: valueCode }] };
}
