import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Bundle } from '../fhir/bundle.js';
import { capabilityStatement } from '../fhir/capability.js';
import type { Conditions } from '../fhir/condition.js';
import { error, type Issue, type IssueCode } from '../fhir/issue.js';
import { information, operationOutcome } from '../fhir/outcome.js';
import type { Resource } from '../fhir/resources.js';
import { type EntryAnswer, keptEntry, responseBundle, responseMessage } from '../fhir/response.js';

/** What an address asks for: `type` and `id` as it names them, `id` null where it names none; `query`: after its `?`. */
export type Asked =
  | { kind: 'bundle' }
  | { kind: 'process-message' }
  | { kind: 'create'; type: string }
  | { kind: 'update'; type: string; id: string | null; query: string };

/** `url`: the address that was asked, for whoever answers the answer. `conditions`: by headers. */
export type FhirRequest = {
  asks: Asked;
  url: string;
  prefer: 'minimal' | 'representation' | 'OperationOutcome';
  conditions?: Conditions;
};

/** `body`: JSON; null where none was asked for. */
export type FhirAnswer = { status: number; body: string | null };

export const outcomeAnswer = (status: number, issues: readonly Issue[]): FhirAnswer => ({
  status,
  body: JSON.stringify(operationOutcome(issues)),
});

/** Of a request that has gone wrong before anything was read of it. */
export const refusalAnswer = (status: number, code: IssueCode, text: string): FhirAnswer =>
  outcomeAnswer(status, [error(code, null, text)]);

export const capabilityAnswer = (url: string, name: string): FhirAnswer => ({
  status: 200,
  body: JSON.stringify(capabilityStatement(url, name)),
});

const KEPT: Issue = information('kept; what it says is worked out next');

type Kept = { bytes: Uint8Array; request: FhirRequest; at: Date; controlId: string; name: string };

/** The positive answer to what was kept whole, in the form that fits what was sent. `name`: of this installation. */
export function keptAnswer(message: Resource | Bundle | null, kept: Kept): FhirAnswer {
  const { request, at, controlId, name } = kept;
  if (message?.resourceType === 'Bundle' && message.type !== 'collection') {
    const [first] = message.entry;
    if (first?.resource?.resourceType !== 'MessageHeader') {
      return entriesAnswer('transaction', keptEntries(message, request), at);
    }
    const told = responseMessage(first.resource, first.resource.id ?? controlId, {
      ids: [randomUUID(), randomUUID()],
      at: at.toISOString(),
      url: request.url,
      name,
    });
    return { status: 200, body: JSON.stringify(told) };
  }
  const status = request.asks.kind === 'create' ? 201 : 200;
  if (request.prefer === 'minimal') return { status, body: null };
  if (request.prefer === 'OperationOutcome') return outcomeAnswer(status, [KEPT]);
  return { status, body: Buffer.from(kept.bytes).toString('utf8') };
}

/** What each entry of a Bundle is answered when it is kept. */
export const keptEntries = ({ entry }: Bundle, { prefer }: FhirRequest): EntryAnswer[] =>
  entry.map((each) => keptEntry(each, prefer === 'OperationOutcome'));

/** What an entry is answered that is not kept, or set aside. */
export const refusedEntry = (status: number, issues: readonly Issue[]): EntryAnswer => ({
  status: `${status} ${STATUS_CODES[status] ?? ''}`.trim(),
  issues,
});

export const entriesAnswer = (to: 'transaction' | 'batch', answers: readonly EntryAnswer[], at: Date): FhirAnswer => ({
  status: 200,
  body: JSON.stringify(responseBundle(to, answers, { id: randomUUID(), at: at.toISOString() })),
});
