import { type Address, misfit, namesPersonIn } from '../fhir/address.js';
import type { Bundle } from '../fhir/bundle.js';
import { unmetConditions } from '../fhir/condition.js';
import { error, type Issue } from '../fhir/issue.js';
import { type Resource, typeOf } from '../fhir/resources.js';
import type { Asked, FhirRequest } from './fhir-answer.js';

const TAKEN = ['Encounter', 'Patient', 'CarePlan', 'Task'];

/** Why the body cannot be what its address and its headers say; null where it can. */
export function unfitFor({ asks, conditions = {} }: FhirRequest, message: Resource | Bundle): Issue | null {
  const { ifMatch, ifNoneExist } = conditions;
  const asked = { ifMatch, ...(asks.kind === 'create' ? { ifNoneExist } : {}) };
  const [unmet = null] = unmetConditions(message, asked, { ifMatch: null, ifNoneExist: null });
  return unlike(asks, message) ?? unmet;
}

/** What the body must be for the address that it was sent to. */
function unlike(asks: Asked, message: Resource | Bundle): Issue | null {
  const type = message.resourceType === 'Bundle' ? 'Bundle' : typeOf(message);
  if (asks.kind === 'bundle' || asks.kind === 'process-message') {
    if (message.resourceType !== 'Bundle')
      return error('value', type, `a Bundle is taken here; POST this to /fhir/${type}`);
    const isMessage = message.type === 'message';
    if (asks.kind === 'bundle' || isMessage) return null;
    return error('value', 'Bundle.type', 'is not message, which $process-message takes');
  }
  if (!TAKEN.includes(asks.type)) return error('not-found', null, `only ${TAKEN.join(', ')} are taken`);
  if (type !== asks.type) return error('value', `${type}.resourceType`, `is not ${asks.type}, as the address says`);
  if (message.resourceType === 'Bundle') return null;
  return asks.kind === 'create' ? null : unlikeAddress(asks, message);
}

function unlikeAddress(address: Address, resource: Resource): Issue | null {
  if (namesPersonIn(address)) {
    return error(
      'value',
      null,
      'the NHS number is not taken from an address: give another identifier, or POST; the body holds it',
    );
  }
  const type = typeOf(resource);
  const found = misfit(resource, address);
  if (found) return error('value', found.of === null ? null : `${type}.${found.of}`, found.text);
  const isSame = address.id === null || ('id' in resource && resource.id === address.id);
  return isSame ? null : error('value', `${type}.id`, 'is missing: an update by id has the same id in the body');
}
