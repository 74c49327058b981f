import { type FileHandle, open } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PARTS, type PartType } from '../store/reconciliations.js';

/** One line of a register's file: a resource that we sent, and of whom it is. */
export type Kept = {
  resource: { resourceType: string; id: string; identifier: readonly { value: string }[] };
  patient: object;
};

/** What was asked of it: how often, and how often in the busiest minute. */
export type Asked = { requests: number; busiestMinute: number };

/** Of a type: where each line of its file begins, and what stands under an identifier. */
type Shelf = { file: FileHandle; starts: number[]; byIdentifier: Map<string, number> };

/**
 * A body's FHIR server that gives a large register page by page, from a folder with a file a type. `/asked` tells what was
 * asked since it was last told.
 */
export async function startRegisterServer(folder: string): Promise<{ url: string }> {
  const shelves = new Map<string, Shelf>();
  for (const type of PARTS) shelves.set(type, await shelfOf(join(folder, fileOf(type))));
  let times: number[] = [];
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://register');
    const type = pathname.split('/').at(-1) ?? '';
    const shelf = shelves.get(type);
    if (shelf) times.push(performance.now());
    const answer = shelf ? await found(shelf, type, searchParams) : askedOf(times);
    if (!shelf) times = [];
    response.writeHead(200, { 'content-type': 'application/fhir+json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir` };
}

export const fileOf = (type: PartType): string => `${type}.ndjson`;

async function shelfOf(path: string): Promise<Shelf> {
  const shelf: Shelf = { file: await open(path), starts: [0], byIdentifier: new Map() };
  let at = 0;
  for await (const line of (await open(path)).readLines()) {
    const { resource } = JSON.parse(line) as Kept;
    shelf.byIdentifier.set(resource.identifier[0]?.value ?? '', shelf.starts.length - 1);
    at += Buffer.byteLength(line) + 1;
    shelf.starts.push(at);
  }
  return shelf;
}

/** By identifiers, or a page of everything. */
async function found(shelf: Shelf, type: string, asked: URLSearchParams): Promise<object> {
  const size = Number(asked.get('_count') ?? 10);
  const identifiers = asked.get('identifier')?.split(',') ?? [];
  const isWhole = identifiers.every((each) => each.endsWith('|'));
  const from = Number(asked.get('_page') ?? 0);
  const total = shelf.starts.length - 1;
  const places = isWhole
    ? Array.from({ length: Math.max(0, Math.min(size, total - from)) }, (_, nth) => from + nth)
    : identifiers.flatMap((each) => shelf.byIdentifier.get(each) ?? []);
  const kept = await Promise.all(places.map((place) => lineAt(shelf, place)));
  const next = `${type}?_page=${from + size}&_count=${size}`;
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    total: isWhole ? total : places.length,
    link: isWhole && from + size < total ? [{ relation: 'next', url: next }] : [],
    entry: [
      ...kept.map(({ resource }) => ({ resource, search: { mode: 'match' } })),
      ...kept.map(({ patient }) => ({ resource: patient, search: { mode: 'include' } })),
    ],
  };
}

async function lineAt({ file, starts }: Shelf, place: number): Promise<Kept> {
  const [from = 0, to = 0] = starts.slice(place, place + 2);
  const { buffer } = await file.read(Buffer.alloc(to - from), 0, to - from, from);
  return JSON.parse(buffer.toString('utf8'));
}

const MINUTE_MS = 60_000;

function askedOf(times: readonly number[]): Asked {
  let busiestMinute = 0;
  for (let first = 0, last = 0; last < times.length; last++) {
    while ((times[last] ?? 0) - (times[first] ?? 0) >= MINUTE_MS) first += 1;
    busiestMinute = Math.max(busiestMinute, last - first + 1);
  }
  return { requests: times.length, busiestMinute };
}
