import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';

const messagePath = z.string().regex(/^[A-Z][A-Z0-9]{2}-\d+(\.\d+){0,2}$/, 'is not a path such as PID-3 or PV1-19.1');
const fieldPath = z.string().regex(/^\d+(\.\d+){0,2}$/, 'is not a field such as 3 or 11.4.1');
const fieldOnly = z.string().regex(/^[A-Z][A-Z0-9]{2}-\d+$/, 'is not a repeating field such as PID-3');
const componentPath = z.string().regex(/^\d+(\.\d+)?$/, 'is not a component such as 1 or 4.1');

const matching = z.strictObject({ path: componentPath, is: z.array(z.string().min(1)).min(1) });
const nhsNumber = z.strictObject({ field: fieldOnly, value: componentPath, where: matching.optional() });
const localIds = z.strictObject({
  field: fieldOnly,
  value: componentPath,
  authority: componentPath,
  whereNot: matching.optional(),
});

/** What one trigger event tells about the stay or the record, besides the person and the periods. */
const effect = z.enum([
  'admitted',
  'admission-cancelled',
  'left',
  'left-if-stated',
  'left-cancelled',
  'leave-started',
  'leave-ended',
  'merged',
  'visit-moved',
]);
export type Effect = z.infer<typeof effect>;

const Feed = z.strictObject({
  feed: z.string().regex(/^[a-z0-9.-]+$/, 'is not a feed name'),
  title: z.string().min(1),
  nhsNumber: z.array(nhsNumber).min(1),
  localIds: z.array(localIds),
  nhsNumberStatus: messagePath.optional(),
  name: z.strictObject({ family: messagePath, given: z.array(messagePath) }),
  birthDate: messagePath,
  postcode: messagePath,
  gpPractice: messagePath.optional(),
  death: z.strictObject({ indicator: messagePath, on: messagePath }),
  patientClass: messagePath,
  visit: messagePath,
  admittedAt: messagePath,
  leftAt: messagePath,
  dischargeMethod: messagePath,
  dischargeDestination: messagePath,
  prior: z.strictObject({ nhsNumber, localIds, visit: messagePath }),
  eventTime: z.array(messagePath).min(1),
  periods: z
    .strictObject({
      segment: z.string().regex(/^[A-Z][A-Z0-9]{2}$/, 'is not a segment name'),
      id: fieldPath,
      status: z.strictObject({ code: fieldPath, text: fieldPath, system: fieldPath }),
      from: fieldPath,
      to: fieldPath,
      endReason: fieldPath,
      action: fieldPath,
      community: z.strictObject({ status: fieldPath, from: fieldPath, to: fieldPath }),
      council: z.strictObject({ code: fieldPath, system: fieldPath }),
      postcode: fieldPath,
      commissioner: z.strictObject({ code: fieldPath, system: fieldPath }),
    })
    .optional(),
  triggers: z.record(z.string().regex(/^[A-Z]\d{2}$/, 'is not a trigger event'), z.array(effect)),
});

/** A feed definition: where one kind of sender puts what. Data, not code (`mappings/feeds/README.md`). */
export type Feed = z.infer<typeof Feed>;
export type Identifiers = Feed['prior'];

export type FeedResult = { kind: 'feed'; feed: Feed; text: string } | { kind: 'mistakes'; mistakes: string[] };

/** Reads one definition. Every mistake names its line, and all are reported at once. */
export function readFeed(file: string): FeedResult {
  const text = readFileSync(file, 'utf8');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number, what: string) => `${file}:${lines.linePos(offset).line}: ${what}`;
  if (document.errors.length > 0) {
    return { kind: 'mistakes', mistakes: document.errors.map((error) => at(error.pos[0], error.message)) };
  }
  const checked = Feed.safeParse(document.toJS());
  if (checked.success && checked.data.feed !== basename(file, '.yaml')) {
    return { kind: 'mistakes', mistakes: [at(offsetOf(document, ['feed']), 'feed: is not the name of the file')] };
  }
  if (checked.success) return { kind: 'feed', feed: checked.data, text };
  return {
    kind: 'mistakes',
    mistakes: checked.error.issues.map(({ path, message }) =>
      at(offsetOf(document, path), `${path.join('.')}: ${message}`),
    ),
  };
}

/** The place of the deepest part of the path that is written down. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth--) {
    const node = document.getIn(path.slice(0, depth).map(String), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
