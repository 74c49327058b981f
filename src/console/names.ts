import type { Day } from '../register/day.js';
import type { Tables } from '../tables.js';

/** The name that goes with a code; null where nobody knows it. */
export type NameOf = (code: string) => string | null;

/** A code of a council, an NHS body or a trust as they stand in a sentence; a number of digits alone is none. */
const CODE = /\b(?=[A-Z0-9]*[A-Z])[A-Z0-9]{3,9}\b/g;

/** `Birmingham City Council (E08000025)`: who is on the phone does not know the code. */
export const withNames = (text: string, nameOf: NameOf): string =>
  text.replace(CODE, (code) => {
    const name = nameOf(code);
    return name ? `${name} (${code})` : code;
  });

const LONG_AGO: Day = '1990-01-01';
const CHANGES_LOOKED_AT = 8;

/**
 * The name of a council or an NHS body by its own code: today's while it lives, else the one it had. A code that only
 * stands for another body has none of its own.
 */
export function bodyNames({ directory }: Pick<Tables, 'directory'>, today: Day): NameOf {
  const known = new Map<string, string | null>();
  const nameOn = (code: string, day: Day): string | null => {
    const found = [directory.council(code, day, day), directory.commissioner(code, day, day)];
    return (
      found.flatMap((each) => (each.kind === 'found' && each.body.code === code ? [each.body.name] : []))[0] ?? null
    );
  };
  const found = (code: string): string | null => {
    const now = nameOn(code, today);
    if (now !== null) return now;
    let day: Day | null = LONG_AGO;
    for (let looked = 0; day !== null && day <= today && looked < CHANGES_LOOKED_AT; looked++) {
      const name = nameOn(code, day);
      if (name !== null) return name;
      day = directory.nextChange(code, day);
    }
    return null;
  };
  return (code) => {
    const name = known.has(code) ? (known.get(code) ?? null) : found(code);
    known.set(code, name);
    return name;
  };
}

/** The same, and what the site file calls the trusts that send. */
export function namesIn(tables: Pick<Tables, 'site' | 'directory'>, today: Day): NameOf {
  const bodies = bodyNames(tables, today);
  const senders = new Map(tables.site.senders.map(({ ods, name }) => [ods, name]));
  return (code) => senders.get(code) ?? bodies(code);
}
