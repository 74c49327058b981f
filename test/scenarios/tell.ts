import { fileURLToPath } from 'node:url';
import { type Explanation, explain, registerRow } from '../../src/flow/explain.js';
import { loadMappings } from '../../src/interpret/mappings.js';
import { readStatedFacts } from '../../src/interpret/stated.js';
import { loadDirectory } from '../../src/organisations/load.js';
import type { Instant } from '../../src/register/day.js';
import type { StatedFact } from '../../src/register/fact.js';
import { type Site, siteFromObject } from '../../src/site.js';
import type { PlanMessage } from '../properties/care-plans.js';
import { statedBy } from '../support/stated-by.js';
import { type Adt, adt, asGiven, PERSON } from './adt.js';

const MAPPINGS = fileURLToPath(new URL('../../mappings/', import.meta.url));

/** The tables with other settings of the site file, such as the day on which a waiting rule began. */
export const tablesWith = (settings: object) => ({ ...tables, site: siteWith(settings) });

function siteWith(settings: object): Site {
  const site = siteFromObject({ ...SITE, ...settings });
  if (site.kind === 'problems') throw new Error(site.problems.join('\n'));
  return site.site;
}

const SITE = {
  name: 'Test partnership',
  senders: [
    { ods: 'RXT', name: 'A trust', feed: 'zmh' },
    { ods: 'RXX', name: 'Another trust', feed: 'zmh' },
    { ods: '406', name: 'A council', feed: 'fhir-council' },
    { ods: 'QHL', name: 'An ICB', feed: 'fhir-council' },
  ],
  councils: [{ gss: 'E08000025' }, { gss: 'E08000029' }],
  icbs: [{ ods: 'QHL' }],
};

export const tables = {
  site: siteWith({}),
  mappings: loadMappings(MAPPINGS, ['zmh', 'fhir-council']),
  directory: loadDirectory(`${MAPPINGS}organisations`),
};

/** A fact stated by a person, in the form of the contract; who said it is filled in. `recorded`: when, where that matters. */
export type Stated = { kind: string; nhsNumber?: string; recorded?: Instant } & Record<string, unknown>;

/** A message of a story: HL7 v2 of a trust, or a plan as FHIR. */
export type Message = Adt | PlanMessage;

/** As it is sent. */
export const written = (message: Message): string =>
  'resourceType' in message ? JSON.stringify(message) : adt(message);

/** Tells messages and stated facts to `explain`, in the order given. */
export function tell(
  messages: readonly (Message | string)[],
  asOf = '2026-11-21',
  stated: readonly Stated[] = [],
  by = tables,
): Explanation {
  const given = asGiven(messages.map((message) => (typeof message === 'string' ? message : written(message))));
  return explain(given, statedFacts(stated), asOf, by);
}

/** As they are recorded. */
export function statedFacts(stated: readonly Stated[]): StatedFact[] {
  const ndjson = stated
    .map(({ recorded: _, ...fact }) => JSON.stringify({ nhsNumber: PERSON, statedBy: statedBy(fact), ...fact }))
    .join('\n');
  const facts = readStatedFacts(ndjson, tables.mappings.codes);
  if (facts.kind === 'mistakes') throw new Error(facts.mistakes.join('\n'));
  return facts.facts.map((fact, at) => recordedAt(stated[at]?.recorded, fact));
}

const recordedAt = (statedAt: Instant | undefined, fact: StatedFact): StatedFact =>
  statedAt === undefined ? fact : { ...fact, source: { ...fact.source, statedAt } };

/** What was read, and what was stated, as facts. */
export const told = (messages: readonly Adt[], stated: readonly Stated[]) => ({
  messages: tell(messages).messages.flatMap(({ facts }) => facts),
  facts: statedFacts(stated),
});

/** The register row of the only person of the story. */
export function onlyRow(explanation: Explanation) {
  const [entry, ...others] = explanation.register;
  if (!entry || others.length > 0) throw new Error(`the story has ${explanation.register.length} persons`);
  return registerRow(entry);
}

/** `E08000025: Flag active, CarePlan draft` for each body that would be told. */
export const sent = ({ publications }: Explanation): string[] =>
  publications.map(
    ({ to, resources }) =>
      `${to}: ${resources
        .filter(({ resourceType }) => resourceType !== 'EpisodeOfCare')
        .map(({ resourceType, status }) => `${resourceType} ${status}`)
        .join(', ')}`,
  );

export const kindsOf = (row: ReturnType<typeof onlyRow>): string[] => row.questions.map(({ kind }) => kind);
