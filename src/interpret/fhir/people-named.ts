import type { Reference } from '../../fhir/elements.js';
import type { AgreedPlan } from '../../register/fact.js';
import type { Found, Resolve } from './resolve.js';

/** Who leads: a name with the role in which. Null where either is not said, and then nobody is known to lead. */
export function leadOf(reference: Reference | undefined, from: Found, resolve: Resolve): AgreedPlan['lead'] {
  const found = reference ? resolve(reference, from) : null;
  if (!found || found === 'several' || found.resource.resourceType !== 'PractitionerRole') return null;
  const { practitioner, code = [] } = found.resource;
  const name = practitioner ? nameOf(practitioner, found, resolve) : null;
  const role = code
    .flatMap(({ text, coding = [] }) => [text, ...coding.map(({ display }) => display)])
    .find((words) => words !== undefined && words.trim() !== '');
  return name === null || role === undefined ? null : { name, role: role.trim() };
}

/** A person or an organisation by name: as the reference shows it, else as the resource of the message has it. */
export function nameOf(reference: Reference, from: Found, resolve: Resolve): string | null {
  const shown = reference.display?.trim();
  if (shown) return shown;
  const found = resolve(reference, from);
  if (!found || found === 'several') return null;
  const { resource } = found;
  if (resource.resourceType === 'Organization') return resource.name?.trim() || null;
  if (resource.resourceType === 'PractitionerRole') {
    return resource.practitioner ? nameOf(resource.practitioner, found, resolve) : null;
  }
  if (resource.resourceType !== 'Practitioner') return null;
  const { text, given = [], family } = resource.name?.[0] ?? {};
  return text?.trim() || [...given, family].filter(Boolean).join(' ') || null;
}
