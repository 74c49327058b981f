import { createHash } from 'node:crypto';

// PostgreSQL's text cannot hold them: NUL, and halves of surrogate pairs in JSON.
const UNSTORABLE = /[\0\p{Surrogate}]/gu;
// Also whole pairs, which may stay: a cheap look first, since hardly any text has either.
const PERHAPS_UNSTORABLE = /[\0\ud800-\udfff]/;

/** The text with U+FFFD for what PostgreSQL cannot hold. */
export const plainText = (text: string): string =>
  PERHAPS_UNSTORABLE.test(text) ? text.replace(UNSTORABLE, '\uFFFD') : text;

// Four such columns fit in one index row (at most 2,704 bytes) whatever the script.
const MAX_KEY_CHARACTERS = 160;

/** Text for an indexed column. Longer text keeps its beginning and gets a digest, so that different stays different. */
export function keyText(text: string): string {
  const plain = plainText(text);
  if (plain.length <= MAX_KEY_CHARACTERS) return plain;
  const digest = createHash('sha256').update(plain).digest('hex');
  return plainText(`${plain.slice(0, MAX_KEY_CHARACTERS - digest.length - 1)}#${digest}`);
}

/** A value for a jsonb parameter; null stays SQL null. */
export const jsonText = (value: unknown): string | null => (value === null ? null : storableJson(value));

// As JSON.stringify writes what PostgreSQL cannot hold. Looking for it afterwards is much faster than at every member.
const ESCAPED_UNSTORABLE = /\\u(?:0000|d[89a-f])/;

function storableJson(value: unknown): string {
  const text = JSON.stringify(value);
  if (!ESCAPED_UNSTORABLE.test(text)) return text;
  return JSON.stringify(value, (_, member) => (typeof member === 'string' ? plainText(member) : member));
}

/** Values as one JSON array, for `jsonb_array_elements`: an array parameter would have to escape every quote in them. */
export const jsonArrayText = (values: readonly unknown[]): string => `[${values.map(storableJson).join(',')}]`;
