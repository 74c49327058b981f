import type { Directory } from '../organisations/directory.js';
import { type Imported, NOTHING_IMPORTED, withImported } from '../organisations/imported.js';
import { joined } from '../organisations/memberships.js';
import type { Day } from '../register/day.js';
import type { Fact } from '../register/fact.js';
import { compare } from '../register/order.js';
import type { PostcodePlace } from '../store/postcodes.js';
import type { SmallAreaRow } from '../store/small-areas.js';
import { newAreaTally, readAreas } from './import-areas.js';
import { newPracticeTally, readPractices } from './import-practices.js';
import { newPostcodeTally, readPlaces } from './postcode-file.js';
import { byArea, byPostcode, lsoasOf, postcodesIn, practicesIn } from './postcodes.js';

/** National files by their paths; each kind may be left out. */
export type Files = { postcodes: string | null; practices: string | null; areas: string | null };

/** As `directoryFor`, by files and without a database. Throws Fault `usage` for a file that is not of its kind. */
export async function directoryOfFiles(
  facts: readonly Fact[],
  directory: Directory,
  { files, today }: { files: Files; today: Day },
): Promise<Directory> {
  if (Object.values(files).every((file) => file === null)) return directory;
  const places = files.postcodes === null ? [] : await placesIn(files.postcodes, new Set(postcodesIn(facts)));
  return withImported(directory, {
    edition: 'files',
    areas: byPostcode(places),
    practices:
      files.practices === null
        ? NOTHING_IMPORTED.practices
        : await membershipsIn(files.practices, new Set(practicesIn(facts)), today),
    smallAreas:
      files.areas === null ? NOTHING_IMPORTED.smallAreas : byArea(await areasIn(files.areas, new Set(lsoasOf(places)))),
  });
}

async function placesIn(file: string, named: ReadonlySet<string>): Promise<PostcodePlace[]> {
  const found: PostcodePlace[] = [];
  await readPlaces(file, newPostcodeTally(), async (places) => {
    found.push(...places.filter(({ postcode }) => named.has(postcode)));
  });
  return found.sort(lastCounts);
}

/** Of a postcode that comes twice the same row counts as in an import (`merge` of the store): it stands last here. */
function lastCounts(a: PostcodePlace, b: PostcodePlace): number {
  const codes = ({ council, lsoa11, lsoa21, subIcb, icb }: PostcodePlace) =>
    [council, lsoa11, lsoa21, subIcb, icb].map((code) => code ?? AFTER_ALL).join(' ');
  return compare(a.introducedOn ?? '', b.introducedOn ?? '') || compare(codes(b), codes(a));
}

const AFTER_ALL = '~';

async function membershipsIn(file: string, named: ReadonlySet<string>, today: Day): Promise<Imported['practices']> {
  const found: [string, ReturnType<typeof joined>][] = [];
  await readPractices(file, newPracticeTally(), async (practices) => {
    for (const practice of practices)
      if (named.has(practice.code)) found.push([practice.code, joined([], practice.joined, today)]);
  });
  return new Map(found);
}

async function areasIn(file: string, named: ReadonlySet<string>): Promise<SmallAreaRow[]> {
  const found: SmallAreaRow[] = [];
  await readAreas(file, newAreaTally(), async (areas) => {
    found.push(...areas.filter(({ lsoa }) => named.has(lsoa)));
  });
  return found.sort((a, b) => compare(b.from, a.from));
}
