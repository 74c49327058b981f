import { createServer, type ServerResponse } from 'node:http';

type Entry = { resource?: { resourceType: string; id?: string }; search?: { mode: string } };

/** One page as it is given. */
export type GivenPage = { link: { relation: string; url: string }[]; total?: number; entry: Entry[] };

/** A council's server that gives the found few at a time, as large ones do; what comes along, comes with each page. */
export type PagedCouncil = {
  url: string;
  /** How often a page was asked for. */
  asked: number;
  /** The next so many requests are answered so. */
  trouble: { status: number; times: number; retryAfter?: string } | null;
  /** What becomes of each page before it is given. */
  bend: ((page: GivenPage, asked: string) => object) | null;
  stop(): Promise<void>;
};

/** In front of a real server, whose own address its links name. */
export async function startPaged(behind: string, size: number): Promise<PagedCouncil> {
  const found = new Map<string, Entry[]>();
  const server = createServer(async (req, res) => {
    const { pathname, searchParams: asked } = new URL(req.url ?? '', 'http://any');
    paged.asked += 1;
    if (paged.trouble && paged.trouble.times > 0) {
      paged.trouble.times -= 1;
      return void answer(res, paged.trouble.status, {}, paged.trouble.retryAfter);
    }
    const key = asked.get('search') ?? `s${found.size}`;
    if (!found.has(key))
      found.set(key, await search(`${new URL(behind).origin}${req.url}`.replace(/_count=\d+/, '_count=1000')));
    const from = Number(asked.get('from') ?? 0);
    const entries = found.get(key) ?? [];
    const matches = entries.filter((entry) => entry.search?.mode !== 'include');
    const others = entries.filter((entry) => entry.search?.mode === 'include');
    const next =
      from + size < matches.length
        ? [{ relation: 'next', url: `${new URL(behind).origin}${pathname}?search=${key}&from=${from + size}` }]
        : [];
    const page = { link: next, total: matches.length, entry: [...matches.slice(from, from + size), ...others] };
    answer(res, 200, { resourceType: 'Bundle', type: 'searchset', ...(paged.bend?.(page, req.url ?? '') ?? page) });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  const port = typeof bound === 'object' && bound ? bound.port : 0;
  const paged: PagedCouncil = {
    url: `http://127.0.0.1:${port}/fhir`,
    asked: 0,
    trouble: null,
    bend: null,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return paged;
}

async function search(url: string): Promise<Entry[]> {
  const { entry = [] } = (await (await fetch(url)).json()) as { entry?: Entry[] };
  return entry.map((each) =>
    each.resource?.resourceType === 'Patient' ? { ...each, search: { mode: 'include' } } : each,
  );
}

function answer(res: ServerResponse, status: number, body: object, retryAfter?: string): void {
  res.writeHead(status, {
    'content-type': 'application/fhir+json',
    ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
  });
  res.end(JSON.stringify(body));
}
