import { z } from 'zod';
import { Identifier, instant, logicalId, Meta, modifiable, ruled } from './elements.js';
import type { Issue } from './issue.js';
import type { Resource } from './resources.js';

/** The kinds that are taken: what a sender says. Search results, documents and histories are none. */
export const BUNDLE_TYPES = ['message', 'transaction', 'batch', 'collection'] as const;
export type BundleType = (typeof BUNDLE_TYPES)[number];

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH'] as const;
const MAX_ENTRIES = 1_000;

/** All but the resources, which are read one by one. */
export const BundleShape = z.object({
  ...ruled,
  resourceType: z.literal('Bundle'),
  id: logicalId.optional(),
  meta: Meta.optional(),
  identifier: Identifier.optional(),
  type: z.string(),
  timestamp: instant.optional(),
  entry: z
    .array(
      z.object({
        ...modifiable,
        fullUrl: z.string().optional(),
        resource: z.unknown().optional(),
        request: z.object({ ...modifiable, method: z.enum(METHODS), url: z.string().min(1, 'is empty') }).optional(),
      }),
    )
    .max(MAX_ENTRIES, `has more than ${MAX_ENTRIES} entries`)
    .default([]),
});
type Shape = z.infer<typeof BundleShape>;
export type BundleRequest = NonNullable<Shape['entry'][number]['request']>;

/** `issues`: why this entry of a batch is not taken, though the others are; `resource` is then null. */
export type Entry = {
  fullUrl: string | null;
  request: BundleRequest | null;
  resource: Resource | null;
  issues: Issue[];
};
export type Bundle = Omit<Shape, 'entry' | 'type'> & { type: BundleType; entry: Entry[] };
