import type { Directory } from '../organisations/directory.js';
import { type Postcodes, postcodeKey, withPostcodes } from '../organisations/postcodes.js';
import type { Fact } from '../register/fact.js';
import { compare } from '../register/order.js';
import { type PostcodePlace, postcodeStore } from '../store/postcodes.js';
import type { Db } from '../store/transaction.js';
import { directoryToday } from './directory-today.js';
import { newTally, readPlaces } from './postcode-file.js';

/** The postcodes in which these facts say that people lived before a detention, as they are looked up. */
export const postcodesIn = (facts: readonly Fact[]): string[] => [
  ...new Set(
    facts.flatMap((fact) =>
      fact.kind === 'ordinary-residence' && fact.postcode !== null ? [postcodeKey(fact.postcode)] : [],
    ),
  ),
];

/**
 * The directory for folding these facts: with every change of bodies that was applied, and it knows where their postcodes
 * lie, if a national file was imported. Editions are read first: a file that is imported meanwhile leaves entries that call themselves older than they are, and never newer.
 */
export async function directoryFor(facts: readonly Fact[], loaded: Directory, db: Db): Promise<Directory> {
  const directory = await directoryToday(loaded, db);
  const store = postcodeStore(db);
  const imported = await store.edition();
  if (imported === null) return directory;
  const named = postcodesIn(facts);
  const places = named.length === 0 ? [] : await store.places(named);
  return withPostcodes(directory, { edition: imported.edition, areas: byPostcode(places) });
}

const byPostcode = (places: readonly PostcodePlace[]): Postcodes['areas'] =>
  new Map(places.map(({ postcode, ...area }) => [postcode, area]));

/** As `directoryFor`, by a file and without a database. Throws Fault `usage` for what is no national postcode file. */
export async function directoryOfFile(facts: readonly Fact[], directory: Directory, file: string): Promise<Directory> {
  const named = new Set(postcodesIn(facts));
  const found: PostcodePlace[] = [];
  const tally = newTally();
  await readPlaces(file, tally, async (places) => {
    found.push(...places.filter(({ postcode }) => named.has(postcode)));
  });
  const areas = byPostcode(found.sort(lastCounts));
  return withPostcodes(directory, { edition: tally.digest.digest('hex').slice(0, 12), areas });
}

/** Of a postcode that comes twice the same row counts as in an import (`merge` of the store): it stands last here. */
function lastCounts(a: PostcodePlace, b: PostcodePlace): number {
  const codes = ({ council, lsoa11, lsoa21, subIcb, icb }: PostcodePlace) =>
    [council, lsoa11, lsoa21, subIcb, icb].map((code) => code ?? AFTER_ALL).join(' ');
  return compare(a.introducedOn ?? '', b.introducedOn ?? '') || compare(codes(b), codes(a));
}

const AFTER_ALL = '~';
