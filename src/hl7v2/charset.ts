import iconv from 'iconv-lite';

export type Decoded = { ok: true; text: string; warning: string | null } | { ok: false };

/** HL7 table 0211 and the names that senders use instead, to the decoder's name; compared without case and punctuation. */
const DECODERS: Record<string, string> = {
  ...Object.fromEntries(
    [2, 3, 4, 5, 6, 7, 8, 9, 15].flatMap((n) => isoNames(n).map((name) => [name, `iso-8859-${n}`])),
  ),
  // 8859/1 has no printable characters at 80-9F; senders on Windows put quotes and dashes there
  ...Object.fromEntries([...isoNames(1), 'latin1', 'windows1252', 'cp1252'].map((name) => [name, 'windows-1252'])),
  gb180302000: 'gb18030',
  ksx1001: 'euc-kr',
  big5: 'big5',
};

/** Senders in the UK write `UNICODE` and mean UTF-8. */
const UTF8 = new Set(['utf8', 'unicode', 'unicodeutf8']);
const OTHER_UNICODE = new Set(['unicodeutf16', 'utf16', 'unicodeutf32', 'utf32']);

const folded = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Whether a name for a character set is one that can be read. */
export const isCharset = (name: string): boolean =>
  Object.hasOwn(DECODERS, folded(name)) || UTF8.has(folded(name)) || folded(name) === 'ascii';

function isoNames(part: number): string[] {
  return [`8859${part}`, `iso8859${part}`];
}

/**
 * The text of a message by MSH-18. A declared Unicode that the bytes contradict is not guessed around. With nothing
 * (or nothing known) declared: UTF-8 where the bytes are UTF-8, else windows-1252 with a warning.
 */
export function decodeText(bytes: Uint8Array, declared: string): Decoded {
  const name = folded(declared);
  if (OTHER_UNICODE.has(name)) return { ok: false };

  const decoder = DECODERS[name];
  if (decoder !== undefined) return { ok: true, text: iconv.decode(Buffer.from(bytes), decoder), warning: null };

  const text = strictUtf8(bytes);
  if (text !== null) return { ok: true, text, warning: null };
  if (UTF8.has(name)) return { ok: false };
  const declaration = declared === '' ? 'no character set declared' : 'bytes outside the declared character set';
  return {
    ok: true,
    text: iconv.decode(Buffer.from(bytes), 'windows-1252'),
    warning: `MSH-18: ${declaration} and not UTF-8; read as windows-1252`,
  };
}

const UTF8_DECODER = new TextDecoder('utf-8', { fatal: true });

function strictUtf8(bytes: Uint8Array): string | null {
  try {
    return UTF8_DECODER.decode(bytes);
  } catch {
    return null;
  }
}
