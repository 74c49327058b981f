import type { Reference } from '../../fhir/elements.js';
import type { Candidates, Found } from './resolve.js';

/** From a stay to its person, from there to who manages the record, and on to the first organisation with a code. */
const MAX_STEPS = 6;
const SEVERAL = 2;

/**
 * The resources of a Bundle without which one of them cannot be read: the person and the organisation it is about, and
 * what those are part of. Where nobody can say which is meant, two that could be: they show it as well as a thousand.
 */
export function neededBy(one: Found, candidates: Candidates): Found[] {
  const needed = new Map<string, Found>();
  let reached = [one];
  for (let step = 0; step < MAX_STEPS && reached.length > 0; step += 1) {
    const next = reached.flatMap((each) =>
      referencesIn(each, each.place.startsWith(one.place)).flatMap((reference) =>
        candidates(reference, each).slice(0, SEVERAL),
      ),
    );
    reached = [...new Map(next.map((found) => [found.place, found])).values()].filter(
      ({ place }) => place !== one.place && !needed.has(place),
    );
    for (const found of reached) needed.set(found.place, found);
  }
  return [...needed.values()];
}

/**
 * `isOwn`: the resource itself or contained in it. Of another person only who it is counts, and who manages the record; a
 * stay, to which nothing should refer, cannot be read without its person.
 */
function referencesIn({ resource }: Found, isOwn: boolean): (Reference | undefined)[] {
  switch (resource.resourceType) {
    case 'Encounter':
      return isOwn ? [resource.subject, resource.serviceProvider] : [resource.subject];
    case 'Patient': {
      const { managingOrganization, generalPractitioner = [], link = [] } = resource;
      return isOwn
        ? [managingOrganization, ...generalPractitioner, ...link.map(({ other }) => other)]
        : [managingOrganization];
    }
    case 'CarePlan': {
      const performers = (resource.activity ?? []).flatMap(({ detail }) => detail?.performer ?? []);
      return isOwn
        ? [resource.subject, resource.author, ...(resource.contributor ?? []), ...performers]
        : [resource.subject];
    }
    case 'Task':
      return isOwn ? [resource.for, resource.owner] : [resource.for];
    case 'Organization':
      return [resource.partOf];
    case 'PractitionerRole':
      return [resource.practitioner, resource.organization];
    default:
      return [];
  }
}
