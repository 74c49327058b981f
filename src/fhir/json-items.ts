/**
 * The items of a list in the outermost object, each exactly as it was written: a decimal keeps its zeros, which a reader
 * would drop. The text is JSON that has been found to be right.
 */
export function itemsOf(text: string, name: string): string[] {
  const start = listNamed(text, name);
  if (start === null) return [];
  const items: string[] = [];
  let from = start;
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '"') at = endOfString(text, at) - 1;
    else if (sign === '{' || sign === '[') depth += 1;
    else if (depth === 0 && (sign === ',' || sign === ']')) {
      items.push(text.slice(from, at).trim());
      from = at + 1;
      if (sign === ']') break;
    } else if (sign === '}' || sign === ']') depth -= 1;
  }
  return items.filter((item) => item !== '');
}

const LIST_FOLLOWS = /\s*:\s*\[/y;

/** Where the first item of the list could begin; null where the object has no list of that name. */
function listNamed(text: string, name: string): number | null {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '"') {
      const end = endOfString(text, at);
      LIST_FOLLOWS.lastIndex = end;
      if (depth === 1 && LIST_FOLLOWS.test(text) && JSON.parse(text.slice(at, end)) === name) {
        return LIST_FOLLOWS.lastIndex;
      }
      at = end - 1;
    } else if (sign === '{' || sign === '[') depth += 1;
    else if (sign === '}' || sign === ']') depth -= 1;
  }
  return null;
}

/** After the closing quote. A quote is inside where an odd number of backslashes stands before it. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at;
    while (text[before - 1] === '\\') before -= 1;
    if ((at - before) % 2 === 0) return at + 1;
  }
  return text.length;
}
