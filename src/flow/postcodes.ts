import type { Area, Directory, Membership, SmallArea } from '../organisations/directory.js';
import { codeKey, type Imported, NOTHING_IMPORTED, postcodeKey, withImported } from '../organisations/imported.js';
import type { Fact } from '../register/fact.js';
import { importedEditions } from '../store/imports.js';
import { type PostcodePlace, postcodeStore } from '../store/postcodes.js';
import { type PracticeRow, practiceRows } from '../store/practices.js';
import { type SmallAreaRow, smallAreaRows } from '../store/small-areas.js';
import type { Db } from '../store/transaction.js';
import { directoryToday } from './directory-today.js';
import { grouped } from './grouped.js';

/** The postcodes in which these facts say that people lived before a detention, as they are looked up. */
export const postcodesIn = (facts: readonly Fact[]): string[] => [
  ...new Set(
    facts.flatMap((fact) =>
      fact.kind === 'ordinary-residence' && fact.postcode !== null ? [postcodeKey(fact.postcode)] : [],
    ),
  ),
];

/** The GP practices that these facts name, as they are looked up. */
export const practicesIn = (facts: readonly Fact[]): string[] => [
  ...new Set(facts.flatMap((fact) => (fact.kind === 'gp-practice' ? [codeKey(fact.code)] : []))),
];

/**
 * The directory for folding these facts: with every change of bodies that was applied, it knows what the imported files say
 * of the postcodes and the GP practices in them. The editions are read first: a file that is imported meanwhile leaves entries that call themselves older than they
 * are, and never newer.
 */
export const directoryFor = (facts: readonly Fact[], loaded: Directory, db: Db): Promise<Directory> =>
  directoryForThose([facts], loaded, db);

/** The same for the facts of many, which are gone through once, and only where anything was imported. */
export async function directoryForThose(
  many: Iterable<readonly Fact[]>,
  loaded: Directory,
  db: Db,
): Promise<Directory> {
  const directory = await directoryToday(loaded, db);
  const edition = await importedEditions(db);
  if (edition === null) return directory;
  const { postcodes, practices } = lookedUpIn(many);
  const places = postcodes.length === 0 ? [] : await postcodeStore(db).places(postcodes);
  const lsoas = lsoasOf(places);
  return withImported(directory, {
    edition,
    areas: byPostcode(places),
    practices: practices.length === 0 ? NOTHING_IMPORTED.practices : byPractice(await practiceRows(db, practices)),
    smallAreas: lsoas.length === 0 ? NOTHING_IMPORTED.smallAreas : byArea(await smallAreaRows(db, lsoas)),
  });
}

function lookedUpIn(many: Iterable<readonly Fact[]>): { postcodes: string[]; practices: string[] } {
  const [postcodes, practices] = [new Set<string>(), new Set<string>()];
  for (const facts of many) {
    for (const postcode of postcodesIn(facts)) postcodes.add(postcode);
    for (const practice of practicesIn(facts)) practices.add(practice);
  }
  return { postcodes: [...postcodes], practices: [...practices] };
}

export const lsoasOf = (places: readonly Area[]): string[] => [
  ...new Set(places.flatMap(({ lsoa11, lsoa21 }) => [lsoa11, lsoa21].flatMap((lsoa) => lsoa ?? []))),
];

export const byPostcode = (places: readonly PostcodePlace[]): Imported['areas'] =>
  new Map(places.map(({ postcode, ...area }) => [postcode, area]));

export const byPractice = (rows: readonly PracticeRow[]): Imported['practices'] =>
  grouped(rows, ({ code, commissioner, from, to }): [string, Membership] => [code, { commissioner, from, to }]);

export const byArea = (rows: readonly SmallAreaRow[]): Imported['smallAreas'] =>
  grouped(rows, ({ lsoa, ...area }): [string, SmallArea] => [lsoa, area]);
