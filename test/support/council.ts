import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { startProgram } from './process.js';

/** What happens to the next request, once: before, instead of or after the council sees it. */
export type Trouble =
  | { kind: 'delay'; ms: number }
  | { kind: 'drop-request' }
  | { kind: 'drop-answer' }
  | { kind: 'twice' }
  | { kind: 'answer'; status: number; headers?: Record<string, string>; body?: unknown };

export type FaultyCouncil = {
  /** Through the faults; `directUrl` is past them, to see what the council really holds. */
  url: string;
  directUrl: string;
  /** `POST /fhir/`: method and path of each request that came, in order. */
  seen: string[];
  /** The same with everything that stood in the address. */
  addresses: string[];
  next(...troubles: Trouble[]): void;
  refuseConnections(): Promise<void>;
  acceptConnections(): Promise<void>;
  stop(): Promise<void>;
};

/** A council's server in its own process. */
export async function startCouncilProcess(name = 'Testshire'): Promise<{ url: string; stop(): Promise<void> }> {
  const council = startProgram('demo/council-main.js', ['--port', '0', '--name', name]);
  const [url] = await council.waitFor(/http:\S+/);
  return {
    url,
    stop: async () => {
      await council.kill('SIGTERM');
    },
  };
}

/** The same behind a proxy that can refuse, delay, drop, answer by itself or repeat. */
export async function startFaultyCouncil(name?: string): Promise<FaultyCouncil> {
  const council = await startCouncilProcess(name);
  const origin = new URL(council.url).origin;
  const troubles: Trouble[] = [];
  const seen: string[] = [];
  const addresses: string[] = [];

  const server = createServer(async (req, res) => {
    seen.push(`${req.method} ${req.url?.split('?')[0]}`);
    addresses.push(req.url ?? '');
    const body = await bodyOf(req);
    await pass(req, res, { body, origin, trouble: troubles.shift() }).catch(() => res.destroy());
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

  return {
    url: `http://127.0.0.1:${port}/fhir`,
    directUrl: council.url,
    seen,
    addresses,
    next: (...more) => void troubles.push(...more),
    refuseConnections: close,
    acceptConnections: () => listen(port),
    async stop() {
      if (server.listening) await close();
      await council.stop();
    },
  };
}

type Passing = { body: Buffer; origin: string; trouble: Trouble | undefined };

async function pass(req: IncomingMessage, res: ServerResponse, { body, origin, trouble }: Passing): Promise<void> {
  if (trouble?.kind === 'answer') {
    res.writeHead(trouble.status, { 'content-type': 'application/fhir+json', ...trouble.headers });
    res.end(typeof trouble.body === 'string' ? trouble.body : JSON.stringify(trouble.body ?? {}));
    return;
  }
  if (trouble?.kind === 'drop-request') return void res.destroy();
  if (trouble?.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, trouble.ms));

  const ask = () =>
    fetch(`${origin}${req.url}`, {
      method: req.method ?? 'GET',
      headers: { 'content-type': req.headers['content-type'] ?? 'application/fhir+json' },
      body: req.method === 'GET' ? null : new Uint8Array(body),
    });
  if (trouble?.kind === 'twice') await ask();
  const answer = await ask();
  const text = await answer.text();
  if (trouble?.kind === 'drop-answer') return void res.destroy();
  res.writeHead(answer.status, { 'content-type': 'application/fhir+json' });
  res.end(text);
}

async function bodyOf(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks);
}
