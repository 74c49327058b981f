import { Client } from 'fhir-kit-client';
import { Agent } from 'undici';
import { postBundle } from './fhir-post.js';
import { type FhirTrouble, isObject, troubleOf, troubleOfEntry, unreadableAnswer } from './fhir-trouble.js';

/** A resource is found by an identifier that we gave it: a UUID, so that an address never says who it is about. */
export type HeldKey = { resourceType: string; system: string; value: string };

/** What a council holds under a key. `versionId` is null where its server keeps no versions. */
export type Held = HeldKey & { id: string; versionId: string | null; resource: Record<string, unknown> };

export type HeldAnswer = { kind: 'held'; held: Held[] } | FhirTrouble;

/** `location` and `etag` as the council gave them, one row an entry of the Bundle sent. */
export type TransactionAnswer =
  | { kind: 'confirmed'; entries: { location: string | null; etag: string | null }[] }
  | FhirTrouble;

export type TransactionBundle = { resourceType: 'Bundle'; type: string; entry?: readonly object[] };

export type FhirDestination = {
  /** What of these the council holds now. */
  readHeld(keys: readonly HeldKey[]): Promise<HeldAnswer>;
  /** Sends one transaction, once. Sending again is the caller's to decide, by the fault. */
  transaction(bundle: TransactionBundle): Promise<TransactionAnswer>;
  close(): Promise<void>;
};

/** `to` (a GSS or ODS code) names the council in faults. `headers` may hold credentials and are never shown. */
export type FhirDestinationOptions = { to: string; url: string; timeoutMs: number; headers?: Record<string, string> };

const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** A council's FHIR server. Expected trouble is an answer; only a broken promise of ours throws. */
export function fhirDestination({ to, url, timeoutMs, headers = {} }: FhirDestinationOptions): FhirDestination {
  const agent = new Agent({
    connections: 16,
    maxResponseSize: MAX_ANSWER_BYTES,
    // Shorter than the whole, so that a council that cannot be reached is told from one that does not answer.
    connect: { timeout: Math.ceil(timeoutMs / 2) },
  });
  const client = new Client({
    baseUrl: url,
    customHeaders: headers,
    // A redirect would carry patient data to an address that nobody configured.
    requestOptions: { dispatcher: agent, redirect: 'manual' },
  });
  const within = () => ({ signal: AbortSignal.timeout(timeoutMs) });

  return {
    async readHeld(keys) {
      try {
        const held = await Promise.all(keys.map((key) => search(client, key, within())));
        return { kind: 'held', held: held.flat() };
      } catch (error) {
        return troubleOf(to, error);
      }
    },

    async transaction(bundle) {
      try {
        return confirmation(to, bundle, await postBundle(bundle, { agent, url: new URL(url), headers, timeoutMs }));
      } catch (error) {
        return troubleOf(to, error);
      }
    },

    close: () => agent.close(),
  };
}

async function search(client: Client, key: HeldKey, options: { signal: AbortSignal }): Promise<Held[]> {
  const { resourceType, system, value } = key;
  const answer: unknown = await client.resourceSearch({
    resourceType,
    searchParams: { identifier: `${system}|${value}` },
    options,
  });
  return resourcesIn(answer).flatMap((resource) => {
    if (resource.resourceType !== resourceType || typeof resource.id !== 'string') return [];
    const versionId =
      isObject(resource.meta) && typeof resource.meta.versionId === 'string' ? resource.meta.versionId : null;
    return [{ ...key, id: resource.id, versionId, resource }];
  });
}

/** A search that finds nothing is an empty searchset; any other answer tells nothing about what is held. */
function resourcesIn(answer: unknown): Record<string, unknown>[] {
  if (!isObject(answer) || answer.type !== 'searchset') throw unreadableAnswer;
  const entries: unknown[] = Array.isArray(answer.entry) ? answer.entry : [];
  return entries.flatMap((entry) => (isObject(entry) && isObject(entry.resource) ? [entry.resource] : []));
}

function confirmation(to: string, sent: TransactionBundle, answer: unknown): TransactionAnswer {
  const entries: unknown[] = isObject(answer) && Array.isArray(answer.entry) ? answer.entry : [];
  const responses = entries.flatMap((entry) => (isObject(entry) && isObject(entry.response) ? [entry.response] : []));
  const refused = responses.find(({ status }) => typeof status === 'string' && /^[3-5]/.test(status));
  if (refused) return troubleOfEntry(to, refused);

  const whole = isObject(answer) && answer.type === 'transaction-response' && responses.length === sent.entry?.length;
  if (!whole || !responses.every(({ status }) => typeof status === 'string' && /^2\d\d/.test(status))) {
    return troubleOf(to, unreadableAnswer);
  }
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  return {
    kind: 'confirmed',
    entries: responses.map(({ location, etag }) => ({ location: text(location), etag: text(etag) })),
  };
}
