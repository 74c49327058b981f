import { hash } from 'node:crypto';
import { Fault } from '../fault.js';
import { AFTERCARE } from '../fhir/s117.js';
import type { Mappings } from '../interpret/mappings.js';
import { destinationsOf, type Site } from '../site.js';
import { PARTS, type PartType, type RowThere } from '../store/reconciliations.js';
import { type PacedSearch, pacedSearch } from './paced-search.js';
import type { Reconciling } from './reconcile-person.js';
import { isAskedFor, type Json, rowsIn, SYSTEMS } from './register-resources.js';
import type { RegisterPage, RegisterRows } from './register-rows.js';

/** `requestsPerMinute`: what the body allows. */
type How = { requestsPerMinute: number; stop: AbortSignal };

type By = { site: Site; mappings: Mappings };

const PAGE = 200;
/** A server may leave out what we may not see; it cannot be nothing for so long. */
const MOST_EMPTY_PAGES = 50;
/** Of identifiers in one address. */
const LOOKED_UP_AT_ONCE = 100;

const token = (type: PartType): string => encodeURIComponent(`${SYSTEMS[type]}|`);
const paged = (type: PartType, criterion: string): string =>
  `${type}?${criterion}&_count=${PAGE}&_include=${type}:patient&_total=accurate`;

/** EpisodeOfCare by the code of our profile, whoever wrote it: what we sent, and what the body has of its own. The rest ours alone. */
const SEARCHES: Record<PartType, string> = {
  EpisodeOfCare: paged('EpisodeOfCare', `type=${encodeURIComponent(`${AFTERCARE.system}|${AFTERCARE.code}`)}`),
  Flag: paged('Flag', `identifier=${token('Flag')}`),
  CarePlan: paged('CarePlan', `identifier=${token('CarePlan')}`),
};

/**
 * The register that a body holds as FHIR, page by page, no faster than it allows; it waits as long as it is asked to. Null for
 * a body that has no FHIR server in the site file, or one for adults alone: half a register would lack the other half. Throws
 * Fault of the trouble when a page cannot be had: reading goes on there the next time.
 */
export function registerFromFhir(how: How, body: Reconciling, { site, mappings }: By): RegisterRows | null {
  const url = destinationsOf(site).find((each) => each.body === body.code)?.url;
  if (url === undefined || hasTwoSystems(site, body.code)) return null;
  const statedBy = { organisation: body.code, name: 'FHIR server', role: 'its register, read' };
  const keeping = { ...body, statedBy };
  const search = pacedSearch({ ...how, to: body.code, url });
  return {
    source: 'fhir',
    statedBy,
    async *pages(from) {
      const reading = { search, where: body.code, seen: new Set<string>(), empty: 0 };
      for (let place: Place | null = from === null ? beginningOf('EpisodeOfCare') : placeIn(from); place !== null; ) {
        const read = await readAt(place, reading);
        if (read.kind === 'spoilt') return yield { rows: [], refused: 0, next: null, spoilt: read.why };
        const next: Place | null = read.next;
        const page = rowsIn(place.type, read.resources, keeping, mappings.codes);
        yield { ...page, next: next && JSON.stringify(next) } satisfies RegisterPage;
        place = next;
      }
    },
    async lookUp(type, uuids) {
      const rows: RowThere[] = [];
      for (let first = 0; first < uuids.length; first += LOOKED_UP_AT_ONCE) {
        const asked = new Set(uuids.slice(first, first + LOOKED_UP_AT_ONCE));
        const page = `${type}?identifier=${[...asked].join(',')}&_count=${PAGE}&_include=${type}:patient`;
        const read = await search.read(page);
        if (read.kind === 'no-page') return rows;
        const found = rowsIn(type, read.resources, keeping, mappings.codes).rows;
        rows.push(...found.filter(({ resource }) => resource?.uuid && asked.has(resource.uuid)));
      }
      return rows;
    },
    close: () => search.close(),
  };
}

/** The one for children has a register of its own. */
export const hasTwoSystems = ({ councils }: Site, code: string): boolean =>
  councils.some(({ gss, childrensDestination }) => gss === code && childrensDestination !== null);

/** Where reading goes on. `read`: so many of the type before; `total`: so many there were, where the server said it. */
type Place = { type: PartType; page: string; read: number; total: number | null };

const beginningOf = (type: PartType): Place => ({ type, page: SEARCHES[type], read: 0, total: null });

const placeIn = (written: string): Place => JSON.parse(written); // written by us

/** `seen`: pages by what they held; `empty`: so many without anything, one after another. */
type Reading = { search: PacedSearch; where: string; seen: Set<string>; empty: number };
type Read = { kind: 'read'; resources: Json[]; next: Place | null } | { kind: 'spoilt'; why: Fault };

/** One page; or what shows that the pages are not the register. */
async function readAt({ type, page, ...before }: Place, reading: Reading): Promise<Read> {
  const { search, where, seen } = reading;
  const spoilt = (why: Why): Read => ({ kind: 'spoilt', why: new Fault({ code: 'council-refused', where, ...why }) });
  const answered = await search.read(page);
  if (answered.kind === 'no-page')
    return spoilt(page === SEARCHES[type] ? notSearched(type, answered.status) : forgotten(answered.status));
  const { resources, next, total } = answered;
  const found = resources.filter(({ resourceType }) => resourceType === type);
  if (!found.every((resource) => isAskedFor(type, resource))) return spoilt(notAskedFor(type));

  const held = hash('sha256', found.map(({ id }) => `${type}/${id}`).join());
  reading.empty = found.length === 0 ? reading.empty + 1 : 0;
  if (next !== null && (next === page || (found.length > 0 && seen.has(held)) || reading.empty > MOST_EMPTY_PAGES))
    return spoilt(circling(type));
  seen.add(held);

  const read = before.read + found.length;
  if (next !== null) return { kind: 'read', resources, next: { type, page: next, read, total: before.total ?? total } };
  // What came or went meanwhile is no sign: the fewest that there were at any time must have been read.
  const lacking = Math.min(before.total ?? total ?? 0, total ?? before.total ?? 0) - read;
  if (lacking > 0) return spoilt(cutShort(read, lacking));
  const after = PARTS[PARTS.indexOf(type) + 1];
  return { kind: 'read', resources, next: after === undefined ? null : beginningOf(after) };
}

type Why = { text: string; next: string };

const OR_A_FILE = 'or give its register with --from FILE';

/** Whoever is not in half a register would seem to be missing there. */
const cutShort = (read: number, lacking: number): Why => ({
  text: `its server gives ${read} resources of a search, lacks ${lacking} more that it found, and names no next page`,
  next: `it must give a link to the next page of a search (FHIR R4, Bundle.link); ${OR_A_FILE}`,
});

const circling = (type: PartType): Why => ({
  text: `its server leads from page to page of ${type} without an end`,
  next: `its links to the next page of a search must lead to the last (FHIR R4, Bundle.link); ${OR_A_FILE}`,
});

const notAskedFor = (type: PartType): Why => ({
  text: `its server gives resources of ${type} that were not asked for; nothing of them is kept`,
  next: `it must search ${type} by ${type === 'EpisodeOfCare' ? 'type' : 'the system of identifier'}; ${OR_A_FILE}`,
});

const notSearched = (type: PartType, status: number): Why => ({
  text: `answered ${status}: it does not search ${type}`,
  next: `it must search ${type} by ${type === 'EpisodeOfCare' ? 'type' : 'the system of identifier'}; ${OR_A_FILE}`,
});

const forgotten = (status: number): Why => ({
  text: `answered ${status}: it knows nothing of the page at which reading went on`,
  next: 'the same command begins anew',
});
