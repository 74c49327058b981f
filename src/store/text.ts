import { createHash } from 'node:crypto';

// PostgreSQL's text cannot hold them: NUL, and halves of surrogate pairs in JSON.
const UNSTORABLE = /[\0\p{Surrogate}]/gu;

/** The text with U+FFFD for what PostgreSQL cannot hold. */
export const plainText = (text: string): string => text.replace(UNSTORABLE, '\uFFFD');

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
export const jsonText = (value: unknown): string | null =>
  value === null
    ? null
    : JSON.stringify(value, (_, member) => (typeof member === 'string' ? plainText(member) : member));
