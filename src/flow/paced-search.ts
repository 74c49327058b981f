import { setTimeout as sleep } from 'node:timers/promises';
import { Fault, type FaultDetail } from '../fault.js';
import { type FhirPage, fhirSearch } from '../wire/fhir-search.js';

/** `requestsPerMinute`: what the body allows, tries again and all. */
type How = { to: string; url: string; requestsPerMinute: number; stop: AbortSignal };

export type ReadPage = Extract<FhirPage, { kind: 'page' }>;
/** The server knows nothing of that page. */
export type NoPage = { kind: 'no-page'; status: number };

export type PacedSearch = {
  /** Throws Fault when it cannot be had. */
  read(page: string): Promise<ReadPage | NoPage>;
  close(): Promise<void>;
};

const TIMEOUT_MS = 60_000;
const TRIES = 5;
const LONGEST_WAIT_MS = 300_000;
/** How servers answer for a page of which they have forgotten where it was. */
const UNKNOWN = [400, 404, 410];

/** A body's FHIR server, asked no more often than it allows; it is waited for as long as it asks. */
export function pacedSearch({ to, url, requestsPerMinute, stop: signal }: How): PacedSearch {
  const search = fhirSearch({ to, url, timeoutMs: TIMEOUT_MS });
  let mayAskAt = 0;
  const asked = async (page: string): Promise<FhirPage> => {
    const left = mayAskAt - performance.now();
    if (left > 0) await sleep(left, undefined, { signal });
    mayAskAt = performance.now() + 60_000 / requestsPerMinute;
    return search.read(page);
  };
  return {
    async read(page) {
      for (let nth = 1; ; nth++) {
        const read = await asked(page);
        if (read.kind === 'page') return read;
        const { detail, httpStatus, retryAfterMs } = read;
        if (httpStatus !== null && UNKNOWN.includes(httpStatus)) return { kind: 'no-page', status: httpStatus };
        if (detail.code === 'council-refused' || nth === TRIES) throw unread(detail, httpStatus);
        await sleep(Math.min(retryAfterMs ?? 1_000 * 2 ** nth, LONGEST_WAIT_MS), undefined, { signal });
      }
    },
    close: () => search.close(),
  };
}

/** What is wrong with an answer that came says itself what is to be done. */
function unread({ code, where, text, next }: FaultDetail, status: number | null): Fault {
  if (status === 200) return new Fault({ code, where, text, next });
  const goesOn = 'what was read is kept: the same command goes on from there';
  return new Fault({
    code: code === 'council-refused' ? code : 'system-unreachable',
    where,
    text,
    next: goesOn,
  });
}
