import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type FhirSearch, fhirSearch } from '../../src/wire/fhir-search.js';

type Answer = (req: IncomingMessage, res: ServerResponse) => void;

/** A server of a council, and one that nobody configured. */
let council: { url: string; asked: string[]; answer: Answer; stop(): Promise<void> };
let stranger: { url: string; asked: string[]; answer: Answer; stop(): Promise<void> };
let search: FhirSearch;

async function startServer() {
  const server = createServer((req, res) => {
    started.asked.push(req.url ?? '');
    started.answer(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const started = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`,
    asked: [] as string[],
    answer: page({}) as Answer,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return started;
}

function page(bundle: object, type = 'application/fhir+json'): Answer {
  return (_req, res) =>
    void res
      .writeHead(200, { 'content-type': type })
      .end(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', ...bundle }));
}

const nextLink = (url: string) => page({ link: [{ relation: 'next', url }] });

beforeEach(async () => {
  [council, stranger] = [await startServer(), await startServer()];
  search = fhirSearch({ to: 'E08000025', url: council.url, timeoutMs: 5_000 });
});
afterEach(async () => {
  await search.close();
  await council.stop();
  await stranger.stop();
});

describe('the next page of a search is asked of the address that was configured, whatever the link says', () => {
  test.each([
    { story: 'the same server', link: '{own}/EpisodeOfCare?page=2', asked: '/fhir/EpisodeOfCare?page=2' },
    { story: 'the base alone, as some servers page', link: '{own}?_getpages=a&n=2', asked: '/fhir?_getpages=a&n=2' },
    { story: 'only a query', link: '?_getpages=a', asked: '/fhir?_getpages=a' },
    { story: 'a name of its own, behind a gateway', link: 'http://inside:8080/r4/Flag?p=2', asked: '/fhir/Flag?p=2' },
    { story: 'that base alone', link: 'http://inside:8080/hapi/r4?_getpages=a', asked: '/fhir?_getpages=a' },
    {
      story: 'a slash after the type',
      link: 'http://inside/r4/Flag/?_page_token=a',
      asked: '/fhir/Flag/?_page_token=a',
    },
    { story: 'another host', link: '{other}/EpisodeOfCare?page=2', asked: '/fhir/EpisodeOfCare?page=2' },
    { story: 'another host in the path', link: '{own}/{other}/Flag?page=2', asked: expect.stringMatching(/^\/fhir\//) },
    { story: 'another host behind slashes', link: '{own}//{bare}/Flag?p=2', asked: expect.stringMatching(/^\/fhir\//) },
    { story: 'a path beginning as an address does', link: '{own}/httpx?p=2', asked: '/fhir/httpx?p=2' },
    { story: 'what lies above', link: '{own}/../../admin?p=2', asked: '/fhir?p=2' },
  ])('$story', async ({ link, asked }) => {
    const { host } = new URL(stranger.url);
    council.answer = nextLink(
      link.replace('{own}', council.url).replace('{other}', stranger.url).replace('{bare}', host),
    );
    const first = await search.read('EpisodeOfCare?_count=2');
    if (first.kind !== 'page' || first.next === null) throw new Error('no next page');
    await search.read(first.next);
    expect(stranger.asked).toEqual([]);
    expect(council.asked.at(-1)).toEqual(asked);
  });
});

describe('an answer that is no page says so, and nothing of what it holds', () => {
  test.each([
    {
      story: 'XML',
      answer: ((_req, res) =>
        res
          .writeHead(200, { 'content-type': 'application/fhir+xml' })
          .end('<Bundle xmlns="http://hl7.org/fhir"/>')) as Answer,
      text: /is not the FHIR asked for/,
    },
    {
      story: 'a page to sign in',
      answer: ((_req, res) => res.writeHead(200).end('<html>')) as Answer,
      text: /is not the FHIR/,
    },
    { story: 'no search', answer: page({ type: 'batch-response' }), text: /is not the FHIR asked for/ },
    { story: 'a link that is none', answer: nextLink('http://[no'), text: /is not the FHIR asked for/ },
    {
      story: 'part of it only, as an outcome among the entries says',
      answer: page({
        entry: [
          { resource: { resourceType: 'EpisodeOfCare', id: '1' }, search: { mode: 'match' } },
          {
            resource: {
              resourceType: 'OperationOutcome',
              issue: [{ severity: 'error', code: 'timeout', diagnostics: 'Invented Person' }],
            },
            search: { mode: 'outcome' },
          },
        ],
      }),
      text: /says that its answer is not whole \(timeout\)/,
    },
  ])('$story', async ({ answer, text }) => {
    council.answer = answer;
    const read = await search.read('EpisodeOfCare?_count=2');
    expect(read).toMatchObject({ kind: 'trouble', detail: { where: 'E08000025', text: expect.stringMatching(text) } });
    expect(JSON.stringify(read)).not.toContain('Invented');
  });
});

test('a warning among the entries, and what came along, are no matches; the total is told as it stands', async () => {
  council.answer = page({
    total: 7,
    entry: [
      { resource: { resourceType: 'EpisodeOfCare', id: '1' }, search: { mode: 'match' } },
      { resource: { resourceType: 'Patient', id: '2' }, search: { mode: 'include' } },
      { resource: { resourceType: 'OperationOutcome', issue: [{ severity: 'warning', code: 'informational' }] } },
    ],
  });
  expect(await search.read('EpisodeOfCare?_count=2')).toMatchObject({
    kind: 'page',
    total: 7,
    resources: [{ id: '1' }, { id: '2' }, {}],
    next: null,
  });
});
