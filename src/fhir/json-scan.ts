/** What is wrong with a JSON text, and where: `at` counts from its first character, `path` from its root. */
export type JsonTrouble = {
  kind: 'wrong' | 'ends-early' | 'too-deep' | 'said-twice';
  at: number;
  path: readonly (string | number)[];
};

type Scan = {
  readonly text: string;
  readonly maxDepth: number;
  at: number;
  /** One step for each object or list that is open. */
  readonly path: (string | number)[];
  wrong: JsonTrouble | null;
  twice: JsonTrouble | null;
};

/**
 * RFC 8259, to the letter. A reader that takes the last of two values under one name hides what another reader would
 * take, so a name that an object holds twice is trouble too. Reads once from left to right and keeps no more than the
 * names of what is open, whatever the text is.
 */
export function troubleIn(text: string, maxDepth: number): JsonTrouble | null {
  const scan: Scan = { text, maxDepth, at: 0, path: [], wrong: null, twice: null };
  if (readValue(scan) && scan.at < text.length) stop(scan);
  return scan.wrong ?? scan.twice;
}

const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const ESCAPE = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BLANK = 0x20;
const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;

/** Each of these reads on from `at`, and is false where it could not: then `wrong` says why. */
type Read = (scan: Scan) => boolean;

// It calls itself for what is inside, never deeper than `maxDepth`.
function readValue(scan: Scan): boolean {
  skipBlanks(scan);
  const sign = scan.text[scan.at];
  const read = sign === '{' ? readObject : sign === '[' ? readList : sign === '"' ? readString : readScalar;
  const isRead = read(scan);
  if (isRead) skipBlanks(scan);
  return isRead;
}

const readObject: Read = (scan) => {
  if (!isOpened(scan)) return false;
  if (isNext(scan, '}')) return true;
  const names = new Set<string>();
  do {
    skipBlanks(scan);
    if (!readName(scan, names) || !readValue(scan)) return false;
    scan.path.pop();
  } while (isNext(scan, ','));
  return isNext(scan, '}') || stop(scan);
};

const readList: Read = (scan) => {
  if (!isOpened(scan)) return false;
  if (isNext(scan, ']')) return true;
  let index = 0;
  do {
    scan.path.push(index);
    if (!readValue(scan)) return false;
    scan.path.pop();
    index += 1;
  } while (isNext(scan, ','));
  return isNext(scan, ']') || stop(scan);
};

function isOpened(scan: Scan): boolean {
  if (scan.path.length >= scan.maxDepth) return stop(scan, 'too-deep');
  scan.at += 1;
  skipBlanks(scan);
  return true;
}

/** A name, which becomes a step of the path, and the colon after it. */
function readName(scan: Scan, names: Set<string>): boolean {
  const from = scan.at;
  if (!readString(scan)) return false;
  const name = written(scan.text.slice(from, scan.at));
  scan.path.push(name);
  if (names.has(name)) scan.twice ??= { kind: 'said-twice', at: from, path: [...scan.path] };
  names.add(name);
  skipBlanks(scan);
  return isNext(scan, ':') || stop(scan);
}

/** The same name may be written with escapes or without. */
const written = (name: string): string => (name.includes('\\') ? String(JSON.parse(name)) : name.slice(1, -1));

/** Character by character: a pattern for the whole would keep a way back for each, and a text can be long. */
const readString: Read = (scan) => {
  const { text } = scan;
  if (text.charCodeAt(scan.at) !== QUOTE) return stop(scan);
  for (scan.at += 1; scan.at < text.length; scan.at += 1) {
    const code = text.charCodeAt(scan.at);
    if (code < BLANK) return stop(scan);
    if (code === QUOTE) {
      scan.at += 1;
      return true;
    }
    if (code === BACKSLASH) {
      scan.at += 1;
      if (!skip(scan, ESCAPE)) return stop(scan);
      scan.at -= 1;
    }
  }
  return stop(scan);
};

const readScalar: Read = (scan) => skip(scan, SCALAR) || stop(scan);

function skipBlanks(scan: Scan): void {
  const { text } = scan;
  for (let code = text.charCodeAt(scan.at); code <= BLANK; code = text.charCodeAt(scan.at)) {
    if (code !== BLANK && code !== LF && code !== CR && code !== TAB) return;
    scan.at += 1;
  }
}

/** Past a sticky pattern; false where it does not fit. */
function skip(scan: Scan, pattern: RegExp): boolean {
  pattern.lastIndex = scan.at;
  const fits = pattern.test(scan.text);
  if (fits) scan.at = pattern.lastIndex;
  return fits;
}

function isNext(scan: Scan, sign: string): boolean {
  const isIt = scan.text[scan.at] === sign;
  if (isIt) scan.at += 1;
  return isIt;
}

function stop(scan: Scan, kind: JsonTrouble['kind'] = 'wrong'): false {
  const { at, text, path } = scan;
  scan.wrong = { kind: at >= text.length ? 'ends-early' : kind, at, path: [...path] };
  return false;
}
