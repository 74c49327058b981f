import type { Fact, LocalId, PersonRef } from './fact.js';

/** Identifiers of people as nodes of one graph: `nhs:9990000018`, `local:RXT:MRN:123`. Patient data: never outside the store. */
export const nhsNode = (nhsNumber: string): string => `nhs:${nhsNumber}`;
export const localNode = (id: LocalId): string => `local:${part(id.sender)}:${part(id.authority)}:${id.value}`;

export const isNhsNode = (node: string): boolean => node.startsWith('nhs:');
export const numberIn = (nhs: string): string => nhs.slice('nhs:'.length);

/** What separates the parts stays out of them: two identifiers never make one node. */
const part = (text: string): string =>
  SEPARATOR.test(text) ? text.replaceAll('%', '%25').replaceAll(':', '%3A') : text;

const SEPARATOR = /[%:]/;

/** Every identifier a fact names, also those it merges away or moves a visit from. */
export function nodesOf(fact: Fact): string[] {
  const nodes = nodesOfRef(fact);
  if (fact.kind === 'identity-merged') nodes.push(...nodesOfRef(fact.retired));
  if (fact.kind === 'visit-moved') nodes.push(...nodesOfRef(fact.from));
  if (fact.kind === 'identity-separated') nodes.push(nhsNode(fact.from));
  return [...new Set(nodes)];
}

/** Every identifier of one reference to a person. */
export const nodesOfRef = ({ nhsNumber, localIds }: PersonRef): string[] => [
  ...(nhsNumber === null ? [] : [nhsNode(nhsNumber)]),
  ...localIds.map(localNode),
];

/** By which the person is found: the NHS number where one is known. */
export const firstNode = (ref: PersonRef): string => nodesOfRef(ref)[0] ?? '';
