import {
  type Council,
  type Held,
  type HeldType,
  nhsNumberOf,
  ownIdentifier,
  PAGE,
  reasonOf,
  versionOf,
} from './council.js';
import type { Life } from './life.js';

/** Looks at what councils hold, again and again, and remembers what was seen. */
export type Watch = {
  /** What should not be; each is said once. */
  problems(): string[];
  look(council: Council): Promise<void>;
  /** A backup was put back: what was seen since is gone, and no fault of ours. */
  forget(council: Council): void;
};

const OURS: readonly HeldType[] = ['EpisodeOfCare', 'Flag', 'CarePlan'];

export function openWatch(lives: readonly Life[]): Watch {
  const problems = new Set<string>();
  const lifeOf = new Map(lives.flatMap((life) => life.nhsNumbers.map((number) => [number, life] as const)));
  const seen = new Map<string, Map<string, number>>();
  return {
    problems: () => [...problems],
    forget: ({ code }) => void seen.delete(code),
    async look(council) {
      const highest = seen.get(council.code) ?? new Map<string, number>();
      seen.set(council.code, highest);
      for (const type of OURS) {
        const held = await council.held(type);
        for (const what of [
          ...twice(held),
          ...older(held, highest),
          ...held.flatMap((each) => unfounded(each, lifeOf)),
          ...(await twoActive(held, council)),
        ])
          problems.add(`${council.code}: ${what}`);
      }
    },
  };
}

/** Exactly one of each identifier. */
const twice = (held: readonly Held[]): string[] => repeated(held.map(ownIdentifier)).map((id) => `holds ${id} twice`);

/**
 * Of one person not two Flags that are active. Between two pages one may have ended and the other begun: then it is looked
 * again.
 */
async function twoActive(held: readonly Held[], council: Council): Promise<string[]> {
  const activeIn = (all: readonly Held[], number: string) =>
    all.filter((each) => each.resourceType === 'Flag' && each.status === 'active' && nhsNumberOf(each) === number);
  const actives = held.filter(({ resourceType, status }) => resourceType === 'Flag' && status === 'active');
  const problems: string[] = [];
  for (const number of repeated(actives.map((flag) => nhsNumberOf(flag) ?? ''))) {
    const both = activeIn(actives, number);
    const now = held.length < PAGE ? both : await council.flagsAtOnce(both.map(ownIdentifier));
    if (activeIn(now, number).length > 1) problems.push(`holds two active Flags of ${number}`);
  }
  return problems;
}

function older(held: readonly Held[], highest: Map<string, number>): string[] {
  return held.flatMap((each) => {
    const [id, version] = [ownIdentifier(each), versionOf(each)];
    const before = highest.get(id) ?? 0;
    highest.set(id, Math.max(before, version));
    return version < before ? [`version ${version} of ${each.resourceType} ${id} over version ${before}`] : [];
  });
}

/** Nothing is said of somebody of whom nothing is known, and nothing ends without its ground. */
function unfounded(each: Held, lifeOf: ReadonlyMap<string, Life>): string[] {
  const number = nhsNumberOf(each);
  const life = number === null ? undefined : lifeOf.get(number);
  const what = `${each.resourceType} of ${number}`;
  if (!life) return [`${what}: nobody lives under that number`];
  if (!life.told.qualifying) return [`${what}: nothing qualifying was ever told`];
  const reason = reasonOf(each);
  const isUnfounded =
    (reason === 'joint-decision' && !life.told.bothDecided) ||
    (reason === 'died' && !life.told.died) ||
    (reason === 'redetained' && !life.told.detainedAgain);
  return isUnfounded ? [`${what}: ${reason}, and nothing of that was told`] : [];
}

function repeated(all: readonly string[]): string[] {
  const once = new Set<string>();
  return all.filter((each) => each !== '' && (once.has(each) || !once.add(each)));
}
