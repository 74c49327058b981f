import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

type Resource = { resourceType?: string; identifier?: { system?: string; value?: string }[]; status?: string };
type Entry = { resource?: Resource };
type Kept = { id: string; version: number; resource: Resource };
type Held = { kept: Map<string, Kept>; counts: HeldCounts };

/** How many of each type it holds. */
export type HeldCounts = Record<string, number>;

/** The plainest server that keeps what it is told, by identifier: it measures us, not a council's software. */
export async function startSink(): Promise<{ url: string }> {
  const held: Held = { kept: new Map(), counts: {} };
  const server = createServer((request, response) => {
    const answered = request.method === 'GET' ? Promise.resolve(found(request.url ?? '', held)) : stored(request, held);
    void answered.then((body) => {
      response.writeHead(200, { 'content-type': 'application/fhir+json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir` };
}

async function stored(request: IncomingMessage, held: Held): Promise<object> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { entry = [] } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { entry?: Entry[] };
  const responses = entry.flatMap(({ resource }) => (resource ? [{ response: keep(resource, held) }] : []));
  return { resourceType: 'Bundle', type: 'transaction-response', entry: responses };
}

function keep(resource: Resource, { kept, counts }: Held): object {
  const type = resource.resourceType ?? '';
  const key = keyOf(type, resource.identifier?.[0]?.value);
  const before = kept.get(key);
  const now = { id: before?.id ?? String(kept.size + 1), version: (before?.version ?? 0) + 1, resource };
  kept.set(key, now);
  if (!before) counts[type] = (counts[type] ?? 0) + 1;
  return {
    status: before ? '200' : '201',
    location: `${type}/${now.id}`,
    etag: `W/"${now.version}"`,
  };
}

/** `/held` answers counts; anything else is a search by identifier, `/fhir/Flag?identifier=system|value`. */
function found(url: string, { kept, counts }: Held): object {
  if (url.endsWith('/held')) return counts;
  const { pathname, searchParams } = new URL(url, 'http://sink');
  const type = pathname.split('/').at(-1);
  const one = kept.get(keyOf(type, searchParams.get('identifier')?.split('|').at(-1)));
  const entry = one ? [{ resource: { ...one.resource, id: one.id, meta: { versionId: String(one.version) } } }] : [];
  return { resourceType: 'Bundle', type: 'searchset', entry };
}

const keyOf = (type: string | undefined, value: string | undefined): string => `${type}|${value}`;
