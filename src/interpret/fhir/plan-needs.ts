import type { CodeableConcept } from '../../fhir/elements.js';
import type { CarePlan, Resource } from '../../fhir/resources.js';
import type { PlanNeed, PlanService } from '../../register/fact.js';
import type { Maker } from '../maker.js';
import type { FhirFeed } from './feed.js';
import { nameOf } from './people-named.js';
import { extensionsAt, type FhirReading } from './reading.js';
import type { Found, Resolve } from './resolve.js';

export type PlanTold = {
  plan: CarePlan;
  found: Found & { resource: CarePlan & { contained?: Resource[] } };
  reading: FhirReading;
  feed: FhirFeed;
  maker: Maker;
  resolve: Resolve;
};

type Detail = NonNullable<NonNullable<CarePlan['activity']>[number]['detail']>;

const PAYS = ['s117', 'care-act', 'nhs'] as const;
const NOT_PROVIDED: readonly Detail['status'][] = ['cancelled', 'stopped'];

/**
 * The needs in the order in which the activities name them, each with the services that are to meet it. MHA 1983 s117(6):
 * aftercare meets a need, so a service for which none is named cannot be put anywhere.
 */
export function needsOf(told: PlanTold): PlanNeed[] {
  const needs = new Map<string, PlanService[]>();
  for (const [index, { detail }] of (told.plan.activity ?? []).entries()) {
    const place = `${told.found.place}.activity[${index}].detail`;
    if (!detail) told.reading.fault('field-missing', place, 'is missing: an activity by reference is not read');
    if (!detail || detail.status === 'entered-in-error' || detail.doNotPerform) continue;
    const service = NOT_PROVIDED.includes(detail.status) ? [] : serviceOf(detail, place, told);
    for (const need of needTexts(detail, place, told)) needs.set(need, [...(needs.get(need) ?? []), ...service]);
  }
  return [...needs].map(([text, services]) => ({ text, services }));
}

/** In words: a code here is a diagnosis more often than a need, and a diagnosis is nothing that the register keeps. */
function needTexts({ reasonCode = [] }: Detail, place: string, { reading }: PlanTold): string[] {
  const texts = reasonCode.flatMap(({ text }) => text?.trim() ?? []);
  if (texts.length === 0) {
    reading.fault(
      'field-missing',
      `${place}.reasonCode.text`,
      'is missing: the need, in words and without a diagnosis',
    );
  }
  return [...new Set(texts)];
}

function serviceOf(detail: Detail, place: string, told: PlanTold): PlanService[] {
  const text = detail.code && wordsOf(detail.code);
  const fundedBy = fundedByOf(detail, place, told);
  if (!detail.code) return [];
  if (text === undefined) {
    told.reading.fault('field-missing', `${place}.code.text`, 'is missing: the service, in words');
    return [];
  }
  const provider = (detail.performer ?? []).flatMap((each) => nameOf(each, told.found, told.resolve) ?? [])[0] ?? null;
  return [{ text, provider, fundedBy }];
}

const wordsOf = ({ text, coding = [] }: CodeableConcept): string | undefined =>
  text?.trim() ?? coding.find(({ display }) => display !== undefined)?.display?.trim();

/** Null where it is not said: who pays is never concluded. */
function fundedByOf(detail: Detail, place: string, { feed, reading }: PlanTold): PlanService['fundedBy'] {
  const [stated] = extensionsAt(detail.extension, feed.carePlan.funding, place);
  if (!stated) return null;
  const known = PAYS.find((each) => each === stated.extension.valueCode);
  return known ?? reading.fault('field-invalid', `${stated.place}.value`, `is none of ${PAYS.join(', ')}`);
}
