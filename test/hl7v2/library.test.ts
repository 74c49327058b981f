import { isUtf8 } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { HL7Dictionary, HL7Message, HL7Segment, HL7Version } from 'hl7v2';
import type { Segment } from '../../src/hl7v2/message.js';
import { parseMessage } from '../../src/hl7v2/parse.js';

/**
 * Two readers that know nothing of each other take the same messages apart. The library's dictionaries would read dates
 * and numbers their own way: with this one every field is plain text.
 */
const PLAIN = new HL7Dictionary({ types: { ST: { fields: {} } } });
const LIBRARY = new HL7Message(
  HL7Version.v2_5_1,
  Object.fromEntries(Object.values(HL7Version).map((version) => [version, PLAIN])),
);

const FEEDS = 'mappings/feeds';
const folders = readdirSync(FEEDS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('fhir'))
  .map(({ name }) => ({ name }));

type Found = { field: number; repetition: number; component: number; text: string };

/** Every component, by the text of its first sub-component, as ours reads it. `""` deletes: it is no text. */
function byLibrary(line: string): Found[] {
  const found: Found[] = [];
  for (const [field, each] of HL7Segment.parse(LIBRARY, line).fields.entries()) {
    for (const [repetition, { components = [] }] of (each?.repetitions ?? []).entries()) {
      for (const [component, part] of components.entries()) {
        const value: unknown = part?.subComponents?.[0]?.value;
        const text = typeof value === 'string' && value !== '""' ? value.trim() : '';
        found.push({ field: field + 1, repetition, component: component + 1, text });
      }
    }
  }
  return found;
}

const byUs = (segment: Segment, found: readonly Found[]): Found[] =>
  found.map(({ field, repetition, component }) => {
    const text = segment.at(field, repetition, `${component}`) ?? '';
    return { field, repetition, component, text };
  });

/** Segments of a file with the usual separators in UTF-8. Escapes are left out: the library knows fewer of them. */
function comparableIn(file: string): { segment: Segment; line: string }[] {
  const bytes = readFileSync(file);
  const parsed = parseMessage(bytes);
  const lines = bytes.toString('utf8').split(/\r\n|\r|\n/);
  if ('unreadable' in parsed || !lines[0]?.startsWith('MSH|^~\\&') || !isUtf8(bytes)) return [];
  return ['EVN', 'PID', 'PV1', 'ZMH', 'MRG', 'OBX']
    .flatMap((name) => parsed.message.segments(name))
    .map((segment) => ({ segment, line: lines[segment.line - 1] ?? '' }))
    .filter(({ line }) => line !== '' && !line.includes('\\'));
}

test("the names that the console gives to fields are the library's", () => {
  const { status } = spawnSync(process.execPath, ['scripts/build-field-names.mjs', '--check']);
  expect(status).toBe(0);
});

test.each(folders)('$name: another reader finds the same text in the same place', ({ name }) => {
  const examples = join(FEEDS, name, 'examples');
  const segments = readdirSync(examples)
    .filter((file) => file.endsWith('.hl7'))
    .flatMap((file) => comparableIn(join(examples, file)));
  for (const { segment, line } of segments) {
    const found = byLibrary(line);
    expect({ line, found: byUs(segment, found) }).toEqual({ line, found });
  }
  expect(segments.length).toBeGreaterThan(30);
});
