import type { Header } from './message.js';

export type Unescape = (text: string) => string;

/**
 * Undoes the escape sequences of HL7 v2.5.1 chapter 2.7, whatever the escape character: separators, `\Xhh\` in the
 * message's character set, line breaks. Highlighting, indents, character set switches and local `\Z..\` are dropped.
 * What is not an escape sequence stays as it is.
 */
export function unescaper(separators: Header['separators'], decodeHex: (bytes: Uint8Array) => string): Unescape {
  const character = separators.escape;
  if (character === '') return (text) => text;

  const mark = `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const sequence = new RegExp(
    `${mark}([FSTREPHN]|X(?:[0-9A-Fa-f]{2})+|\\.[a-z]{2}[+-]?\\d*|[CM][0-9A-Fa-f]{4,6}|Z\\w*)${mark}`,
    'g',
  );
  const separatorOf: Record<string, string> = {
    F: separators.field,
    S: separators.component,
    T: separators.subcomponent,
    R: separators.repetition,
    E: character,
    P: '#',
  };
  const replace = (_: string, code: string): string => {
    if (code.length === 1) return separatorOf[code] ?? '';
    if (code.startsWith('X')) return decodeHex(Buffer.from(code.slice(1), 'hex'));
    return lineBreak(code);
  };
  return (text) => (text.includes(character) ? text.replace(sequence, replace) : text);
}

/** `.br` and `.ce` end a line, `.sp+n` ends n of them. */
function lineBreak(code: string): string {
  if (code === '.br' || code === '.ce') return '\n';
  if (code.startsWith('.sp')) return '\n'.repeat(Math.min(Number(code.slice(3)) || 1, 100));
  return '';
}
