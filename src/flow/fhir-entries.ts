import { type Bundle, type Entry, FIRST_TELLS, onlyFirstTells } from '../fhir/bundle.js';
import { error, type Issue } from '../fhir/issue.js';
import { isObject } from '../fhir/json.js';
import { itemsOf } from '../fhir/json-items.js';
import { MAX_ISSUES } from '../fhir/read-bundle.js';
import type { FhirEnvelope } from '../interpret/fhir/envelope.js';
import { neededBy } from '../interpret/fhir/refers.js';
import { candidatesIn, resourcesIn } from '../interpret/fhir/resolve.js';

/**
 * One entry of a Bundle as a message of its own: `bytes` is a Bundle of that entry and of what it refers to, each as it
 * was written, and `message` what is read of them. `from`: where they stand in the Bundle that was sent.
 */
export type CutEntry =
  | { kind: 'cut'; bytes: Buffer; message: Bundle; from: number[] }
  | { kind: 'refused'; bytes: Buffer; issues: Issue[] };

/** R4: the entries of a batch are independent, and a collection is no more than a set. Other Bundles mean all or nothing. */
export const isManyMessages = (bundle: Bundle): boolean =>
  (bundle.type === 'batch' || bundle.type === 'collection') && !onlyFirstTells(bundle);

/** What is referred to is repeated for each entry that does; a Bundle made for that must not fill the disk. */
const MORE_BYTES = 16 * 1024 * 1024;
const MORE_TIMES = 4;

/** Each entry in its order; null where together they would be many times what was sent. */
export function entriesOf(bundle: Bundle, bytes: Uint8Array, said: FhirEnvelope): CutEntry[] | null {
  const written = itemsOf(new TextDecoder().decode(bytes), 'entry');
  const needs = needsOf(bundle, written);
  let room = MORE_BYTES + MORE_TIMES * bytes.length;
  for (const [index, others] of needs.entries()) {
    for (const each of [index, ...others]) room -= written[each]?.length ?? 0;
    if (room < 0) return null;
  }
  return bundle.entry.map((entry, index): CutEntry => {
    const others = needs[index] ?? [];
    const issues = [...entry.issues, ...absent(bundle, index, others)].slice(0, MAX_ISSUES);
    if (issues.length > 0) return { kind: 'refused', bytes: Buffer.from(written[index] ?? ''), issues };
    return { kind: 'cut', ...cut(bundle, written, [index, ...others], said) };
  });
}

/** The places of the entries that each entry refers to. */
function needsOf(bundle: Bundle, written: readonly string[]): number[][] {
  const entry = bundle.entry.map((each, index) => (each.resource ? each : standingIn(each, written[index] ?? '')));
  const found = resourcesIn({ ...bundle, entry });
  const candidates = candidatesIn(found);
  return found.map((one) => [...new Set(neededBy(one, candidates).flatMap(({ place }) => entryAt(place)))]);
}

/** What is not taken keeps its names, so that it is known who refers to it. */
function standingIn(entry: Entry, written: string): Entry {
  const parsed: unknown = written === '' ? null : JSON.parse(written);
  const resource = isObject(parsed) && isObject(parsed.resource) ? parsed.resource : {};
  const { resourceType, id } = resource;
  const type = typeof resourceType === 'string' ? resourceType : '';
  return { ...entry, resource: { resourceType: 'other', type, ...(typeof id === 'string' ? { id } : {}) } };
}

/** Without what is contained, which comes with the entry around it. */
const entryAt = (place: string): number[] => {
  const [, index] = /^Bundle\.entry\[(\d+)\]\.resource$/.exec(place) ?? [];
  return index === undefined ? [] : [Number(index)];
};

/** Sent again with the other put right, the entry would be another message under the same identifier: so both wait. */
const absent = ({ entry }: Bundle, index: number, others: readonly number[]): Issue[] =>
  others
    .filter((other) => entry[other]?.resource === null)
    .map((other) =>
      error(
        'invariant',
        `Bundle.entry[${index}].resource`,
        `refers to Bundle.entry[${other}], which is not taken: correct that one and send both again`,
      ),
    );

type Cut = Pick<Extract<CutEntry, { kind: 'cut' }>, 'bytes' | 'message' | 'from'>;

function cut(bundle: Bundle, written: readonly string[], from: number[], said: FhirEnvelope): Cut {
  const head = headOf(bundle, from[0] ?? 0, said);
  const entries = from.map((index) => written[index]).join(',');
  return {
    bytes: Buffer.from(`${JSON.stringify(head).slice(0, -1)},"entry":[${entries}]}`),
    message: { ...head, entry: from.flatMap((index) => bundle.entry[index] ?? []) },
    from,
  };
}

/**
 * By itself it says who sends it and when, as the Bundle did, and has an identifier of its own where the Bundle had one.
 * The time of one entry is not that of the others: they are independent.
 */
function headOf(
  { type, identifier, timestamp, meta }: Bundle,
  index: number,
  said: FhirEnvelope,
): Omit<Bundle, 'entry'> {
  const { sender, otherSenderPlace } = said;
  const sentAt = timestamp ?? meta?.lastUpdated;
  const source = sender === null || otherSenderPlace !== null ? {} : { source: `urn:nhs-uk:addressing:ods:${sender}` };
  const system = identifier?.system === undefined ? {} : { system: identifier.system };
  return {
    resourceType: 'Bundle',
    meta: { ...source, tag: [FIRST_TELLS] },
    ...(identifier?.value === undefined ? {} : { identifier: { ...system, value: numbered(identifier.value, index) } }),
    type: type === 'collection' ? 'collection' : 'transaction',
    ...(sentAt === undefined ? {} : { timestamp: sentAt }),
  };
}

export const numbered = (identifier: string, index: number): string => `${identifier}#${index}`;
