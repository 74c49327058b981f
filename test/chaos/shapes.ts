import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inventPeople } from '../service/people.js';

/** What trusts really send, by the examples beside the feed definitions. */
export type Shape = { kind: 'hl7' | 'fhir'; bytes: Buffer };

const FEEDS = 'mappings/feeds';

export function readShapes(): Shape[] {
  return readdirSync(FEEDS, { recursive: true, encoding: 'utf8' })
    .sort()
    .filter((file) => /\.(?:hl7|json)$/.test(file) && !file.endsWith('.facts.json'))
    .map((file) => ({ kind: file.endsWith('.hl7') ? 'hl7' : 'fhir', bytes: readFileSync(join(FEEDS, file)) }));
}

/** So many hospitals' worth of people, and in each of them the few of the examples. */
const [COPIES, EACH] = [1_000, 16];
const NUMBERS = inventPeople(300_000, COPIES * EACH, ['']).map(({ nhsNumber }) => nhsNumber);

/**
 * The same message about other people, with an identifier of its own: a hospital's messages are about many, and a
 * register in which all of them were one person would be a test of something else.
 */
export function told({ kind, bytes }: Shape, nth: number): Buffer {
  return kind === 'hl7' ? hl7About(bytes, nth) : fhirAbout(bytes, nth);
}

function about(written: string, nth: number): string {
  const person = Number(written.replace(/\D/g, '').slice(3, 9)) % EACH;
  return NUMBERS[(nth % COPIES) * EACH + person] ?? written;
}

/** Also as some trusts write it, in groups. */
const NHS_NUMBER = /\b999[ -]?\d{3}[ -]?\d{4}\b/g;

function hl7About(bytes: Buffer, nth: number): Buffer {
  const lines = bytes.toString('latin1').split('\r');
  const changed = lines.map((line) => {
    const name = line.slice(0, 3);
    const numbered = line.replace(NHS_NUMBER, (number) => about(number, nth));
    if (name === 'MSH') return withField(numbered, 9, `X${nth}`);
    // Local numbers and visits: fields 3 of PID, 1 of MRG, 19 of PV1.
    const place = { PID: 3, MRG: 1, PV1: 19 }[name];
    return place === undefined ? numbered : localIds(numbered, place, nth % COPIES);
  });
  return Buffer.from(changed.join('\r'), 'latin1');
}

const withField = (line: string, place: number, value: string): string => {
  const separator = line[3] ?? '|';
  const fields = line.split(separator);
  if (fields[place]) fields[place] = value;
  return fields.join(separator);
};

function localIds(line: string, place: number, suffix: number): string {
  const separator = line[3] ?? '|';
  const fields = line.split(separator);
  fields[place] = (fields[place] ?? '').replace(/^[A-Z0-9]{2,12}(?=\^|$)|(?<=~)[A-Z0-9]{2,12}(?=\^)/g, (id) =>
    /^999\d/.test(id) ? id : `${id}${suffix}`,
  );
  return fields.join(separator);
}

function fhirAbout(bytes: Buffer, nth: number): Buffer {
  const text = bytes
    .toString('utf8')
    .replace(NHS_NUMBER, (number) => about(number, nth))
    .replace(/(?<=["/])p1(?=")/g, `p1-${nth % COPIES}`); // the resource id by which some servers know a Patient
  const changed: unknown = JSON.parse(text, (_key, value: unknown) => {
    if (!isIdentifier(value) || /nhs-number|ods-/.test(value.system)) return value;
    return { ...value, value: `${value.value}-${nth % COPIES}` };
  });
  return Buffer.from(JSON.stringify(withOwnId(changed, nth)));
}

const isIdentifier = (value: unknown): value is { system: string; value: string } =>
  typeof value === 'object' &&
  value !== null &&
  'system' in value &&
  typeof value.system === 'string' &&
  'value' in value &&
  typeof value.value === 'string';

const withOwnId = (message: unknown, nth: number): unknown =>
  typeof message === 'object' && message !== null && 'resourceType' in message && message.resourceType === 'Bundle'
    ? { ...message, identifier: { system: 'https://fhir.rxt.nhs.uk/Id/message', value: `X${nth}` } }
    : message;
