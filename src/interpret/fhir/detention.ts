import type { Identifier } from '../../fhir/elements.js';
import { GSS_SYSTEM, ODS_SYSTEM } from '../../fhir/s117.js';
import type { BodyCode, MessageFact } from '../../register/fact.js';
import { conceptIn, statusIn } from './legal-status.js';
import { numberOf } from './number.js';
import { extensionsAt, type Placed, partOf } from './reading.js';
import type { EncounterTold } from './stay.js';

/** Every Mental Health Act period that our own extension states, each whole as the sender knows it. */
export function detentionFacts(told: EncounterTold): MessageFact[] {
  const { encounter, found, feed, maker } = told;
  if (encounter.status === 'entered-in-error') return [];
  return extensionsAt(encounter.extension, feed.detention, found.place).flatMap((placed) => {
    const period = numberOf(partOf(placed, 'identifier')?.extension.valueIdentifier, feed);
    if (period === null) return missing(told, placed, 'identifier');
    const row = { told, placed, period };
    if (partOf(placed, 'withdrawn')?.extension.valueBoolean === true) {
      return [maker.fact({ kind: 'detention-withdrawn', period })];
    }
    return [...detention(row), ...bodies(row), ...communities(row)];
  });
}

type Row = { told: EncounterTold; placed: Placed; period: string };

function missing({ reading }: EncounterTold, { place }: Placed, name: string): [] {
  reading.fault('field-missing', `${place}.extension('${name}').value`, 'is missing');
  return [];
}

function detention({ told, placed, period }: Row): MessageFact[] {
  const { reading, maker } = told;
  const [section, during] = [partOf(placed, 'section'), partOf(placed, 'period')];
  const concept = conceptIn(section);
  if (!section || !concept) return missing(told, placed, 'section');
  const valuePeriod = during?.extension.valuePeriod;
  if (!during || valuePeriod?.start === undefined) return missing(told, placed, 'period');
  const status = statusIn(concept, `${section.place}.value`, told);
  const from = reading.moment(valuePeriod.start, `${during.place}.value.start`);
  const to = reading.moment(valuePeriod.end, `${during.place}.value.end`);
  if (status === null || from === null) return [];
  const endReason = conceptIn(partOf(placed, 'endReason'))?.coding?.[0]?.code ?? null;
  const said = { period, status, from: from.day, to: to?.day ?? null, endReason };
  return [maker.fact({ kind: 'detention', ...said }, from.instant)];
}

function bodies({ told: { maker }, placed, period }: Row): MessageFact[] {
  const council = bodyCode(partOf(placed, 'council')?.extension.valueIdentifier);
  const postcode = partOf(placed, 'postcode')?.extension.valueString ?? null;
  const icb = bodyCode(partOf(placed, 'commissioner')?.extension.valueIdentifier);
  return [
    ...(council || postcode !== null ? [maker.fact({ kind: 'ordinary-residence', period, council, postcode })] : []),
    ...(icb ? [maker.fact({ kind: 'commissioner', period, icb })] : []),
  ];
}

function bodyCode(identifier: Identifier | undefined): BodyCode | null {
  if (identifier?.value === undefined) return null;
  const { system, value } = identifier;
  return { code: value, system: system === GSS_SYSTEM ? 'GSS' : system === ODS_SYSTEM ? 'ODS' : null };
}

function communities({ told, placed, period }: Row): MessageFact[] {
  const { reading, codes, maker, feed } = told;
  return extensionsAt(placed.extension.extension, feed.communityStatus, placed.place).flatMap((each) => {
    const [named, during] = [partOf(each, 'status'), partOf(each, 'period')];
    const concept = conceptIn(named);
    if (!named || !concept) return missing(told, each, 'status');
    const status = reading.concept(concept, `${named.place}.value`, (code) => codes.communityStatus(code));
    const withdrawn = partOf(each, 'withdrawn')?.extension.valueBoolean === true;
    const written = during?.extension.valuePeriod;
    // A withdrawal may leave the start out: then it means every such status of the period.
    if (written?.start === undefined && !withdrawn) return missing(told, each, 'period');
    const from = reading.moment(written?.start, `${each.place}.extension('period').value.start`);
    const to = reading.moment(written?.end, `${each.place}.extension('period').value.end`);
    if (status === null) return [];
    const said = { period, status, from: from?.day ?? null, to: to?.day ?? null, withdrawn };
    return [maker.fact({ kind: 'community-status', ...said }, from?.instant)];
  });
}
