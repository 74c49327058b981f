import { explain, registerRow } from '../flow/explain.js';
import { turn } from '../flow/pace.js';
import type { Day } from '../register/day.js';
import type { Entry } from '../register/entry.js';
import type { StatedFact } from '../register/fact.js';
import { canonical } from '../seal/canonical.js';
import { entryStore } from '../store/entries.js';
import type { Life } from './life.js';
import { statedFacts } from './rows.js';
import type { Standing } from './step.js';
import type { Post } from './timeline.js';
import type { World } from './world.js';

/** What the trusts sent, in the order in which it happened and each once. */
export type Sent = { lives: readonly Life[]; posts: readonly Post[]; asOf: Day };

const PAGE = 500;
const NOBODY = -1;

/** The register as it stands, and what people stated of it. */
export type Register = { entries: Entry[]; stated: StatedFact[] };

export const readRegister = async (pool: World['pool']): Promise<Register> => ({
  entries: await wholeRegister(pool),
  stated: await statedFacts(pool),
});

/** The register beside what the same messages and facts say when nothing goes wrong on the way; what differs. */
export async function compareRegister(
  { lives, posts, asOf }: Sent,
  { entries, stated }: Register,
  tables: World['tables'],
): Promise<string[]> {
  const owners = new Map(lives.flatMap(({ nth, nhsNumbers }) => nhsNumbers.map((number) => [number, nth] as const)));
  const ownerOf = (nhsNumber: string | null) => owners.get(nhsNumber ?? '') ?? NOBODY;
  const entriesOf = grouped(entries, (entry) =>
    entry.nhsNumber === null ? byLocalNumber(entry) : ownerOf(entry.nhsNumber),
  );
  const messagesOf = grouped(posts, ({ life }) => life);
  const statedOf = grouped(stated, ({ nhsNumber }) => ownerOf(nhsNumber));
  const problems: string[] = [];
  for (const life of lives) {
    const given = (messagesOf.get(life.nth) ?? []).map(({ bytes }, index) => ({ file: 'sent', index, bytes }));
    const expected = explain(given, statedOf.get(life.nth) ?? [], asOf, tables).register;
    const found = entriesOf.get(life.nth) ?? [];
    problems.push(...unlike(life, expected, found), ...unlikeTruth(life, found), ...withoutBody(found));
    await turn();
  }
  if (entriesOf.has(NOBODY)) problems.push('the register has people who do not live');
  return problems;
}

async function wholeRegister(pool: World['pool']): Promise<Entry[]> {
  const all: Entry[] = [];
  for (let after: string | undefined; ; ) {
    const rows = await entryStore(pool).list({ limit: PAGE, ...(after === undefined ? {} : { after }) });
    all.push(...rows.map(({ entry }) => entry));
    after = rows.at(-1)?.personKey;
    if (rows.length < PAGE) return all;
  }
}

/** `S0000012`: a trust's own number of the twelfth, and `T0000012` of their second record. */
const byLocalNumber = ({ localIds }: Entry): number => Number(localIds[0]?.value.slice(1) ?? NOBODY);

function grouped<T>(all: readonly T[], keyOf: (each: T) => number): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const each of all) {
    const key = keyOf(each);
    const group = groups.get(key);
    if (group) group.push(each);
    else groups.set(key, [each]);
  }
  return groups;
}

const textsOf = (entries: readonly Entry[]): string[] => entries.map((entry) => canonical(registerRow(entry))).sort();

function unlike({ nth }: Life, expected: readonly Entry[], found: readonly Entry[]): string[] {
  const [theirs, ours] = [textsOf(expected), textsOf(found)];
  const place = theirs.findIndex((text, at) => text !== ours[at]);
  if (place < 0 && theirs.length === ours.length) return [];
  const [should, is] = [theirs[place] ?? 'nobody', ours[place] ?? 'nobody'];
  const from = [...should].findIndex((letter, at) => letter !== is[at]);
  return [
    `person ${nth}: …${is.slice(Math.max(0, from - 80), from + 120)}… and not …${should.slice(from, from + 120)}…`,
  ];
}

const STATUSES: Partial<Record<Standing, readonly Entry['status'][]>> = {
  nothing: ['not-known'],
  inside: ['prospective'],
  owed: ['active'],
  ended: ['ended'],
  died: ['died', 'not-known'],
};

/** What the lives themselves say, wherever it takes nobody's judgement. */
export function unlikeTruth({ nth, standing }: Life, found: readonly Entry[]): string[] {
  const allowed = STATUSES[standing];
  return found.flatMap(({ status }) =>
    allowed && !allowed.includes(status) ? [`person ${nth}: is ${status}, and lived as ${standing}`] : [],
  );
}

const ASKS_COUNCIL: readonly string[] = ['which-council', 'body-split', 'council-disputed', 'unmapped-code'];
const ASKS_BOARD: readonly string[] = ['which-icb', 'body-split', 'unmapped-code'];

/** Nobody who is owed aftercare is without a body, unless it is asked. */
function withoutBody(found: readonly Entry[]): string[] {
  return found
    .filter(({ status }) => status === 'active')
    .flatMap(({ council, icb, questions, localIds }) => {
      const asked = questions.map(({ kind }) => kind);
      const lacks = (code: string | null, kinds: readonly string[]) =>
        code === null && !asked.some((kind) => kinds.includes(kind));
      return [
        ...(lacks(council.code, ASKS_COUNCIL) ? ['council'] : []),
        ...(lacks(icb.code, ASKS_BOARD) ? ['board'] : []),
      ].map((side) => `${localIds[0]?.value}: no ${side} and no question`);
    });
}
