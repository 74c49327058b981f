import { z } from 'zod';
import { Coding, Identifier, instant, list, logicalId, Meta, modifiable, ruled } from './elements.js';
import type { Issue } from './issue.js';
import type { Resource } from './resources.js';
import { BASE } from './s117.js';

/** The kinds that are taken: what a sender says. Search results, documents and histories are none. */
export const BUNDLE_TYPES = ['message', 'transaction', 'batch', 'collection'] as const;
export type BundleType = (typeof BUNDLE_TYPES)[number];

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH'] as const;
const MAX_ENTRIES = 1_000;

/** All but the entries, which are read one by one. */
export const BundleShape = z.object({
  ...ruled,
  resourceType: z.literal('Bundle'),
  id: logicalId.optional(),
  meta: Meta.extend({ source: z.string().optional(), tag: list(Coding).optional() }).optional(),
  identifier: Identifier.optional(),
  type: z.string(),
  timestamp: instant.optional(),
  entry: z.array(z.unknown()).max(MAX_ENTRIES, `has more than ${MAX_ENTRIES} entries`).default([]),
});

/** All but the resource. */
export const EntryShape = z.object({
  ...modifiable,
  fullUrl: z.string().optional(),
  resource: z.unknown().optional(),
  request: z
    .object({
      ...modifiable,
      method: z.enum(METHODS),
      url: z.string().min(1, 'is empty'),
      ifMatch: z.string().optional(),
      ifNoneExist: z.string().optional(),
    })
    .optional(),
});
export type BundleRequest = NonNullable<z.infer<typeof EntryShape>['request']>;

/** `issues`: why this entry of a batch is not taken, though the others are; `resource` is then null. */
export type Entry = {
  fullUrl: string | null;
  request: BundleRequest | null;
  resource: Resource | null;
  issues: Issue[];
};
export type Bundle = Omit<z.infer<typeof BundleShape>, 'entry' | 'type'> & { type: BundleType; entry: Entry[] };

/** `Bundle.meta.tag`: only the first entry tells something; the others are there because it refers to them. */
export const FIRST_TELLS = { system: `${BASE}/CodeSystem/bundle-reading`, code: 'first-entry-tells' } as const;

export const onlyFirstTells = ({ meta }: Bundle): boolean =>
  (meta?.tag ?? []).some(({ system, code }) => system === FIRST_TELLS.system && code === FIRST_TELLS.code);
