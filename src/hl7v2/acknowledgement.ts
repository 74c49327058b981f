import type { AckCode } from './answers.js';
import type { Header } from './message.js';

export type Answer = {
  code: AckCode;
  /** For people, in MSA-3 and ERR. Never patient data. */
  text?: string;
  /** Where the trouble is: `MSH-4`, `PID-3.1`. */
  errorLocation?: string;
  /** A code of HL7 table 0357 (digits), or one of the application's own. */
  errorCode?: string;
};

const APPLICATION_INTERNAL_ERROR = '207';
const USUAL: Header['separators'] = { field: '|', component: '^', repetition: '~', escape: '\\', subcomponent: '&' };

/**
 * The acknowledgement of a message, in the sender's own separators and version, from us to where it came from.
 * MSA-2 is MSH-10 as it came. Refusals say where and why in ERR, in the form of v2.5 or, before it, in ERR-1.
 * Write it with `acknowledgementBytes`, so that what is echoed keeps its bytes.
 */
export function acknowledge(header: Header, answer: Answer, at: Date, controlId: string): string {
  const { raw, separators, trigger } = header;
  const { field, component } = separators;
  const type = trigger === '' ? 'ACK' : ['ACK', trigger, 'ACK'].join(component);
  const msh = [
    ...['MSH', encodingCharacters(separators), raw.msh5, raw.msh6, raw.msh3, raw.msh4, timestamp(at), '', type],
    ...[controlId, raw.msh11, raw.msh12, '', '', '', '', '', raw.msh18],
  ];
  const msa = ['MSA', answer.code, header.controlId, plain(answer.text ?? '', separators)];
  return segments([msh, msa, ...errorSegment(header, answer)], field);
}

/** The refusal of bytes without a readable header: nothing to echo, so MSA-2 is empty. */
export function acknowledgeUnreadable(at: Date, controlId: string, text: string): string {
  const msh = ['MSH', encodingCharacters(USUAL), '', '', '', '', timestamp(at), '', 'ACK', controlId, 'P', '2.5'];
  return segments([msh, ['MSA', 'AR', '', plain(text, USUAL)]], USUAL.field);
}

/** The bytes to send; `header` is null for an acknowledgement of what could not be read. */
export const acknowledgementBytes = (acknowledgement: string, header: Header | null): Uint8Array =>
  Buffer.from(acknowledgement, header?.encoding ?? 'utf8');

/** Empty fields at the end of a segment are left out, as v2 allows. */
const segments = (rows: string[][], field: string): string =>
  rows.map((row) => `${row.slice(0, row.findLastIndex((value) => value !== '') + 1).join(field)}\r`).join('');

const encodingCharacters = (s: Header['separators']) => s.component + s.repetition + s.escape + s.subcomponent;

/** UTC to the second, saying so. */
const timestamp = (at: Date) => `${at.toISOString().replace(/[-T:]/g, '').slice(0, 14)}+0000`;

function errorSegment(header: Header, answer: Answer): string[][] {
  const isPositive = answer.code === 'AA' || answer.code === 'CA';
  if (isPositive || (!answer.errorLocation && !answer.errorCode)) return [];

  const { separators } = header;
  const [segment = '', field = '', component = ''] = answer.errorLocation?.split(/[-.]/) ?? [];
  const isTableCode = /^\d+$/.test(answer.errorCode ?? '');
  const code = isTableCode ? (answer.errorCode ?? '') : APPLICATION_INTERNAL_ERROR;
  if (!isAtLeast25(header.version)) {
    const coded = separators.subcomponent === '' ? code : [code, '', 'HL70357'].join(separators.subcomponent);
    return [['ERR', [segment, segment && '1', field, coded].join(separators.component)]];
  }
  const location =
    segment === '' ? [] : component === '' ? [segment, '1', field] : [segment, '1', field, '1', component];
  const own = isTableCode ? '' : plain(answer.errorCode ?? '', separators);
  const coded = [code, '', 'HL70357'].join(separators.component);
  const text = plain(answer.text ?? '', separators);
  return [['ERR', '', location.join(separators.component), coded, 'E', own, '', '', text]];
}

function isAtLeast25(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 2 || (major === 2 && minor >= 5);
}

/** Text for a field: ASCII, since the sender's character set is theirs to choose, on one line, and escaped. */
function plain(text: string, separators: Header['separators']): string {
  const { field, component, repetition, escape: mark, subcomponent } = separators;
  const codes = new Map([
    [field, 'F'],
    [component, 'S'],
    [repetition, 'R'],
    [mark, 'E'],
    [subcomponent, 'T'],
  ]);
  const ascii = text
    .replace(/[–—]/g, '-')
    .replace(/\s+/g, ' ')
    .replace(/[^ -~]/g, '?');
  return [...ascii]
    .map((char) => {
      const code = codes.get(char);
      return code === undefined ? char : mark === '' ? ' ' : mark + code + mark;
    })
    .join('');
}
