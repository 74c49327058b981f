import { getStatus, multipleMatches, preconditionFailed } from '@medplum/core';
import { FhirRouter, type HttpMethod } from '@medplum/fhir-router';
import { answersInOrder, type BundleEntry, withoutConditions } from './council-bundle.js';
import { CouncilRecords } from './council-records.js';

/** What of an HTTP request means something to FHIR. `url` is what follows the base address. */
export type Asked = {
  method: string;
  url: string;
  body?: unknown;
  headers?: Record<string, string | string[] | undefined>;
};

type Resource = { resourceType: string; id?: string; meta?: { versionId?: string }; entry?: BundleEntry[] };
export type Answered = { status: number; resource: Resource };

/** The library takes no more entries in a transaction with conditions. */
const LIBRARY_TAKES = 8;

/** A FHIR server without its HTTP: one request at a time, so that no two can both find that a resource is not there. */
export function fhirAnswers(): (asked: Asked) => Promise<Answered> {
  const ask = library();
  let last: Promise<unknown> = Promise.resolve();
  return (asked) => {
    const answered = last.then(() => answer(asked, ask));
    last = answered.catch(() => {});
    return answered;
  };
}

type Ask = (asked: Asked) => Promise<Answered>;

function library(): Ask {
  const router = new FhirRouter();
  const records = new CouncilRecords();
  return async ({ method, url, body, headers = {} }) => {
    const [outcome, resource] = await router.handleRequest(
      {
        method: method as HttpMethod,
        url,
        pathname: '',
        params: {},
        query: {},
        body,
        headers,
        config: { transactions: true },
      },
      records,
    );
    return { status: getStatus(outcome), resource: (resource ?? outcome) as Resource };
  };
}

async function answer(asked: Asked, ask: Ask): Promise<Answered> {
  const entries = transactionEntries(asked.body);
  const find = async (query: string) => {
    const { resource } = await ask({ method: 'GET', url: query });
    return (resource.entry ?? []).flatMap((entry) => entry.resource?.id ?? []);
  };
  for (const { request } of entries) {
    // `If-Match` on what is not there must fail (RFC 9110, 13.1.1); the library would create it.
    const conditional = request?.ifMatch && request.url?.includes('?') ? request.url : null;
    if (conditional && (await find(conditional)).length === 0) return { status: 412, resource: preconditionFailed };
  }
  if (entries.length <= LIBRARY_TAKES) return ask(asked);

  const free = await withoutConditions(entries, find);
  if (free.kind === 'several') return { status: 412, resource: multipleMatches };
  const bundle = { resourceType: 'Bundle', type: 'transaction', entry: free.entries };
  const { status, resource } = await ask({ ...asked, body: bundle });
  if (resource.resourceType !== 'Bundle') return { status, resource };
  return { status, resource: { ...resource, entry: answersInOrder(resource.entry ?? [], free.found) } };
}

function transactionEntries(body: unknown): BundleEntry[] {
  const { type, entry } = (body ?? {}) as { type?: unknown; entry?: unknown };
  return type === 'transaction' && Array.isArray(entry) ? entry : [];
}
