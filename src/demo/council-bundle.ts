/** As far as conditions go; the rest of an entry passes through unread. */
export type BundleEntry = {
  fullUrl?: string;
  resource?: { id?: string };
  request?: { method?: string; url?: string; ifNoneExist?: string; ifMatch?: string };
  response?: object;
};

/** The ids of what matches `Flag?identifier=…`. */
export type Find = (query: string) => Promise<string[]>;

/** The entries without conditions, and what to answer for those that asked only for what is already there. */
export type Unconditional =
  | { kind: 'ready'; entries: BundleEntry[]; found: Map<number, BundleEntry> }
  | { kind: 'several' };

/**
 * The library takes at most eight entries with conditions, for a database's sake; the standard sets no limit. A longer
 * transaction has its conditions answered here first, which is safe because one transaction is taken at a time.
 */
export async function withoutConditions(entries: readonly BundleEntry[], find: Find): Promise<Unconditional> {
  const references = new Map<string, string>();
  const found = new Map<number, BundleEntry>();
  const ready: BundleEntry[] = [];

  for (const [index, entry] of entries.entries()) {
    const query = queryOf(entry);
    const [id, ...others] = query === null ? [] : await find(query);
    if (others.length > 0) return { kind: 'several' };
    const type = query?.split('?')[0] ?? '';
    if (query === null) ready.push(entry);
    else if (id === undefined) ready.push({ ...entry, request: { method: 'POST', url: type } });
    else {
      const location = `${type}/${id}`;
      references.set(entry.fullUrl ?? location, location);
      if (entry.request?.method === 'POST') found.set(index, { response: { status: '200', location } });
      else ready.push({ ...entry, resource: { ...entry.resource, id }, request: { ...entry.request, url: location } });
    }
  }
  return { kind: 'ready', entries: pointedAt(ready, references), found };
}

/** The answers of the library, with those that it was not asked for in their places. */
export function answersInOrder(
  answers: readonly BundleEntry[],
  found: ReadonlyMap<number, BundleEntry>,
): BundleEntry[] {
  const rest = [...answers];
  const total = answers.length + found.size;
  return Array.from({ length: total }, (_, index) => found.get(index) ?? rest.shift() ?? {});
}

function queryOf({ request }: BundleEntry): string | null {
  if (request?.method === 'POST')
    return request.ifNoneExist === undefined ? null : `${request.url}?${request.ifNoneExist}`;
  return request?.method === 'PUT' && request.url?.includes('?') ? request.url : null;
}

/** References to an entry of the same Bundle become references to the resource that was found for it. */
function pointedAt(entries: BundleEntry[], references: ReadonlyMap<string, string>): BundleEntry[] {
  return JSON.parse(JSON.stringify(entries), (key, value: unknown) =>
    key === 'reference' && typeof value === 'string' ? (references.get(value) ?? value) : value,
  );
}
