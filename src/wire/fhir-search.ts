import { Client } from 'fhir-kit-client';
import { Agent } from 'undici';
import { type FhirTrouble, isObject, troubleOf, unreadableAnswer } from './fhir-trouble.js';

/**
 * One page of a search, with what came along. `next`: path and query of the page after it, below the same address; null: it
 * was the last. `total`: how many the server says that it found on all pages; null where it does not say.
 */
export type FhirPage =
  | { kind: 'page'; resources: Record<string, unknown>[]; next: string | null; total: number | null }
  | FhirTrouble;

export type FhirSearch = {
  /** `page`: path and query below the server's address, such as `EpisodeOfCare?_count=200`, or the `next` of a page. */
  read(page: string): Promise<FhirPage>;
  close(): Promise<void>;
};

type Options = { to: string; url: string; timeoutMs: number; headers?: Record<string, string> };

/** Of a page of hundreds of resources far too many, of a register in one page too few: memory does not grow with it. */
const MAX_ANSWER_MB = 16;

/** A body's FHIR server, to be read page by page. It is asked nothing that says who somebody is. */
export function fhirSearch({ to, url, timeoutMs, headers = {} }: Options): FhirSearch {
  const agent = new Agent({ connections: 1, maxResponseSize: MAX_ANSWER_MB * 1024 * 1024 });
  const base = url.replace(/\/+$/, '');
  const requestOptions = { dispatcher: agent, redirect: 'manual' } as const;
  const client = new Client({ baseUrl: base, customHeaders: headers, requestOptions });
  return {
    async read(page) {
      // Whole, because the client takes a path that begins as an address does for one.
      const address = page.startsWith('?') ? `${base}${page}` : `${base}/${page}`;
      try {
        const options = { signal: AbortSignal.timeout(timeoutMs) };
        return pageIn(await client.request(address, { options }), to, `${base}/`);
      } catch (error) {
        return isTooLong(error) ? refused(to, TOO_LONG) : troubleOf(to, error);
      }
    },
    close: () => agent.close(),
  };
}

function pageIn(data: unknown, to: string, base: string): FhirPage {
  if (!isObject(data) || data.type !== 'searchset') throw unreadableAnswer;
  const entries: unknown[] = Array.isArray(data.entry) ? data.entry : [];
  const links: unknown[] = Array.isArray(data.link) ? data.link : [];
  const next = links.find((link) => isObject(link) && link.relation === 'next');
  const resources = entries.flatMap((entry) => (isObject(entry) && isObject(entry.resource) ? [entry.resource] : []));
  const fault = resources.flatMap(faultsIn)[0];
  if (fault !== undefined) return refused(to, notWhole(fault));
  return {
    kind: 'page',
    total: typeof data.total === 'number' ? data.total : null,
    resources,
    next: isObject(next) && typeof next.url === 'string' ? belowBase(next.url, base) : null,
  };
}

/** FHIR R4 3.1.1.4.12: what went wrong with a search stands among its entries. Its own words may quote a record. */
function faultsIn({ resourceType, issue }: Record<string, unknown>): string[] {
  if (resourceType !== 'OperationOutcome' || !Array.isArray(issue)) return [];
  return issue
    .filter((each) => isObject(each) && (each.severity === 'error' || each.severity === 'fatal'))
    .map(({ code }) => (typeof code === 'string' && /^[a-z-]{1,30}$/.test(code) ? code : 'no code'));
}

type Why = { text: string; next: string };

const TOO_LONG: Why = {
  text: `its page is longer than ${MAX_ANSWER_MB} MB`,
  next: 'its server must give a search page by page, no more at once than _count asks for; or give its register with --from FILE',
};

const notWhole = (code: string): Why => ({
  text: `its server says that its answer is not whole (${code})`,
  next: 'ask the body what its server says of the search; or give its register with --from FILE',
});

const refused = (where: string, why: Why): FhirTrouble => ({
  kind: 'trouble',
  detail: { code: 'council-refused', where, ...why },
  httpStatus: 200,
  retryAfterMs: null,
  outcome: null,
});

const isTooLong = (error: unknown): boolean =>
  isObject(error) && isObject(error.cause) && error.cause.code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE';

/**
 * A server behind a gateway names its own address in its links, and a link may not lead to an address that nobody
 * configured: only what stands behind the base counts, which is a type, an operation, or neither.
 */
function belowBase(link: string, base: string): string {
  if (!URL.canParse(link, base)) throw unreadableAnswer;
  const { pathname, search } = new URL(link, base);
  const root = new URL(base).pathname;
  if (pathname.startsWith(root) && pathname !== root) return `${pathname.slice(root.length)}${search}`;
  const [, below = ''] = /\/((?:[A-Z][A-Za-z]+)?\/?(?:[_$][^/]*)?\/?)$/.exec(pathname) ?? [];
  return `${below === '/' ? '' : below}${search}`;
}
