import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { interpretBytes } from '../../src/flow/admit.js';
import { fhirReceiver } from '../../src/flow/receive-fhir.js';
import { readFeedExamples } from '../../src/interpret/feed-example.js';
import { MAPPINGS } from '../../src/tables.js';
import { faultsOf } from '../profiles/validator.js';
import { tables } from '../scenarios/tell.js';
import { quiet } from '../support/quiet.js';

const RUNS = Number(process.env.PROPERTY_RUNS ?? 300);
const { examples } = readFeedExamples(join(MAPPINGS, 'feeds/fhir-ukcore/examples'));
const anExample = fc.constantFrom(
  ...examples.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString('utf8')) as object),
);

const sender = { ods: 'RXT', feed: 'zmh', timeZone: 'Europe/London' };
const meaning = (bytes: Uint8Array) => interpretBytes(bytes, sender, tables.mappings, new Date('2026-03-01T10:05:00Z'));
const PRIVATE = /999\d{7}|Example|L100001|B99/;

/** Values that no reader expects where they are put. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    ' ',
    [],
    {},
    [[]],
    [null],
    0,
    -1,
    true,
    '2026-02-30',
    '0001-01-01T00:00:00Z',
    '\u0000',
    '\ud800',
    '#',
    '#x',
    'urn:uuid:x',
    'Patient/',
    'Bundle',
    'Encounter',
  ),
  fc.constant(Array.from({ length: 1_200 }, () => ({ url: 'x', valueString: 'y' }))),
  fc.constantFrom<unknown>(
    { resourceType: 'Bundle', type: 'batch', entry: [] },
    { resourceType: '__proto__' },
    { resourceType: 'toString' },
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Puts an odd value somewhere into a resource, takes a part away, or says a part twice. */
const wound = fc.record({
  at: fc.array(fc.nat(20), { maxLength: 7 }),
  how: fc.constantFrom('put', 'drop', 'twice'),
  odd,
});
type Wound = { at: number[]; how: string; odd: unknown };

function damaged(value: unknown, { at: [step, ...rest], how, odd: put }: Wound): unknown {
  if (typeof value !== 'object' || value === null || step === undefined) return how === 'put' ? put : value;
  const keys = Object.keys(value);
  const key = keys[step % Math.max(keys.length, 1)];
  if (key === undefined) return put;
  if (rest.length === 0 && how === 'drop') return without(value, key);
  const inner = damaged((value as Record<string, unknown>)[key], { at: rest, how, odd: put });
  if (Array.isArray(value))
    return how === 'twice' ? [...value, inner] : value.map((each, i) => (String(i) === key ? inner : each));
  return { ...value, [key]: inner };
}

const without = (value: object, key: string): unknown =>
  Array.isArray(value)
    ? value.filter((_, i) => String(i) !== key)
    : Object.fromEntries(Object.entries(value).filter(([k]) => k !== key));

const damagedExample = fc
  .tuple(anExample, fc.array(wound, { minLength: 1, maxLength: 4 }))
  .map(([example, wounds]) => Buffer.from(JSON.stringify(wounds.reduce<unknown>(damaged, example)) ?? ''));

const receive = fhirReceiver({
  site: tables.site,
  keep: async ({ state, ack, fault }) => ({ id: '1', outcome: 'stored', state, ack, fault }),
  log: quiet,
});
const answered = (bytes: Uint8Array) =>
  receive(
    bytes,
    { asks: { kind: 'bundle' }, url: 'http://x/fhir', prefer: 'OperationOutcome' },
    { transport: 'http', peer: '' },
  );

describe('whatever FHIR has become on its way', () => {
  test('it is answered by valid FHIR: taken, or refused with the place and without what was written there', async () => {
    await fc.assert(
      fc.asyncProperty(damagedExample, async (bytes) => {
        const { status, body } = await answered(bytes);
        const json = JSON.parse(body ?? 'null') as { resourceType: string };
        expect(faultsOf(json)).toEqual([]);
        expect([200, 400, 403, 422]).toContain(status);
        if (status !== 200) expect(json.resourceType).toBe('OperationOutcome');
        expect(body).not.toMatch(PRIVATE);
      }),
      { numRuns: RUNS },
    );
  }, 600_000);

  test('what one object says twice is refused with its line and column, wherever it is', async () => {
    await fc.assert(
      fc.asyncProperty(anExample, fc.nat(), async (example, which) => {
        const text = JSON.stringify(example);
        const openings = [...text.matchAll(/\{(?="(\w+)":)/g)];
        const { index, 1: name } = openings[which % openings.length] ?? { index: 0, 1: '' };
        const twice = `${text.slice(0, index + 1)}"${name}":null,${text.slice(index + 1)}`;
        const { status, body } = await answered(Buffer.from(twice));
        expect(status).toBe(400);
        expect(body).toContain(`line 1, column ${index + `{"${name}":null,`.length + 1}:`);
        expect(body).not.toMatch(PRIVATE);
      }),
      { numRuns: RUNS },
    );
  }, 600_000);

  test('it is interpreted, ignored or parked with a place and a next step; we never fail on it', () => {
    fc.assert(
      fc.property(damagedExample, (bytes) => {
        const { outcome, fault, facts } = meaning(bytes);
        if (outcome !== 'parked') return fault === null;
        const said = JSON.stringify(fault);
        return fault.code !== 'interpret-failed' && fault.next !== '' && facts.length === 0 && !PRIVATE.test(said);
      }),
      { numRuns: RUNS },
    );
  }, 600_000);

  test('bytes that were cut or mixed up are refused, never a failure', async () => {
    const cut = fc
      .tuple(anExample, fc.double({ min: 0, max: 1, noNaN: true }), fc.uint8Array({ maxLength: 8 }))
      .map(([example, at, more]) => {
        const bytes = Buffer.from(JSON.stringify(example));
        return Buffer.concat([bytes.subarray(0, Math.floor(at * bytes.length)), more]);
      });
    await fc.assert(
      fc.asyncProperty(cut, async (bytes) => {
        expect((await answered(bytes)).status).toBeLessThan(500);
        expect(meaning(bytes).fault?.code).not.toBe('interpret-failed');
      }),
      { numRuns: RUNS },
    );
  }, 600_000);

  test('the same bytes mean the same, facts, ids and all, and no fact is said twice', () => {
    fc.assert(
      fc.property(damagedExample, (bytes) => {
        const [once, again] = [meaning(bytes), meaning(Buffer.from(bytes))];
        expect(again).toEqual(once);
        const ids = once.facts.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: RUNS },
    );
  }, 600_000);
});
