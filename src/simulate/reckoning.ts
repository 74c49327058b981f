import type { Difference } from '../flow/reconcile-person.js';
import type { Entry } from '../register/entry.js';
import { type Council, nhsNumberOf, ownIdentifier, versionOf } from './council.js';
import { latestVersions } from './rows.js';
import type { World } from './world.js';

/** How a council's register stood beside ours, before the safe mends and after; `differing` are those of after. */
export type Reconciled = {
  council: string;
  before: number;
  sentAgain: number;
  asked: number;
  differing: Differing[];
};

type Differing = { nhsNumber: string | null; differences: Difference[] };
/** Of what `aftercare reconcile --json` says. */
type Compared = { people: Differing[]; counts: { differing: number; sendAgain: number } };

/** As its operator types it, with the safe mends: read from the council's server, through the network. */
async function reconciliation({ command }: World, code: string): Promise<Compared> {
  const { code: exit, answer } = await command(['reconcile', '--council', code, '--rate', '60000', '--apply']);
  if (exit !== SAME && exit !== DIFFERS) throw new Error(`${code} was not reconciled: ${answer.slice(0, 300)}`);
  const { people, counts } = JSON.parse(answer) as Partial<Compared>;
  if (!people || !counts) throw new Error(`the reconciliation of ${code} was broken off`);
  return { people, counts };
}

const SAME = 0;
const DIFFERS = 1;

/** By the code of the council. */
type Round = ReadonlyMap<string, Compared>;

/** Every council's register held against ours, at one time, and mended. */
async function round(world: World): Promise<Round> {
  const all = world.councils.map(async ({ code }) => [code, await reconciliation(world, code)] as const);
  return new Map(await Promise.all(all));
}

/** Twice, for what agrees by then is asked no more; and once more where the second still sent something again. */
export async function mended(world: World, settle: () => Promise<void>): Promise<{ first: Round; last: Round }> {
  const next = async () => {
    const done = await round(world);
    await settle();
    return done;
  };
  const [first, second] = [await next(), await next()];
  return { first, last: hasSent(second) ? await next() : second };
}

const hasSent = (round: Round): boolean => [...round.values()].some(({ counts }) => counts.sendAgain > 0);

/** `last`: read when everything had settled. Each pair is equal, or every difference is a question. */
export function heldAgainst({ first, last }: { first: Round; last: Round }, entries: readonly Entry[]) {
  const rows: Reconciled[] = [];
  const problems: string[] = [];
  const asks = new Set(
    entries.flatMap(({ nhsNumber, questions }) =>
      questions.some(({ kind }) => kind === 'registers-differ') ? [nhsNumber] : [],
    ),
  );
  for (const [code, { people, counts }] of last) {
    if (counts.sendAgain > 0) problems.push(`${code}: ${counts.sendAgain} are sent again, and again`);
    const unasked = people.filter(({ nhsNumber }) => !asks.has(nhsNumber));
    problems.push(
      ...unasked.map(({ nhsNumber, differences }) => {
        const kinds = differences.map(({ kind }) => kind).join(', ');
        return `${code}: ${nhsNumber} differs (${kinds}) and nobody is asked`;
      }),
    );
    const before = first.get(code)?.counts;
    rows.push({
      council: code,
      before: before?.differing ?? 0,
      sentAgain: before?.sendAgain ?? 0,
      asked: people.length - unasked.length,
      differing: people.map(({ nhsNumber, differences }) => ({ nhsNumber, differences })),
    });
  }
  return { rows, problems };
}

/** Of each identifier the council holds the last version, and of everybody who is owed aftercare one active Flag. */
export async function heldVersions(world: World, entries: readonly Entry[]): Promise<string[]> {
  const latest = await latestVersions(world.pool);
  const problems = await Promise.all(world.councils.map((council) => versionsAt(council, { latest, entries })));
  return problems.flat();
}

type Ours = { latest: Awaited<ReturnType<typeof latestVersions>>; entries: readonly Entry[] };

async function versionsAt(council: Council, { latest, entries }: Ours): Promise<string[]> {
  const { code } = council;
  const own = new Map(latest.filter(({ body }) => body === code).map((each) => [each.identifier, each.version]));
  const [flags, episodes] = [await council.held('Flag'), await council.held('EpisodeOfCare')];
  const behind = [...flags, ...episodes].flatMap((held) => {
    const [id, version] = [ownIdentifier(held), versionOf(held)];
    const should = own.get(id);
    return should === version ? [] : [`${code}: ${held.resourceType} ${id} is version ${version}, and not ${should}`];
  });
  const active = new Set(flags.flatMap((flag) => (flag.status === 'active' ? [nhsNumberOf(flag)] : [])));
  const owed = entries.filter(
    ({ status, council: { code: of }, nhsNumber }) => status === 'active' && of === code && nhsNumber,
  );
  const untold = owed.flatMap(({ nhsNumber }) =>
    active.has(nhsNumber) ? [] : [`${code}: ${nhsNumber} is owed aftercare, and it holds no active Flag`],
  );
  return [...behind, ...untold];
}
