import { createHash } from 'node:crypto';
import type { Publication } from './content.js';

/**
 * SHA-256, in hex, of everything in a publication that a body would notice. The same whatever the order of keys, and
 * whatever the register calls the episodes.
 */
export function digestOf(publication: Publication): string {
  const noticed = { ...publication, episodes: publication.episodes.map(({ anchors: _, ...content }) => content) };
  return createHash('sha256').update(canonicalJson(noticed)).digest('hex');
}

const canonicalJson = (value: unknown): string => JSON.stringify(value, inKeyOrder);

function inKeyOrder(_key: string, part: unknown): unknown {
  return isRecord(part) ? Object.fromEntries(Object.entries(part).sort(byKey)) : part;
}

const byKey = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
