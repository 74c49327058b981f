import { type Dice, dice } from '../../src/simulate/dice.js';
import { type Shape, told } from './shapes.js';

/** One message that went wrong somewhere between a trust and us. Its number and the seed make it again. */
export type Mutant = { nth: number; kind: Shape['kind']; bytes: Buffer; how: string };

type Change = (bytes: Buffer, dice: Dice) => Buffer;

/** Between one and three changes of a real shape; one in twenty is left as it is, so that not all is refused. */
export function mutant(shapes: readonly Shape[], seed: number, nth: number): Mutant {
  const d = dice(seed * 1_000_003 + nth);
  const shape = shapes[d.number(shapes.length)];
  if (!shape) throw new Error('there are no shapes');
  let bytes = told(shape, nth);
  const how: string[] = [];
  for (let left = d.number(20) === 0 ? 0 : 1 + d.number(3); left > 0; left--) {
    // Changes of the kind's own reach deeper than changed bytes, of which most break the whole.
    const changes = Object.entries(d.number(3) === 0 ? OF_BYTES : OWN[shape.kind]);
    const [name, change] = changes[d.number(changes.length)] ?? ['', (same: Buffer) => same];
    bytes = change(bytes, d);
    how.push(name);
  }
  return { nth, kind: shape.kind, bytes, how: how.join(', ') };
}

const ODD_TEXT: [string, ...string[]] = [
  '\u0000',
  '\ufeff',
  '\u202e\u2066',
  'e\u0301'.repeat(50),
  '\ud83d\ude00\u200d\ud83d\udc69',
  '\u2028\u2029',
  '\ud800',
  '𝟗𝟗𝟗𝟎𝟎𝟎𝟎𝟎𝟏𝟖',
  "'; drop table messages; --",
  '{{7*7}}<script>alert(1)</script>',
  '../../etc/passwd',
  '%s%n%x',
];
const ODD_NUMBERS: [string, ...string[]] = [
  '99999999999999',
  '00000000',
  '-1',
  '1e309',
  '20260230',
  '29990000000000',
  '٢٠٢٦',
];
const ODD_BYTES: [Buffer, ...Buffer[]] = [
  Buffer.from([0xff, 0xfe]),
  Buffer.from([0xc0, 0x80]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0x1c, 0x0d]),
  Buffer.from([0x0b]),
  Buffer.from([0x1c]),
  Buffer.from([0x00]),
  Buffer.from([0x7f, 0x1b, 0x08]),
  Buffer.from('\r\n\r\n'),
];

const somewhere = (bytes: Buffer, d: Dice): number => d.number(bytes.length + 1);
const inserted = (bytes: Buffer, at: number, what: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, at), what, bytes.subarray(at)]);
const put = (bytes: Buffer, d: Dice, text: string): Buffer => inserted(bytes, somewhere(bytes, d), Buffer.from(text));

const OF_BYTES: Record<string, Change> = {
  'bytes changed': (bytes, d) => {
    const copy = Buffer.from(bytes);
    for (let left = 1 + d.number(20); left > 0 && copy.length > 0; left--) copy[d.number(copy.length)] = d.number(256);
    return copy;
  },
  'cut short': (bytes, d) => bytes.subarray(0, somewhere(bytes, d)),
  'head cut off': (bytes, d) => bytes.subarray(d.number(Math.min(bytes.length, 200) + 1)),
  'a part twice': (bytes, d) => {
    const from = somewhere(bytes, d);
    return inserted(bytes, from, bytes.subarray(from, from + d.number(2_000)));
  },
  'odd bytes': (bytes, d) => inserted(bytes, somewhere(bytes, d), d.oneOf(ODD_BYTES)),
  'odd text': (bytes, d) => put(bytes, d, d.oneOf(ODD_TEXT)),
  'very long': (bytes, d) => put(bytes, d, d.oneOf(['A', 'é', '9']).repeat(1 + d.number(40_000))),
  'UTF-16': (bytes, d) => {
    const wide = Buffer.from(bytes.toString('latin1'), 'utf16le');
    return d.number(2) === 0 ? wide : wide.swap16();
  },
  'another number': (bytes, d) => {
    const text = bytes.toString('latin1');
    const runs = [...text.matchAll(/\d{4,}/g)];
    const run = runs[d.number(Math.max(1, runs.length))];
    if (!run) return bytes;
    const end = run.index + run[0].length;
    return Buffer.concat([bytes.subarray(0, run.index), Buffer.from(d.oneOf(ODD_NUMBERS)), bytes.subarray(end)]);
  },
  nothing: () => Buffer.alloc(0),
};

const segments = (bytes: Buffer): string[] => bytes.toString('latin1').split('\r');
const joined = (lines: readonly string[]): Buffer => Buffer.from(lines.join('\r'), 'latin1');

const OF_HL7: Record<string, Change> = {
  'segments shuffled': (bytes, d) => {
    const [first = '', ...rest] = segments(bytes);
    for (let at = rest.length - 1; at > 0; at--) {
      const other = d.number(at + 1);
      [rest[at], rest[other]] = [rest[other] ?? '', rest[at] ?? ''];
    }
    return joined([first, ...rest]);
  },
  'a segment many times': (bytes, d) => {
    const lines = segments(bytes);
    const at = d.number(lines.length);
    return joined([...lines.slice(0, at), ...Array<string>(d.number(300)).fill(lines[at] ?? ''), ...lines.slice(at)]);
  },
  'a segment away': (bytes, d) => {
    const lines = segments(bytes);
    return joined(lines.toSpliced(d.number(lines.length), 1));
  },
  'other separators': (bytes, d) => {
    const text = bytes.toString('latin1');
    const from = d.oneOf(['|', '^', '~', '\\', '&']);
    return Buffer.from(text.replaceAll(from, d.oneOf(['|', '^', '~', '\\', '&', '#', '\r', ' '])), 'latin1');
  },
  'nested deep': (bytes, d) => put(bytes, d, d.oneOf(['^', '~', '&', '|', '^&~']).repeat(1 + d.number(10_000))),
  'broken escapes': (bytes, d) =>
    put(bytes, d, d.oneOf(['\\X0D0A\\', '\\XZZ\\', '\\', '\\.br', '\\H\\N\\', '\\C2842\\'])),
  'lines ended otherwise': (bytes, d) =>
    Buffer.from(bytes.toString('latin1').replaceAll('\r', d.oneOf(['\n', '\r\n', '\r\r', '\u0085'])), 'latin1'),
  'another character set': (bytes, d) => {
    const [header = '', ...rest] = segments(bytes);
    const fields = header.split('|');
    fields[17] = d.oneOf(['UNICODE UTF-8', '8859/1', 'ASCII', 'UNICODE UTF-16', 'BIG-5', '~~~']);
    return joined([Array.from(fields, (field) => field ?? '').join('|'), ...rest]);
  },
  'another answer asked for': (bytes, d) => {
    const [header = '', ...rest] = segments(bytes);
    const fields = header.split('|');
    fields[14] = d.oneOf(['AL', 'NE', 'ER', 'SU', 'xx']);
    fields[15] = d.oneOf(['AL', 'NE', 'ER', 'SU', '']);
    return joined([Array.from(fields, (field) => field ?? '').join('|'), ...rest]);
  },
};

const VALUES: [unknown, ...unknown[]] = [
  null,
  true,
  -1,
  1e308,
  '',
  'Z',
  [],
  {},
  [[]],
  [null],
  { resourceType: 'Patient' },
  { reference: '#' },
  '2026-02-30',
  '9999-12-31T23:59:60Z',
];

/** Reads, changes one place, writes; what cannot be read any more stays as it is. */
const ofJson =
  (change: (holder: Record<string, unknown>, key: string, d: Dice) => void): Change =>
  (bytes, d) => {
    const root = parsed(bytes);
    const places = placesIn(root);
    const place = places[d.number(Math.max(1, places.length))];
    if (!place) return bytes;
    change(place.holder, place.key, d);
    return written(root) ?? bytes;
  };

/** Null for what an earlier change nested deeper than can be written. */
function written(root: unknown): Buffer | null {
  try {
    return Buffer.from(JSON.stringify(root));
  } catch {
    return null;
  }
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

type Place = { holder: Record<string, unknown>; key: string };

function placesIn(value: unknown, found: Place[] = [], depth = 0): Place[] {
  if (typeof value !== 'object' || value === null || found.length > 5_000 || depth > 100) return found;
  const holder = value as Record<string, unknown>;
  for (const key of Object.keys(holder)) {
    found.push({ holder, key });
    placesIn(holder[key], found, depth + 1);
  }
  return found;
}

const OF_FHIR: Record<string, Change> = {
  'another value': ofJson((holder, key, d) => {
    holder[key] = d.oneOf(VALUES);
  }),
  'a value away': ofJson((holder, key) => {
    delete holder[key];
  }),
  'in a list': ofJson((holder, key) => {
    holder[key] = [holder[key]];
  }),
  'many times': ofJson((holder, key, d) => {
    holder[key] = Array(d.number(300)).fill(holder[key]);
  }),
  'an unknown name': ofJson((holder, key, d) => {
    holder[d.oneOf(['constructor', 'toString', 'x'.repeat(5_000), '', 'id', 'resourceType'])] = holder[key];
  }),
  'itself inside': ofJson((holder, key) => {
    holder[key] = parsed(written(holder) ?? Buffer.from('{}'));
  }),
  'nested deep': (bytes, d) => {
    const depth = 1 + d.number(20_000);
    return put(bytes, d, `${'{"a":['.repeat(depth)}${d.number(2) === 0 ? ']}'.repeat(depth) : ''}`);
  },
  'nested deep in place': (bytes, d) => {
    const depth = 1 + d.number(5_000);
    const text = bytes.toString('utf8');
    const extension = `"extension":${'[{"url":"u","extension":'.repeat(depth)}[]${'}]'.repeat(depth)},`;
    return Buffer.from(text.replace(/"resourceType"/, () => `${extension}"resourceType"`));
  },
  'a prototype': (bytes) => Buffer.from(bytes.toString('utf8').replace('{', '{"__proto__":{"resourceType":"Bundle"},')),
  'a name twice': (bytes) => Buffer.from(bytes.toString('utf8').replace('{', '{"resourceType":"Patient",')),
};

const OWN: Record<Shape['kind'], Record<string, Change>> = { hl7: OF_HL7, fhir: OF_FHIR };
