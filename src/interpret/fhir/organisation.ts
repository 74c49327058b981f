import type { Identifier, Reference } from '../../fhir/elements.js';
import { ODS_SYSTEM } from '../../fhir/s117.js';
import type { Found, Resolve } from './resolve.js';

const ODS_CODE = /^[A-Z0-9]{3,10}$/;
/** A team may be part of a ward, a ward of a site, a site of a trust. */
const MAX_STEPS = 5;

/** The ODS code that an identifier holds under one of the systems. */
export const odsOf = (identifiers: readonly Identifier[], systems: readonly string[] = [ODS_SYSTEM]): string | null =>
  identifiers
    .find(({ system, value }) => system !== undefined && value !== undefined && systems.includes(system))
    ?.value?.trim()
    .toUpperCase() ?? null;

/** The ODS code of whom a reference names: by identifier, else the resource itself or what it is part of. */
export function organisationOf(
  reference: Reference | undefined,
  from: Found,
  resolve: Resolve,
  systems?: readonly string[],
): string | null {
  let at: { reference: Reference | undefined; from: Found } = { reference, from };
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const named = at.reference?.identifier ? odsOf([at.reference.identifier], systems) : null;
    if (named !== null) return named;
    const found = resolve(at.reference, at.from);
    if (found === 'several') return null;
    if (!found) return fromDirectory(at.reference?.reference);
    const { resource } = found;
    if (resource.resourceType === 'Organization') {
      const own = odsOf(resource.identifier ?? [], systems);
      if (own !== null) return own;
      at = { reference: resource.partOf, from: found };
    } else if (resource.resourceType === 'PractitionerRole') {
      at = { reference: resource.organization, from: found };
    } else return null;
  }
  return null;
}

/** The national directory's own address of an organisation ends in its code. */
function fromDirectory(written: string | undefined): string | null {
  const code = /^https:\/\/directory\.spineservices\.nhs\.uk\/.*\/Organization\/([A-Z0-9]{3,10})$/.exec(written ?? '');
  return code?.[1] ?? null;
}

/** `urn:nhs-uk:addressing:ods:RXT` and `https://fhir.nhs.uk/Id/ods-organization-code|RXT`. */
export function odsOfEndpoint(endpoint: string | undefined): string | null {
  const [, code] =
    /^urn:nhs-uk:addressing:ods:([^:]+)/i.exec(endpoint ?? '') ??
    /^https:\/\/fhir\.nhs\.uk\/Id\/ods-organization-code\|(.+)$/.exec(endpoint ?? '') ??
    [];
  const written = code?.trim().toUpperCase();
  return written !== undefined && ODS_CODE.test(written) ? written : null;
}
