import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Entry = { resource?: { resourceType?: string; identifier?: { value?: string }[] } };

/** The plainest server that can hold what it is told, by identifier: it measures us, not a council's software. */
export async function startSink(): Promise<{ url: string }> {
  const held = new Map<string, unknown>();
  const server = createServer((request, response) => {
    if (request.method === 'GET') answer(response, { resourceType: 'Bundle', type: 'searchset', held: held.size });
    else void store(request, held).then((bundle) => answer(response, bundle));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir` };
}

async function store(request: IncomingMessage, held: Map<string, unknown>): Promise<object> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { entry = [] } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { entry?: Entry[] };
  const responses = entry.map(({ resource }) => {
    const key = `${resource?.resourceType}|${resource?.identifier?.[0]?.value}`;
    const status = held.has(key) ? '200' : '201';
    held.set(key, resource);
    return { response: { status, location: `${resource?.resourceType}/${held.size}`, etag: 'W/"1"' } };
  });
  return { resourceType: 'Bundle', type: 'transaction-response', entry: responses };
}

function answer(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/fhir+json' }).end(JSON.stringify(body));
}
