import type { Directory, OrganisationTables } from '../organisations/directory.js';
import type { Day } from './day.js';
import type { Side } from './responsibility.js';
import { plainWords } from './spelling.js';

/** What an organisation is, as it was written: bodies of either side by the codes they have on a day, or a trust. */
export type KnownBody = Record<Side, readonly string[]> & { isTrust: boolean };

/**
 * By a code of the tables, with other words beside it or none, or by the name that they give it. Nothing where neither is
 * known: it is in words.
 */
export function knownBody(written: string, writtenOn: Day, asOf: Day, directory: Directory): KnownBody {
  const bodiesOf = (codes: readonly string[]) =>
    together(codes.map((code) => bodyOf(code, writtenOn, asOf, directory)));
  const letters = lettersOf(written);
  const named = [[letters], codesByName(directory.tables).get(letters) ?? []].map(bodiesOf);
  return named.find(isKnown) ?? bodiesOf(plainWords(written).filter((word) => MAY_BE_CODE.test(word)));
}

/** A number by itself may be of anything. */
const MAY_BE_CODE = /^(?=.*\p{L}).{3,}$/u;

const isKnown = ({ council, icb, isTrust }: KnownBody): boolean => isTrust || council.length > 0 || icb.length > 0;

const together = (bodies: readonly KnownBody[]): KnownBody => ({
  council: bodies.flatMap(({ council }) => council),
  icb: bodies.flatMap(({ icb }) => icb),
  isTrust: bodies.some(({ isTrust }) => isTrust),
});

/** Two organisations are one where these are equal. */
export const lettersOf = (written: string): string => plainWords(written).join('');

function bodyOf(code: string, writtenOn: Day, asOf: Day, directory: Directory): KnownBody {
  const [council, icb] = [directory.council(code, writtenOn, asOf), directory.commissioner(code, writtenOn, asOf)].map(
    (found) => {
      if (found.kind === 'unknown') return [];
      return found.kind === 'found' ? [found.body.code] : found.candidates.map((body) => body.code);
    },
  );
  const isTrust = directory.meanings(code, writtenOn, asOf).some(({ meant }) => meant.kind === 'trust');
  return { council: council ?? [], icb: icb ?? [], isTrust };
}

const NAMES = new WeakMap<OrganisationTables, ReadonlyMap<string, readonly string[]>>();

/** Under each name, and each code of the Office for National Statistics, the code of whoever goes by it. */
function codesByName(tables: OrganisationTables): ReadonlyMap<string, readonly string[]> {
  const held = NAMES.get(tables);
  if (held) return held;
  const codes = new Map<string, string[]>();
  for (const { body } of tables.bodies.map((row) => row.value)) {
    for (const name of [body.name, body.gss ?? []].flat().map(lettersOf)) {
      codes.set(name, [...new Set([...(codes.get(name) ?? []), body.code])]);
    }
  }
  NAMES.set(tables, codes);
  return codes;
}
