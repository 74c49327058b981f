import type { Resource } from './resources.js';
import { NHS_NUMBER_SYSTEM } from './s117.js';

/** What the address of a create or an update says of the resource: its id; or a condition on it, as written after `?`. */
export type Address = { id: string | null; query: string };

/** `of`: the part of the resource that does not fit; null where the address itself cannot be used. */
type Misfit = { of: 'id' | 'identifier' | null; text: string };

/** `Encounter/1`, `Encounter?identifier=system|value`, `Encounter`, also with the server before it; null: another type. */
export function addressOf(url: string, type: string): Address | null {
  const [path = '', ...query] = url.split('?');
  const match = new RegExp(`^(?:https?://\\S+/|/)?${type}(?:/([A-Za-z0-9\\-.]{1,64}))?$`).exec(path);
  return match ? { id: match[1] ?? null, query: query.join('?') } : null;
}

/** Why a resource that is to be updated cannot be the one that the address means; null where it can. */
export function misfit(resource: Resource, { id, query }: Address): Misfit | null {
  const criteria = criteriaIn(query);
  if (id === null) return unmetBy(resource, criteria);
  if (criteria.length > 0) return { of: null, text: 'the address has an id and a condition: give one of the two' };
  const own = 'id' in resource ? resource.id : undefined;
  return own === undefined || own === id ? null : { of: 'id', text: 'is not the id in the address' };
}

/** An address is written into many a log on its way, and the body is not. */
export const namesPersonIn = ({ query }: Address): boolean =>
  criteriaIn(query).some(([, value]) => value.includes(NHS_NUMBER_SYSTEM) || /nhs-number\|/i.test(value));

const FORM_OF_ANSWER = ['_format', '_pretty'];

const criteriaIn = (query: string): [string, string][] =>
  [...new URLSearchParams(query)].filter(([name]) => !FORM_OF_ANSWER.includes(name));

const HOW = 'identifier=system|value';

function unmetBy(resource: Resource, [only, ...more]: [string, string][]): Misfit | null {
  if (!only) return { of: null, text: `the address does not say which one: give an id, or ${HOW}` };
  const token = only[0] === 'identifier' && more.length === 0 ? tokenIn(only[1]) : null;
  if (!token) return { of: null, text: `the condition in the address can only be one ${HOW}` };
  if (!('identifier' in resource) && !HAVE_IDENTIFIERS.includes(resource.resourceType)) return null;
  const held = 'identifier' in resource ? (resource.identifier ?? []) : [];
  const isMet = held.some(({ system, value }) => system === token.system && value === token.value);
  return isMet ? null : { of: 'identifier', text: 'does not hold the identifier in the address' };
}

/** Of other types no identifiers are read, and nothing is made of them. */
const HAVE_IDENTIFIERS = ['Encounter', 'Patient', 'CarePlan', 'Task', 'Organization'];

/** A search token of FHIR R4, in which `\` stands before a bar, a comma or itself. */
function tokenIn(written: string): { system: string; value: string } | null {
  const match = /^((?:[^\\|]|\\.)+)\|((?:[^\\|,]|\\.)+)$/.exec(written);
  if (!match) return null;
  const [system = '', value = ''] = match.slice(1).map((part) => part.replace(/\\([\\|,$])/g, '$1'));
  return { system, value };
}
