import type { Instant } from '../../register/day.js';
import { londonDay } from '../../register/day.js';
import type { FhirEffect } from './feed.js';
import { extensionsAt } from './reading.js';
import type { EncounterTold, FhirStay } from './stay.js';

/**
 * Whether an Encounter says what cannot be true together, or deletes what was told before. Then a person looks: either
 * half alone could take back a discharge that was, or tell of one that was not.
 */
export function contradicts(told: EncounterTold, { leftAt, inpatient }: FhirStay): boolean {
  const { encounter, found, reading, feed, maker } = told;
  const effects = feed.statuses[encounter.status] ?? [];
  const goesOn = effects.includes('admitted');
  // Of what became something else, the end is not that of the Encounter.
  const end = inpatient === 'now' ? leftAt : null;
  if (effects.includes('admission-cancelled') && wasUnderWay(told)) {
    reading.fault('deletion-told', `${found.place}.status`, WAS_UNDER_WAY, ASK);
  } else if (end !== null && goesOn && hasCome(end, encounter.period?.end, maker.at)) {
    reading.fault(
      'field-invalid',
      `${found.place}.period.end`,
      'has come, though the status says that the stay goes on',
    );
  } else if (end !== null && tellsOfLeaving(effects) && londonDay(end) > londonDay(maker.at)) {
    reading.fault('field-invalid', `${found.place}.period.end`, 'is on a day after the one on which it was said');
  } else return false;
  return true;
}

/** An Encounter of which the sender says that it should never have been; one of a clinic proves nothing by itself. */
export function deletes(told: EncounterTold, { inpatient }: FhirStay): boolean {
  const { encounter, found, reading, feed } = told;
  if (!feed.statuses[encounter.status]?.includes('deleted')) return false;
  const proofs = extensionsAt(encounter.extension, [...feed.detention, ...feed.legalStatus.extensions], found.place);
  const isStay = inpatient !== 'never' && !encounter.partOf;
  if (isStay || proofs.length > 0) reading.fault('deletion-told', `${found.place}.status`, ENTERED_IN_ERROR, ASK);
  return true;
}

const ENTERED_IN_ERROR = 'the sender says that a stay or a detention was entered in error';
const WAS_UNDER_WAY = 'the stay is cancelled, though the Encounter itself says that it was under way';
export const ASK =
  'ask the sender what of it never happened and have a person state it; until then all that was told stays as it is';

const tellsOfLeaving = (effects: readonly FhirEffect[]): boolean =>
  effects.includes('left') || effects.includes('left-if-stated');

/** What was cancelled never began. */
const wasUnderWay = ({ encounter, feed }: EncounterTold): boolean =>
  encounter.hospitalization?.dischargeDisposition !== undefined ||
  (encounter.statusHistory ?? []).some(({ status }) =>
    feed.statuses[status]?.some((effect) => effect === 'admitted' || effect === 'left'),
  );

/** A day alone is over only when the next has come: it may be the one on which the end is planned. */
const hasCome = (end: Instant, written: string | undefined, at: Instant): boolean =>
  written?.length === 10 ? londonDay(end) < londonDay(at) : Date.parse(end) <= Date.parse(at);
