import { type Explanation, explain } from '../../src/flow/explain.js';
import { type Adt, adt } from '../scenarios/adt.js';
import { type Stated, statedFacts, tables } from '../scenarios/tell.js';

export const hl7 = (message: Adt): string => adt(message);

/** Tells FHIR resources, and HL7 v2 where it is text, to `explain` in the order given. */
export function tellFhir(
  messages: readonly (object | string)[],
  asOf = '2026-11-21',
  stated: readonly Stated[] = [],
  by = tables,
): Explanation {
  const given = messages.map((message, index) => ({
    file: 'story.json',
    index,
    bytes: Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)),
  }));
  return explain(given, statedFacts(stated), asOf, by);
}

export const outcomes = ({ messages }: Explanation): string[] =>
  messages.map(({ outcome, fault }) => (fault === null ? outcome : `${outcome} ${fault.code} ${fault.where}`));
