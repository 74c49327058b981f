import type { BundleEntry, Bundle as R4Bundle, MessageHeader as R4MessageHeader } from 'fhir/r4.js';
import type { Entry } from './bundle.js';
import type { Issue } from './issue.js';
import { information, operationOutcome } from './outcome.js';
import type { MessageHeader } from './resources.js';

/** What is given to each answer: ids of its own, the moment, and the address that was asked. */
export type Answering = { ids: [message: string, header: string]; at: string; url: string; name: string };

/** The answer to a message that is on disk (FHIR R4 messaging: `response.code` ok). */
export function responseMessage(to: MessageHeader, id: string, { ids, at, url, name }: Answering): R4Bundle {
  const header: R4MessageHeader = {
    resourceType: 'MessageHeader',
    id: ids[1],
    ...eventOf(to),
    destination: [{ endpoint: to.source.endpoint, ...(to.source.name === undefined ? {} : { name: to.source.name }) }],
    source: { name, endpoint: url },
    response: { identifier: idFrom(id), code: 'ok' },
  };
  return {
    resourceType: 'Bundle',
    id: ids[0],
    type: 'message',
    timestamp: at,
    entry: [{ fullUrl: `urn:uuid:${ids[1]}`, resource: header }],
  };
}

/** FHIR wants an id there, and a sender may identify a message by something that is none. */
const idFrom = (identifier: string): string =>
  identifier
    .replace(/^urn:uuid:/, '')
    .replaceAll(/[^A-Za-z0-9\-.]/g, '-')
    .slice(0, 64);

function eventOf({ eventCoding, eventUri }: MessageHeader): Pick<R4MessageHeader, 'eventCoding' | 'eventUri'> {
  if (eventUri !== undefined) return { eventUri };
  const { system, code, display } = eventCoding ?? {};
  return {
    eventCoding: {
      ...(system === undefined ? {} : { system }),
      ...(code === undefined ? {} : { code }),
      ...(display === undefined ? {} : { display }),
    },
  };
}

/** What is answered to one entry. `status`: of HTTP, with its words; `issues`: empty where nothing is to be said. */
export type EntryAnswer = { status: string; issues: readonly Issue[] };

/** The answer to a transaction or a batch, entry by entry in their order. */
export const responseBundle = (
  to: 'transaction' | 'batch',
  answers: readonly EntryAnswer[],
  { id, at }: { id: string; at: string },
): R4Bundle => ({
  resourceType: 'Bundle',
  id,
  type: `${to}-response`,
  timestamp: at,
  entry: answers.map(
    ({ status, issues }): BundleEntry => ({
      response: { status, ...(issues.length === 0 ? {} : { outcome: operationOutcome(issues) }) },
    }),
  ),
});

/** That an entry is kept. Of a resource that tells nothing here the sender may want to know. */
export const keptEntry = ({ resource, request }: Entry, withOutcomes: boolean): EntryAnswer => ({
  status: request?.method === 'POST' ? '201 Created' : '200 OK',
  issues: withOutcomes && resource?.resourceType === 'other' ? [TELLS_NOTHING] : [],
});

const TELLS_NOTHING = information('kept; this type tells nothing about aftercare');
