import { error, type Issue } from './issue.js';
import { type JsonTrouble, troubleIn } from './json-scan.js';

export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Deeper than any real resource; what is deeper is made to break a reader. */
const MAX_DEPTH = 50;

/** FHIR JSON to its value. What is wrong is named by line and column, and by its element where it has one. */
export function readJson(bytes: Uint8Array): { value: unknown } | { issue: Issue } {
  const decoded = decode(bytes);
  if ('badAt' in decoded) {
    const text = `${placeIn(decoded.text, decoded.badAt)} the bytes are not UTF-8, which FHIR JSON must be`;
    return { issue: error('structure', null, text) };
  }
  const trouble = troubleIn(decoded.text, MAX_DEPTH);
  if (trouble && trouble.kind !== 'said-twice') {
    return { issue: error('structure', null, `${placeIn(decoded.text, trouble.at)} ${SAYS[trouble.kind]}`) };
  }
  const value: unknown = JSON.parse(decoded.text);
  if (!trouble) return { value };
  const text = `${placeIn(decoded.text, trouble.at)} a name stands in the same object for the second time: say it once`;
  return { issue: error('structure', elementAt(trouble, value), text) };
}

const SAYS = {
  wrong: 'this is not JSON: a bracket, comma, colon or quote is wrong or missing, or a value is none',
  'ends-early': 'the JSON ends too early',
  'too-deep': `the JSON is nested deeper than ${MAX_DEPTH} levels`,
};

const STRICT = new TextDecoder('utf-8', { fatal: true });
const LENIENT = new TextDecoder('utf-8');

/** Without a byte order mark. `badAt`: the character that stands in the text for the first byte that is none. */
function decode(bytes: Uint8Array): { text: string } | { text: string; badAt: number } {
  try {
    return { text: STRICT.decode(bytes) };
  } catch {
    const text = LENIENT.decode(bytes);
    return { text, badAt: firstReplaced(text, bytes) };
  }
}

/** A sender may mean U+FFFD itself; it is what replaced a byte only where those bytes are not its own. */
function firstReplaced(text: string, bytes: Uint8Array): number {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  let from = 0;
  let byte = hasMark ? 3 : 0;
  for (let at = text.indexOf('\uFFFD'); at >= 0; at = text.indexOf('\uFFFD', from)) {
    byte += Buffer.byteLength(text.slice(from, at));
    if (bytes[byte] !== 0xef || bytes[byte + 1] !== 0xbf || bytes[byte + 2] !== 0xbd) return at;
    byte += 3;
    from = at + 1;
  }
  return text.length;
}

/** Both from 1. */
function placeIn(text: string, at: number): string {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  return `line ${line}, column ${at - before.lastIndexOf('\n')}:`;
}

const ELEMENT = /^_?[a-z][A-Za-z]{0,63}$/;

/** As FHIRPath; null where a name in it could not be FHIR's, for it may be about a person. */
function elementAt({ path }: JsonTrouble, root: unknown): string | null {
  const type = isObject(root) ? root.resourceType : undefined;
  if (typeof type !== 'string' || !/^[A-Z][A-Za-z]{1,60}$/.test(type)) return null;
  if (!path.every((step) => typeof step === 'number' || ELEMENT.test(step))) return null;
  return `${type}${path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('')}`;
}
