import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../fault.js';
import { AFTERCARE, EPISODE_SYSTEM, EXTENSION, NHS_NUMBER_SYSTEM } from '../fhir/s117.js';
import type { Mappings } from '../interpret/mappings.js';
import { isNhsNumber } from '../interpret/nhs-number.js';
import { statedFact } from '../interpret/stated.js';
import { isDay } from '../register/day.js';
import type { RegisterEntry } from '../register/register-comparison.js';
import { destinationsOf, type Site } from '../site.js';
import { type FhirPage, type FhirSearch, fhirSearch } from '../wire/fhir-search.js';
import type { RegisterPage, RegisterRows } from './reconcile.js';
import type { Reconciling } from './reconcile-person.js';

type Json = Record<string, unknown>;

/** `requestsPerMinute`: what the body allows. */
type How = { requestsPerMinute: number; stop: AbortSignal };

type By = { site: Site; mappings: Mappings };

const PAGE = 200;
const TIMEOUT_MS = 60_000;
const TRIES = 5;
const LONGEST_WAIT_MS = 300_000;

/** Of the code of our profile, whoever wrote them: what we sent, and what the body has of its own. */
const SEARCH = `EpisodeOfCare?type=${encodeURIComponent(`${AFTERCARE.system}|${AFTERCARE.code}`)}&_count=${PAGE}&_include=EpisodeOfCare:patient`;

/**
 * The register that a body holds as FHIR, page by page, no faster than it allows; it waits as long as it is asked to. Null for
 * a body that has no FHIR server in the site file, or one for adults alone: half a register would lack the other half. Throws Fault of the trouble when a page cannot be had: reading goes on
 * there the next time.
 */
export function registerFromFhir(how: How, body: Reconciling, { site, mappings }: By): RegisterRows | null {
  const url = destinationsOf(site).find((each) => each.body === body.code)?.url;
  if (url === undefined || hasTwoSystems(site, body.code)) return null;
  const statedBy = { organisation: body.code, name: 'FHIR server', role: 'its register, read' };
  const ofPage = (resources: readonly Json[]) => rowsIn(resources, { ...body, statedBy }, mappings);
  return {
    source: 'fhir',
    statedBy,
    async *pages(from) {
      const search = fhirSearch({ to: body.code, url, timeoutMs: TIMEOUT_MS });
      try {
        for (let page: string | null = from ?? SEARCH; page !== null; ) {
          const began = performance.now();
          const read = await readPatiently(search, page, how.stop);
          if (page === SEARCH && read.next === null && (read.lacking ?? 0) > 0) throw cutShort(body.code, read);
          page = read.next;
          yield { ...ofPage(read.resources), next: page };
          const left = 60_000 / how.requestsPerMinute - (performance.now() - began);
          if (page !== null && left > 0) await sleep(left, undefined, { signal: how.stop });
        }
      } finally {
        await search.close();
      }
    },
  };
}

/** Whoever is not in half a register would seem to be missing there. */
const cutShort = (where: string, { resources, lacking }: Page): Fault =>
  new Fault({
    code: 'council-refused',
    where,
    text: `its server gives ${resources.length} resources of a search, lacks ${lacking} more that it found, and names no next page`,
    next: 'it must give a link to the next page of a search (FHIR R4, Bundle.link); or give its register with --from FILE',
  });

/** The one for children has a register of its own. */
export const hasTwoSystems = ({ councils }: Site, code: string): boolean =>
  councils.some(({ gss, childrensDestination }) => gss === code && childrensDestination !== null);

type Page = Extract<FhirPage, { kind: 'page' }>;

async function readPatiently(search: FhirSearch, page: string, signal: AbortSignal): Promise<Page> {
  for (let nth = 1; ; nth++) {
    const read = await search.read(page);
    if (read.kind === 'page') return read;
    const { detail, retryAfterMs } = read;
    if (detail.code === 'council-refused' || nth === TRIES) {
      const next = 'what was read is kept: the same command goes on from there';
      throw new Fault({
        ...detail,
        code: detail.code === 'council-refused' ? detail.code : 'system-unreachable',
        next,
      });
    }
    await sleep(Math.min(retryAfterMs ?? 1_000 * 2 ** nth, LONGEST_WAIT_MS), undefined, { signal });
  }
}

type Read = Omit<RegisterPage, 'next'>;
type Of = Pick<Reconciling, 'side' | 'asOf'> & { statedBy: RegisterRows['statedBy'] };

function rowsIn(resources: readonly Json[], of: Of, { codes }: Mappings): Read {
  const patients = new Map(
    resources
      .filter(({ resourceType }) => resourceType === 'Patient')
      .map((patient) => [`Patient/${patient.id}`, patient]),
  );
  const found = resources
    .filter(({ resourceType }) => resourceType === 'EpisodeOfCare')
    .map((episode) => {
      const nhsNumber = numberOf(episode.patient, patients);
      const status = STATUSES[String(episode.status)];
      if (nhsNumber === null || status === undefined) return null;
      const patient = patients.get(String(objectOf(episode.patient).reference));
      const said = {
        kind: 'register-entry',
        nhsNumber,
        body: of.side,
        on: of.asOf,
        statedBy: of.statedBy,
        status,
        ...daysOf(episode, of.asOf),
        ...ownOf(episode, patient),
      };
      const fact = statedFact(said, codes);
      return typeof fact === 'string' ? null : { recordVersion: versionOf(episode), said: fact as RegisterEntry };
    });
  const rows = found.flatMap((row) => row ?? []);
  return { rows, refused: found.length - rows.length };
}

/** FHIR R4 EpisodeOfCare.status. */
const STATUSES: Record<string, RegisterEntry['status']> = {
  planned: 'prospective',
  waitlist: 'prospective',
  active: 'active',
  onhold: 'active',
  finished: 'ended',
  cancelled: 'none',
  'entered-in-error': 'none',
};

/** By the reference's own identifier, else by the patient that came along. */
function numberOf(reference: unknown, patients: ReadonlyMap<string, Json>): string | null {
  const { identifier, reference: to } = objectOf(reference);
  const own = [objectOf(identifier), ...identifiersOf(patients.get(String(to)) ?? {})];
  const number = own.find(({ system }) => system === NHS_NUMBER_SYSTEM)?.value;
  return typeof number === 'string' && isNhsNumber(number) ? number : null;
}

/** A day that is still to come is no day on which it began. */
function daysOf({ period }: Json, asOf: string): { from?: string; to?: string } {
  const { start, end } = objectOf(period);
  const dayIn = (written: unknown) => {
    const day = typeof written === 'string' ? written.slice(0, 10) : '';
    return isDay(day) && day <= asOf ? day : null;
  };
  const [from, to] = [dayIn(start), dayIn(end)];
  return { ...(from === null ? {} : { from }), ...(to === null ? {} : { to }) };
}

/** What is not ours: the body's own number of the case, and its day of birth. */
function ownOf(episode: Json, patient: Json | undefined): { caseId?: string; birthDate?: string } {
  const own = identifiersOf(episode).find(({ system }) => system !== EPISODE_SYSTEM)?.value;
  const born = patient?.birthDate;
  return {
    ...(typeof own === 'string' && own.trim() !== '' ? { caseId: own } : {}),
    ...(typeof born === 'string' && isDay(born) ? { birthDate: born } : {}),
  };
}

function versionOf(episode: Json): number | null {
  const extensions = Array.isArray(episode.extension) ? episode.extension.map(objectOf) : [];
  const version = extensions.find(({ url }) => url === EXTENSION.recordVersion)?.valuePositiveInt;
  return typeof version === 'number' ? version : null;
}

const identifiersOf = ({ identifier }: Json): Json[] => (Array.isArray(identifier) ? identifier.map(objectOf) : []);

const objectOf = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
