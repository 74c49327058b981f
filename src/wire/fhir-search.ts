import { Client } from 'fhir-kit-client';
import { Agent } from 'undici';
import { type FhirTrouble, isObject, troubleOf, unreadableAnswer } from './fhir-trouble.js';

/**
 * One page of a search. `next`: path and query of the page after it, below the same address; null: it was the last.
 * `lacking`: how many the server says that there are, beside those of this page; null where it does not say.
 */
export type FhirPage =
  | { kind: 'page'; resources: Record<string, unknown>[]; next: string | null; lacking: number | null }
  | FhirTrouble;

export type FhirSearch = {
  /** `page`: path and query below the server's address, such as `EpisodeOfCare?_count=200`, or the `next` of a page. */
  read(page: string): Promise<FhirPage>;
  close(): Promise<void>;
};

type Options = { to: string; url: string; timeoutMs: number; headers?: Record<string, string> };

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** A body's FHIR server, to be read page by page. It is asked nothing that says who somebody is. */
export function fhirSearch({ to, url, timeoutMs, headers = {} }: Options): FhirSearch {
  const agent = new Agent({ connections: 1, maxResponseSize: MAX_ANSWER_BYTES });
  const base = `${url.replace(/\/+$/, '')}/`;
  const requestOptions = { dispatcher: agent, redirect: 'manual' } as const;
  const client = new Client({ baseUrl: base, customHeaders: headers, requestOptions });
  return {
    async read(page) {
      try {
        return pageIn(await client.request(page, { options: { signal: AbortSignal.timeout(timeoutMs) } }), base);
      } catch (error) {
        return troubleOf(to, error);
      }
    },
    close: () => agent.close(),
  };
}

function pageIn(data: unknown, base: string): FhirPage {
  if (!isObject(data) || data.type !== 'searchset') throw unreadableAnswer;
  const entries: unknown[] = Array.isArray(data.entry) ? data.entry : [];
  const links: unknown[] = Array.isArray(data.link) ? data.link : [];
  const next = links.find((link) => isObject(link) && link.relation === 'next');
  const matches = entries.filter(
    (entry) => !isObject(entry) || !isObject(entry.search) || entry.search.mode !== 'include',
  );
  return {
    kind: 'page',
    lacking: typeof data.total === 'number' ? Math.max(0, data.total - matches.length) : null,
    resources: entries.flatMap((entry) => (isObject(entry) && isObject(entry.resource) ? [entry.resource] : [])),
    next: isObject(next) && typeof next.url === 'string' ? belowBase(next.url, base) : null,
  };
}

/**
 * A server behind a gateway names its own address in its links, and a link may not lead to an address that nobody
 * configured: only what stands behind the base counts.
 */
function belowBase(link: string, base: string): string {
  const { pathname, search } = new URL(link, base);
  const root = new URL(base).pathname;
  if (pathname.startsWith(root)) return `${pathname.slice(root.length)}${search}`;
  const rootless = root === '/' ? pathname.slice(1) : pathname.slice(pathname.lastIndexOf('/') + 1);
  return `${rootless}${search}`;
}
