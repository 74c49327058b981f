import { createHash } from 'node:crypto';
import type { CodeableConcept, Extension, Reference } from './elements.js';
import { readResource } from './read-resource.js';
import type { CarePlan, Resource } from './resources.js';
import { EXTENSION } from './s117.js';

type Plan = CarePlan & { contained?: Resource[] };

/**
 * SHA-256, in hex, of what a CarePlan says, whatever a server names or adds around it; null where it cannot be read. We
 * send it with each of ours: one that comes back as it was sent is then known to be no statement of whoever sends it back.
 */
export function digestAsSent(plan: object): string | null {
  const read = readResource(plan, '', []);
  return read?.resourceType === 'CarePlan' ? digestOf(read) : null;
}

/** Whether it is one of ours that says what it said when we sent it. */
export const isAsSent = (plan: Plan): boolean =>
  (plan.extension ?? []).some(({ url, valueString }) => url === EXTENSION.asSent && valueString === digestOf(plan));

function digestOf(plan: Plan): string {
  const { subject, status, intent, created, author, contributor = [], activity = [], extension = [] } = plan;
  const said = [
    [subject?.identifier?.value, status, intent, created],
    [author?.display, rolesIn(plan), contributor.map(nameOf)],
    extensionsOf(extension),
    activity.map(({ reference, detail }) => [
      [reference?.reference, detail?.status, detail?.doNotPerform],
      [wordsOf(detail?.code), (detail?.reasonCode ?? []).map(wordsOf)],
      (detail?.performer ?? []).map(nameOf),
      extensionsOf(detail?.extension ?? []),
    ]),
  ];
  return createHash('sha256').update(JSON.stringify(said)).digest('hex');
}

const rolesIn = ({ contained = [] }: Plan): unknown[] =>
  contained.flatMap((each) =>
    each.resourceType === 'PractitionerRole' ? [[nameOf(each.practitioner), (each.code ?? []).map(wordsOf)]] : [],
  );

const nameOf = (reference: Reference | undefined): unknown[] => [reference?.display, reference?.identifier?.value];

const wordsOf = (concept: CodeableConcept | undefined): unknown[] => [
  concept?.text,
  (concept?.coding ?? []).map(({ system, code, display }) => [system, code, display]),
];

const ABOUT_SENDING: readonly string[] = [EXTENSION.recordVersion, EXTENSION.asSent];

/** Each with its value, in which the keys have the order of the shape that read them. */
const extensionsOf = (extensions: readonly Extension[]): unknown[] =>
  extensions.filter(({ url }) => !ABOUT_SENDING.includes(url)).map((extension) => JSON.stringify(extension));
