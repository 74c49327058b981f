import type { Directory } from '../organisations/directory.js';
import type { Site } from '../site.js';
import { destinationsOf } from '../site.js';
import { type FhirMetadata, fhirMetadata } from '../wire/fhir-metadata.js';
import { readTlsFiles, type TlsFiles } from '../wire/tls-files.js';
import { databaseFindings } from './doctor-database.js';
import { queueFindings } from './doctor-queue.js';
import { checkFeeds } from './feeds.js';
import { type Finding, findingsOf } from './finding.js';

/** Where the systems are that the service needs. */
export type Systems = {
  databaseUrl: string | null;
  redisUrl: string | null;
  dataDir: string;
  tls: TlsFiles | null;
};

type Deps = { site: Site; directory: Directory; mappingsFolder: string; now: () => Date };

const COUNCIL_MS = 5_000;

/** Looks at everything that the service needs, and says of each how it is and what to do. Changes nothing. */
export async function examine(systems: Systems, { site, directory, mappingsFolder, now }: Deps): Promise<Finding[]> {
  const [database, queue, councils] = await Promise.all([
    databaseFindings(systems, { site, directory }, now),
    queueFindings(systems.redisUrl),
    bodyFindings(site, now),
  ]);
  return [
    ...feedFindings(site, mappingsFolder),
    ...database.server,
    ...queue,
    ...certificateFindings(systems.tls, now()),
    ...councils,
    ...database.service,
  ];
}

function feedFindings(site: Site, mappingsFolder: string): Finding[] {
  const names = [...new Set(site.senders.map(({ feed }) => feed))].sort();
  return checkFeeds(mappingsFolder, names).map(({ feed, mistakes, examples }) => {
    const { ok, wrong } = findingsOf(`feed ${feed}`);
    const differing = examples.filter(({ differs }) => differs !== null).length;
    const next = `"aftercare feeds check ${feed}" says more`;
    if (mistakes.length > 0) return wrong(`${mistakes.length} mistakes in the definition or its examples`, next);
    if (differing > 0)
      return wrong(`${differing} of ${examples.length} examples do not mean what is expected of them`, next);
    return ok(`the definition and its ${examples.length} examples agree`);
  });
}

const RENEW_DAYS = 30;

function certificateFindings(tls: TlsFiles | null, now: Date): Finding[] {
  const { ok, wrong } = findingsOf('certificates');
  if (tls === null) return [ok('none: nothing listens with TLS (TLS_CERT_FILE is not set)')];
  const read = readTlsFiles(tls, now);
  if (read.kind === 'problems') return read.problems.map((problem) => wrong(problem, 'docs/tls.md says how'));
  return read.material.certificates.map(({ setting, subject, daysLeft }) => {
    const text = `${setting}, ${subject.replaceAll('\n', ', ')}: ${daysLeft} days left`;
    return daysLeft < RENEW_DAYS ? wrong(text, 'renew it; docs/tls.md says how') : ok(text);
  });
}

async function bodyFindings(site: Site, now: () => Date): Promise<Finding[]> {
  const connected = destinationsOf(site);
  const told = new Set(connected.map(({ body }) => body));
  const untold = site.councils
    .filter(({ gss }) => !told.has(gss))
    .map(({ gss }) =>
      findingsOf(`council ${gss}`).unchecked(
        'it has no destination: what it should hear is parked',
        'give it one in the site file',
      ),
    );
  const asked = connected.map(async ({ body, url }) => {
    const answer = await fhirMetadata({ url, timeoutMs: COUNCIL_MS });
    return bodyFinding(`council ${body}`, url, answer, now());
  });
  return [...(await Promise.all(asked)), ...untold];
}

/** Beyond this, what both have recorded comes in a wrong order. */
const CLOCK_MS = 120_000;

function bodyFinding(part: string, url: string, answer: FhirMetadata, now: Date): Finding {
  const { ok, wrong, outOfReach } = findingsOf(part);
  if (answer.kind === 'unreachable')
    return outOfReach(
      `${url} does not answer (${answer.reason})`,
      'check the address in the site file, the network, and with the council that it runs',
    );
  if (answer.kind === 'other') return otherAnswer(part, url, answer.status);
  const { fhirVersion, takesTransactions, clock } = answer;
  if (fhirVersion === null || !fhirVersion.startsWith('4.0'))
    return wrong(
      `${url} speaks FHIR ${fhirVersion ?? 'of no version that it names'}, not R4`,
      'ask the council for the address of its R4 server',
    );
  if (takesTransactions === false)
    return wrong(
      `${url} does not take transactions`,
      'show the council profiles/CapabilityStatement-s117-council-server.json',
    );
  const offMs = clock === null ? 0 : Math.abs(clock.getTime() - now.getTime());
  if (offMs > CLOCK_MS)
    return wrong(
      `its clock and ours are ${Math.round(offMs / 1_000)} seconds apart`,
      'let a time service (NTP) set ours; tell the council',
    );
  return ok(`${url} answers, FHIR ${fhirVersion}`);
}

function otherAnswer(part: string, url: string, status: number): Finding {
  const { wrong, unchecked } = findingsOf(part);
  if (status === 401 || status === 403)
    return unchecked(
      `${url} answers ${status}: it does not tell strangers what it is`,
      'ask the council which credentials it expects',
    );
  return wrong(
    `${url}/metadata answers ${status}, and no capability statement`,
    'the address in the site file must be the base of the FHIR server, without a resource type',
  );
}
