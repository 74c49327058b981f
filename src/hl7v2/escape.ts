import { decodeText } from './charset.js';
import type { Header } from './message.js';

/**
 * Undoes the escape sequences of HL7 v2.5.1 chapter 2.7, whatever the escape character: separators, `\Xhh\` in the
 * message's character set, line breaks. Highlighting, indents, character set switches and local `\Z..\` are dropped.
 * What is not an escape sequence stays as it is.
 */
export function unescaped(text: string, separators: Header['separators'], charset: string): string {
  const { escape: character } = separators;
  if (character === '' || !text.includes(character)) return text;
  return text.replace(sequenceOf(character), (_, code: string) => meaningOf(code, separators, charset));
}

/** By escape character, of which there are few. */
const sequences = new Map<string, RegExp>();

function sequenceOf(character: string): RegExp {
  const known = sequences.get(character);
  if (known) return known;
  const mark = `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const sequence = new RegExp(
    `${mark}([FSTREPHN]|X(?:[0-9A-Fa-f]{2})+|\\.[a-z]{2}[+-]?\\d*|[CM][0-9A-Fa-f]{4,6}|Z\\w*)${mark}`,
    'g',
  );
  sequences.set(character, sequence);
  return sequence;
}

function meaningOf(code: string, separators: Header['separators'], charset: string): string {
  switch (code) {
    case 'F':
      return separators.field;
    case 'S':
      return separators.component;
    case 'T':
      return separators.subcomponent;
    case 'R':
      return separators.repetition;
    case 'E':
      return separators.escape;
    case 'P':
      return '#';
    default:
      return code.startsWith('X') ? hexText(code.slice(1), charset) : lineBreak(code);
  }
}

function hexText(hex: string, charset: string): string {
  const decoded = decodeText(Buffer.from(hex, 'hex'), charset);
  return decoded.ok ? decoded.text : '\ufffd';
}

/** `.br` and `.ce` end a line, `.sp+n` ends n of them. */
function lineBreak(code: string): string {
  if (code === '.br' || code === '.ce') return '\n';
  if (code.startsWith('.sp')) return '\n'.repeat(Math.min(Number(code.slice(3)) || 1, 100));
  return '';
}
