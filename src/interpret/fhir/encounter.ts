import type { EncounterStatus } from '../../fhir/resources.js';
import type { Instant } from '../../register/day.js';
import type { Leaving, MessageFact } from '../../register/fact.js';
import { contradicts, deletes } from './contradiction.js';
import type { FhirEffect } from './feed.js';
import { extensionsAt } from './reading.js';
import { type EncounterTold, type FhirStay, INPATIENT, last } from './stay.js';

const SAYS_NOTHING_OF_A_STAY = new Set<EncounterStatus>(['planned', 'cancelled', 'entered-in-error']);

/** What the status says of the stay. A part of another Encounter, such as a time on one ward, is no stay of its own. */
export function stayFacts(told: EncounterTold, stay: FhirStay): MessageFact[] {
  const { encounter, feed } = told;
  if (deletes(told, stay) || encounter.partOf || stay.inpatient === 'never') return [];
  if (contradicts(told, stay)) return [];
  if (stay.inpatient === 'before' && !SAYS_NOTHING_OF_A_STAY.has(encounter.status)) return becameOther(told, stay);
  const effects = feed.statuses[encounter.status] ?? [];
  return [...effects.flatMap((effect) => effectFacts(effect, told, stay)), ...pastLeaves(told, stay)];
}

function effectFacts(effect: FhirEffect, told: EncounterTold, stay: FhirStay): MessageFact[] {
  const { encounter, maker } = told;
  const { visit, admittedAt, leftAt } = stay;
  // Without a visit the time is all that tells one event from another, so it is part of what is said.
  const when = visit === null ? maker.at : undefined;
  const history = encounter.statusHistory ?? [];
  switch (effect) {
    case 'admitted':
      return [maker.fact({ kind: 'admitted', visit, patientClass: INPATIENT }, admittedAt ?? maker.at)];
    case 'left':
      return leftFacts(told, stay);
    case 'left-if-stated':
      return leftAt === null ? [] : leftFacts(told, stay);
    case 'admission-cancelled':
      return [maker.fact({ kind: 'admission-cancelled', visit }, when)];
    case 'left-cancelled':
      // Without a visit another stay's discharge could be meant, so the Encounter itself must tell of one.
      if (visit === null && !history.some(({ status }) => status === 'finished')) return [];
      return [maker.fact({ kind: 'left-hospital-cancelled', visit }, when)];
    case 'leave-started':
      return [maker.fact({ kind: 'leave-started', visit }, currentSince(told) ?? maker.at)];
    case 'leave-ended':
      // A sender that keeps no history of the status says of a return only that the stay goes on.
      return visit === null || history.length > 0 ? [] : [maker.fact({ kind: 'leave-ended', visit }, maker.at)];
    default:
      return [];
  }
}

/** Since when the status is what it is: as its history says, which may or may not name the current one. */
function currentSince({ encounter, found, reading }: EncounterTold): Instant | null {
  const past = (encounter.statusHistory ?? []).map(({ status, period }, index) => {
    const place = `${found.place}.statusHistory[${index}].period`;
    const from = reading.moment(period.start, `${place}.start`)?.instant ?? null;
    return { status, from, to: reading.moment(period.end, `${place}.end`)?.instant ?? null };
  });
  const open = past.filter(({ status, to }) => status === encounter.status && to === null);
  return last(open.map(({ from }) => from)) ?? last(past.map(({ to }) => to));
}

/** Leave that the history of the status tells of. */
function pastLeaves({ encounter, found, reading, feed, maker }: EncounterTold, { visit }: FhirStay): MessageFact[] {
  if (SAYS_NOTHING_OF_A_STAY.has(encounter.status)) return [];
  return (encounter.statusHistory ?? []).flatMap(({ status, period }, index) => {
    if (!feed.statuses[status]?.includes('leave-started')) return [];
    const place = `${found.place}.statusHistory[${index}].period`;
    const from = reading.moment(period.start, `${place}.start`);
    const to = reading.moment(period.end, `${place}.end`);
    return [
      ...(from ? [maker.fact({ kind: 'leave-started', visit }, from.instant)] : []),
      ...(to ? [maker.fact({ kind: 'leave-ended', visit }, to.instant)] : []),
    ];
  });
}

/** No longer an inpatient, though the Encounter goes on: whether that was leaving hospital is for a person to say. */
function becameOther({ maker }: EncounterTold, { visit, admittedAt, leftAt }: FhirStay): MessageFact[] {
  const said = { visit, leaving: 'unclear', method: null, destination: null } as const;
  return [
    maker.fact({ kind: 'admitted', visit, patientClass: null }, admittedAt ?? leftAt ?? maker.at),
    maker.fact({ kind: 'left-hospital', ...said }, leftAt ?? maker.at),
  ];
}

function leftFacts(told: EncounterTold, { visit, admittedAt, leftAt }: FhirStay): MessageFact[] {
  const { maker } = told;
  const { leaving, method, destination } = leavingOf(told);
  const at = leftAt ?? (told.encounter.status === 'finished' ? currentSince(told) : null) ?? maker.at;
  return [
    ...(admittedAt === null ? [] : [maker.fact({ kind: 'admitted', visit, patientClass: null }, admittedAt)]),
    ...(leaving === null ? [] : [maker.fact({ kind: 'left-hospital', visit, leaving, method, destination }, at)]),
  ];
}

type How = { leaving: Leaving | null; method: string | null; destination: string | null };

/** The method says whether the person died, the destination where the person went; neither: a plain discharge. */
function leavingOf({ encounter, found, reading, codes, feed }: EncounterTold): How {
  const { hospitalization } = encounter;
  const inside = `${found.place}.hospitalization`;
  const [stated] = [
    ...extensionsAt(encounter.extension, feed.dischargeMethod, found.place),
    ...extensionsAt(hospitalization?.extension, feed.dischargeMethod, inside),
  ];
  const methodConcept = stated?.extension.valueCodeableConcept;
  const disposition = hospitalization?.dischargeDisposition;
  const how = methodConcept ? reading.concept(methodConcept, `${stated.place}.value`, codes.dischargeMethod) : null;
  const where = disposition
    ? reading.concept(disposition, `${inside}.dischargeDisposition`, codes.dischargeDestination)
    : null;
  const isUnread = (methodConcept && how === null) || (disposition && where === null);
  return {
    leaving: isUnread ? null : how?.died ? 'died' : (where?.leaving ?? 'left'),
    method: methodConcept?.coding?.[0]?.code ?? null,
    destination: disposition?.coding?.[0]?.code ?? null,
  };
}
