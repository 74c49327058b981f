import { fileURLToPath } from 'node:url';
import type { Child } from '../bench/child.js';
import type { Keeper } from '../bench/keeper.js';
import { EXTENSION, NHS_NUMBER_SYSTEM } from '../fhir/s117.js';
import { type Line, startLine } from './line.js';

/** Of a resource what is looked at here. */
export type Held = {
  resourceType: string;
  id: string;
  status?: string;
  identifier?: { system?: string; value?: string }[];
  extension?: { url?: string; valuePositiveInt?: number; valueCodeableConcept?: { coding?: { code?: string }[] } }[];
  subject?: Named;
  patient?: Named;
};

type Named = { identifier?: { system?: string; value?: string } };

/** A council: a FHIR server in a process of its own, behind a network that may fail. */
export type Council = {
  code: string;
  /** For the service: through the network. */
  url: string;
  line: Line;
  /** Past the network. */
  held(type: HeldType): Promise<Held[]>;
  /** Flags of ours as they are at one moment; `held` reads page by page, and meanwhile they change. */
  flagsAtOnce(identifiers: readonly string[]): Promise<Held[]>;
  backup(): Promise<Backup>;
  /** Its server is lost; another begins with what the backup had. */
  restore(backup: Backup): Promise<void>;
};

export type HeldType = 'Patient' | 'EpisodeOfCare' | 'Flag' | 'CarePlan';

/** As JSON: a year later it is still what it was. */
export type Backup = readonly string[];

const TYPES: readonly HeldType[] = ['Patient', 'EpisodeOfCare', 'Flag', 'CarePlan'];
/** Resources in one answer: so many are as they were at one moment. */
export const PAGE = 1_000;
const AT_ONCE = 100;
/** For what lives shortly: with the usual room a tenth of the time goes into collecting it. For Node.js. */
export const ROOM = '--max-semi-space-size=64';
const PROGRAM = fileURLToPath(new URL('../demo/council-main.js', import.meta.url));

export async function startCouncil(code: string, keeper: Keeper): Promise<Council> {
  let server = await started(code, keeper);
  const line = await startLine(server.port);
  keeper.undo(() => line.close());
  const held = async (type: HeldType): Promise<Held[]> => (await readAll(server.port, type)) as Held[];
  return {
    code,
    url: `http://127.0.0.1:${line.port}/fhir`,
    line,
    held,
    flagsAtOnce: async (identifiers) => (await search(server.port, `Flag?identifier=${identifiers.join()}`)) as Held[],
    backup: async () => (await Promise.all(TYPES.map(held))).flat().map((resource) => JSON.stringify(resource)),
    async restore(backup) {
      process.kill(server.child.pid, 'SIGKILL');
      await server.child.ended;
      server = await started(code, keeper);
      for (let first = 0; first < backup.length; first += AT_ONCE) {
        await putBack(server.port, backup.slice(first, first + AT_ONCE));
      }
      line.target = server.port;
    },
  };
}

async function started(code: string, keeper: Keeper): Promise<{ child: Child; port: number }> {
  const child = keeper.start({ args: [ROOM, PROGRAM, '--port', '0', '--name', code, '--quiet'] });
  const [, port] = await child.waitFor(/^http:\/\/127\.0\.0\.1:(\d+)\/fhir$/m);
  return { child, port: Number(port) };
}

async function readAll(port: number, type: HeldType): Promise<unknown[]> {
  const all: unknown[] = [];
  for (;;) {
    const page = await search(port, `${type}?_count=${PAGE}&_offset=${all.length}`);
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

async function search(port: number, asked: string): Promise<unknown[]> {
  const answer = await fetch(`http://127.0.0.1:${port}/fhir/${asked}`);
  const { entry = [] } = (await answer.json()) as { entry?: { resource: unknown }[] };
  return entry.map(({ resource }) => resource);
}

async function putBack(port: number, resources: readonly string[]): Promise<void> {
  const entry = resources.map((text) => {
    const resource = JSON.parse(text) as Held;
    return { resource, request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` } };
  });
  const answer = await fetch(`http://127.0.0.1:${port}/fhir`, {
    method: 'POST',
    headers: { 'content-type': 'application/fhir+json' },
    body: JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry }),
  });
  const { entry: answers = [] } = (await answer.json()) as { entry?: { response?: { status?: string } }[] };
  const kept = answers.filter(({ response }) => response?.status?.startsWith('2'));
  if (kept.length < entry.length) throw new Error(`the restored council kept ${kept.length} of ${entry.length}`);
}

/** The identifier that we gave a resource. */
export const ownIdentifier = ({ identifier = [] }: Held): string => identifier[0]?.value ?? '';

export const versionOf = ({ extension = [] }: Held): number =>
  extension.find(({ url }) => url === EXTENSION.recordVersion)?.valuePositiveInt ?? 0;

/** Why a Flag is inactive. */
export const reasonOf = ({ extension = [] }: Held): string | null =>
  extension.find(({ url }) => url === EXTENSION.inactiveReason)?.valueCodeableConcept?.coding?.[0]?.code ?? null;

/** Of whom a resource says something. */
export const nhsNumberOf = ({ identifier = [], subject, patient }: Held): string | null =>
  [subject?.identifier, patient?.identifier, ...identifier].find((each) => each?.system === NHS_NUMBER_SYSTEM)?.value ??
  null;
