import { Agent, fetch, type Response } from 'undici';

/** What a FHIR server says of itself. `clock` is its own, to the second; null where it does not say. */
export type FhirMetadata =
  | { kind: 'answered'; fhirVersion: string | null; takesTransactions: boolean | null; clock: Date | null }
  /** It answers, but not with a capability statement. */
  | { kind: 'other'; status: number }
  | { kind: 'unreachable'; reason: string };

type Options = { url: string; timeoutMs: number };

const MAX_BYTES = 4 * 1024 * 1024;

/** Asks a FHIR server for its capability statement. Nothing about anybody is sent. */
export async function fhirMetadata({ url, timeoutMs }: Options): Promise<FhirMetadata> {
  const agent = new Agent({ maxResponseSize: MAX_BYTES });
  try {
    const response = await fetch(`${url.replace(/\/$/, '')}/metadata`, {
      headers: { accept: 'application/fhir+json' },
      redirect: 'manual',
      dispatcher: agent,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const statement = response.status === 200 ? await statementIn(response) : null;
    if (statement === null) return { kind: 'other', status: response.status };
    return { kind: 'answered', ...statement, clock: clockOf(response) };
  } catch (error) {
    return { kind: 'unreachable', reason: reasonOf(error) };
  } finally {
    await agent.destroy();
  }
}

type Statement = { fhirVersion: string | null; takesTransactions: boolean | null };

async function statementIn(response: Response): Promise<Statement | null> {
  const json: unknown = parsed(await response.text());
  if (!isObject(json) || json.resourceType !== 'CapabilityStatement') return null;
  return {
    fhirVersion: typeof json.fhirVersion === 'string' ? json.fhirVersion : null,
    takesTransactions: takesTransactions(json.rest),
  };
}

/** Null where the statement lists no interactions of the whole system, as many do. */
function takesTransactions(rest: unknown): boolean | null {
  const servers: unknown[] = Array.isArray(rest) ? rest : [];
  const listed = servers.flatMap((server): unknown[] =>
    isObject(server) && Array.isArray(server.interaction) ? server.interaction : [],
  );
  if (listed.length === 0) return null;
  return listed.some((interaction) => isObject(interaction) && interaction.code === 'transaction');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function clockOf({ headers }: Response): Date | null {
  const at = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(at) ? null : new Date(at);
}

/** fetch says only that it failed; the system's own code is its cause. */
function reasonOf(error: unknown): string {
  if (!isObject(error)) return 'unknown';
  if (isObject(error.cause) && typeof error.cause.code === 'string') return error.cause.code;
  return error.name === 'TimeoutError' ? 'no answer in time' : 'no connection';
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
