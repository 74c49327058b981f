import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { EXTENSION } from '../../src/fhir/s117.js';

/** How the council answers one request. Of what it does not answer well it has taken every second all the same. */
export type Manner = 'well' | 'answers-500' | 'half-an-answer' | 'no-answer' | 'nonsense' | 'slow-drip';

export type HeldFlag = { identifier: string; nhsNumber: string; status: string; recordVersion: number };

/**
 * A council of the chaos cases' own: it keeps what a transaction tells it, by identifier, as FHIR R4 says of conditional
 * creates, conditional updates and `If-Match`. Quick with ten thousand people, and it can misbehave below HTTP.
 */
export type Sink = {
  url: string;
  /** Asked for each request: how to answer it. */
  manner: (request: number) => Manner;
  flags(): HeldFlag[];
  /** Resources about people beyond the one Patient of a number, and versions that went down. */
  doubled(): string[];
  /** Transactions that came, also those that were not answered. */
  transactions(): number;
  refuseConnections(): Promise<void>;
  acceptConnections(): Promise<void>;
  stop(): Promise<void>;
};

type Resource = {
  resourceType: string;
  identifier?: { system: string; value: string }[];
  status?: string;
  extension?: { url: string; valuePositiveInt?: number }[];
};
type Entry = { resource: Resource; request: { method: string; url: string; ifNoneExist?: string; ifMatch?: string } };
type Kept = { id: string; version: number; nhsNumber: string; resource: Resource };

export async function startSink(): Promise<Sink> {
  const kept = new Map<string, Kept>();
  const wentDown: string[] = [];
  let requests = 0;
  let transactions = 0;

  const take = (entries: readonly Entry[]): { status: number; body: object } => {
    transactions += 1;
    if (entries.some((entry) => isStale(entry, kept.get(keyOf(entry.resource)))))
      return {
        status: 412,
        body: { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'conflict' }] },
      };
    const nhsNumber = entries.find(({ resource }) => resource.resourceType === 'Patient')?.resource.identifier?.[0]
      ?.value;
    const responses = entries.map(({ resource, request }) => {
      const key = keyOf(resource);
      const before = kept.get(key);
      if (before && request.method === 'POST') return { response: { status: '200', location: locationOf(before) } };
      if (before && versionOf(before.resource) > versionOf(resource)) wentDown.push(key);
      const id = before?.id ?? String(kept.size + 1);
      const now = { id, version: (before?.version ?? 0) + 1, nhsNumber: nhsNumber ?? '', resource };
      kept.set(key, now);
      return { response: { status: before ? '200' : '201', location: locationOf(now), etag: `W/"${now.version}"` } };
    });
    return { status: 200, body: { resourceType: 'Bundle', type: 'transaction-response', entry: responses } };
  };

  const server = createServer(async (request, response) => {
    const manner = sink.manner(++requests);
    const isTaken = manner === 'well' || requests % 2 === 0;
    const entries = request.method === 'GET' ? null : await entriesOf(request).catch(() => []);
    send(response, entries === null ? found(request.url ?? '', kept) : take(isTaken ? entries : []), manner);
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(0);
  const bound = server.address();
  const port = typeof bound === 'object' && bound ? bound.port : 0;

  const sink: Sink = {
    url: `http://127.0.0.1:${port}/fhir`,
    manner: () => 'well',
    flags: () => [...kept.values()].filter(({ resource }) => resource.resourceType === 'Flag').map(flagOf),
    doubled: () => [...wentDown.map((key) => `an older version over a newer: ${key}`), ...twice([...kept.values()])],
    transactions: () => transactions,
    refuseConnections: close,
    acceptConnections: () => listen(port),
    stop: async () => {
      if (server.listening) await close();
    },
  };
  return sink;
}

function send(response: ServerResponse, { status, body }: { status: number; body: object }, manner: Manner): void {
  const text = JSON.stringify(body);
  const head = { 'content-type': 'application/fhir+json', 'content-length': Buffer.byteLength(text) };
  switch (manner) {
    case 'well':
      response.writeHead(status, head).end(text);
      return;
    case 'answers-500':
      response.writeHead(500, { 'content-type': 'text/html' }).end('<h1>Internal Server Error</h1>');
      return;
    case 'nonsense':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>You are signed out</html>');
      return;
    case 'half-an-answer':
      response.writeHead(status, head).write(text.slice(0, text.length / 2), () => response.destroy());
      return;
    case 'slow-drip': {
      response.writeHead(status, head);
      const drip = setInterval(() => response.write(' '), 500);
      response.once('close', () => clearInterval(drip));
      return;
    }
    case 'no-answer':
      return;
  }
}

async function entriesOf(request: IncomingMessage): Promise<Entry[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { entry = [] } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { entry?: Entry[] };
  return entry;
}

/** `If-Match` on what is not there, or is another version, must fail (RFC 9110, 13.1.1). */
const isStale = ({ request }: Entry, held: Kept | undefined): boolean =>
  request.ifMatch !== undefined && request.ifMatch !== `W/"${held?.version}"`;

/** `/fhir/Flag?identifier=system|value`. */
function found(url: string, kept: ReadonlyMap<string, Kept>): { status: number; body: object } {
  const { pathname, searchParams } = new URL(url, 'http://sink');
  const value = searchParams.get('identifier')?.split('|').at(-1) ?? '';
  const one = kept.get(`${pathname.split('/').at(-1)}|${value}`);
  const entry = one ? [{ resource: { ...one.resource, id: one.id, meta: { versionId: String(one.version) } } }] : [];
  return { status: 200, body: { resourceType: 'Bundle', type: 'searchset', entry } };
}

const keyOf = ({ resourceType, identifier }: Resource): string => `${resourceType}|${identifier?.[0]?.value}`;
const locationOf = ({ id, resource }: Kept): string => `${resource.resourceType}/${id}`;

const versionOf = ({ extension = [] }: Resource): number =>
  extension.find(({ url }) => url === EXTENSION.recordVersion)?.valuePositiveInt ?? 0;

const flagOf = ({ nhsNumber, resource }: Kept): HeldFlag => ({
  identifier: resource.identifier?.[0]?.value ?? '',
  nhsNumber,
  status: resource.status ?? '',
  recordVersion: versionOf(resource),
});

/** The people of these cases have one episode each: a second resource of a type about one of them was told twice. */
function twice(all: readonly Kept[]): string[] {
  const seen = new Set<string>();
  return all.flatMap(({ nhsNumber, resource }) => {
    const key = `${resource.resourceType} of ${nhsNumber}`;
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [`a second ${key}`];
  });
}
