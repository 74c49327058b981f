import type { Day } from '../register/day.js';
import type { BodyKind } from './directory.js';
import type { Life, NationalRecord } from './national-facts.js';

/** What a record says of a body of a kind that the tables have. */
export type NationalBody = Life & {
  ods: string;
  kind: BodyKind;
  name: string | null;
  lastChangeOn: Day | null;
  /** The code was another body's before, and was kept open with a new role. */
  isKeptOpen: boolean;
  /** Of a council: since when it has the role that it has now, where it had another with social services before. */
  roleSince: Day | null;
  /** Of a place: its ICBs, in order of time. */
  locatedIn: (Life & { icb: string })[];
};

/** Councils with social services: counties, metropolitan and London boroughs, unitaries. Districts have another role. */
const SOCIAL_SERVICES = ['RO33', 'RO37', 'RO40', 'RO223'];

/** Null for a body of another kind: a GP practice, a site, a commissioning hub, a district. */
export function bodyIn(record: NationalRecord): NationalBody | null {
  const primary = record.roles.find(({ isPrimary }) => isPrimary);
  if (!primary) return null;
  if (primary.id === 'RO261') return withRole(record, 'icb', 'RO318', primary);
  if (primary.id === 'RO98') return withRole(record, 'sub-icb', 'RO319', primary) ?? as(record, 'ccg', record.life);
  if (primary.id === 'RO197') return as(record, 'trust', record.life);
  return primary.id === 'RO141' ? councilIn(record) : null;
}

function councilIn(record: NationalRecord): NationalBody | null {
  const since = record.roles.filter(({ id }) => SOCIAL_SERVICES.includes(id)).map(({ from }) => from ?? '');
  if (since.length === 0) return null;
  const roleSince = since.length > 1 ? (since.sort().at(-1) ?? null) : null;
  return { ...as(record, 'council', record.life), roleSince: roleSince === '' ? null : roleSince };
}

const as = (record: NationalRecord, kind: BodyKind, life: Life): NationalBody => ({
  ods: record.code,
  kind,
  name: record.name,
  lastChangeOn: record.lastChangeOn,
  ...life,
  isKeptOpen: false,
  roleSince: null,
  locatedIn: [],
});

/** STPs had the codes of ICBs, and CCGs those of places: the second role says since when the code is the new body's. */
function withRole(record: NationalRecord, kind: 'icb' | 'sub-icb', role: string, primary: Life): NationalBody | null {
  const held = record.roles.find(({ id }) => id === role);
  if (!held) return null;
  const { from } = held;
  const to = record.life.to ?? held.to;
  const isKeptOpen = from !== null && primary.from !== null && primary.from < from;
  const locatedIn = kind === 'sub-icb' ? record.locatedIn.flatMap((each) => within(each, from)) : [];
  locatedIn.sort((a, b) => ((a.from ?? '') < (b.from ?? '') ? -1 : 1));
  return { ...as(record, kind, { from, to }), isKeptOpen, locatedIn };
}

/** As a CCG it was located in an STP, which had the code of the later ICB. */
function within(located: Life & { icb: string }, from: Day | null): (Life & { icb: string })[] {
  if (from === null || located.from === null || located.from >= from) return [located];
  return located.to !== null && located.to < from ? [] : [{ ...located, from }];
}

/** Records are written in capitals throughout. */
export function readableName(name: string): string {
  if (name !== name.toUpperCase()) return name;
  return name.replace(/[A-Z0-9']+/g, (word, at: number) => {
    if (ALWAYS_CAPITALS.has(word) || /\d/.test(word)) return word;
    const small = word.toLowerCase();
    return SMALL_WORDS.has(small) && at > 0 ? small : word.slice(0, 1) + small.slice(1);
  });
}

const ALWAYS_CAPITALS = new Set(['NHS', 'ICB', 'CCG', 'UK']);
const SMALL_WORDS = new Set(['and', 'of', 'the', 'in', 'upon', 'on', 'for', 'with']);

/** True where two names differ in more than how they are written. */
export const isOtherName = (ours: string, theirs: string, kind: BodyKind): boolean =>
  essence(ours, kind) !== essence(theirs, kind);

/** What the same council is called differs from list to list: "County Durham", "Durham County Council". */
const EVERY_COUNCIL = /\b(council|borough|county|city|metropolitan|district|unitary|london|royal|authority)\b/g;

function essence(name: string, kind: BodyKind): string {
  const words = name
    .toLowerCase()
    .replace(/&/g, ' and ')
    .replace(/['’.]/g, '')
    .replace(/[^a-z0-9]+/g, ' ');
  const plain = words.replace(/\b(and|the|of|upon|on|in)\b/g, ' ');
  const distinct = kind === 'council' ? plain.replace(EVERY_COUNCIL, ' ') : plain;
  return distinct
    .split(' ')
    .filter((word) => word !== '')
    .sort()
    .join(' ');
}
