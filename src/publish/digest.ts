import { hash } from 'node:crypto';
import type { Publication } from './content.js';

/**
 * SHA-256, in hex, of everything in a publication that a body would notice. The same whatever the order of keys, and
 * whatever the register calls the episodes.
 */
export function digestOf(publication: Publication): string {
  const noticed = { ...publication, episodes: publication.episodes.map(({ anchors: _, ...content }) => content) };
  return hash('sha256', canonicalJson(noticed), 'hex');
}

const canonicalJson = (value: unknown): string => JSON.stringify(inKeyOrder(value));

/** Made of everybody who is folded: a function for `JSON.stringify` would take twice the time. */
function inKeyOrder(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(inKeyOrder);
  if (!isRecord(part)) return part;
  const ordered: Record<string, unknown> = {};
  for (const key of Object.keys(part).sort()) ordered[key] = inKeyOrder(part[key]);
  return ordered;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
