import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stampedVersion } from '../../src/flow/held.js';
import { rebuild } from '../../src/flow/rebuild.js';
import type { LedgerContent } from '../../src/flow/versions.js';
import { sameEpisode } from '../../src/publish/content.js';
import { isHeld } from '../../src/publish/publish.js';
import type { StampedResource } from '../../src/publish/stamp.js';
import type { Entry } from '../../src/register/entry.js';
import { entryStore } from '../../src/store/entries.js';
import { ledgerStore, type Publication } from '../../src/store/ledger.js';
import { type Stated, tables, tell } from '../scenarios/tell.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { type News, newsOf, PERSONS, story } from './histories.js';
import { houseOf } from './house.js';

const RUNS = Number(process.env.PROPERTY_RUNS ?? 25);

let database: TestDatabase;
let house: ReturnType<typeof houseOf>;
beforeAll(async () => {
  database = await testDatabase();
  house = houseOf(database, () => '2026-11-21');
});
afterAll(() => database.drop());

/** What is done to two records: one merged into the other, the two separated, or the merge withdrawn; and taken back or not. */
const joining = fc
  .record({
    kept: fc.constantFrom(...PERSONS),
    away: fc.constantFrom(...PERSONS),
    undone: fc.constantFrom<'separated' | 'withdrawn' | null>('separated', 'separated', 'withdrawn', null),
    isTakenBack: fc.boolean(),
    nth: fc.nat(99_999),
  })
  .filter(({ kept, away }) => kept !== away)
  .map((drawn) => ({ nth: drawn.nth, news: newsOfJoining(drawn) }));

type Joining = {
  kept: (typeof PERSONS)[number];
  away: (typeof PERSONS)[number];
  undone: 'separated' | 'withdrawn' | null;
  isTakenBack: boolean;
  nth: number;
};

function newsOfJoining({ kept, away, undone, isTakenBack, nth }: Joining): News[] {
  const { nhsNumber } = kept;
  const message = { ...kept, trigger: 'A40', sentAt: '20260702090000', controlId: `J${nth}`, mergedAway: away };
  const idOf = (which: number) => `7d1b9a30-0c1e-4d7a-8f25-${String(nth * 10 + which).padStart(12, '0')}`;
  const [merge] = tell([message]).messages.flatMap(({ facts }) => facts);
  const withdrawing = (fact: string | undefined, which: number): Stated[] =>
    fact === undefined ? [] : [{ kind: 'withdrawn', id: idOf(which), nhsNumber, fact, because: 'it was another' }];
  const undoing: Stated[] =
    undone === 'separated'
      ? [{ kind: 'identity-separated', id: idOf(1), nhsNumber, from: away.nhsNumber }]
      : withdrawing(undone === null ? undefined : merge?.id, 1);
  const taking = isTakenBack && undoing.length > 0 ? withdrawing(idOf(1), 2) : [];
  return [{ kind: 'message', message }, ...[...undoing, ...taking].map((fact) => ({ kind: 'stated' as const, fact }))];
}

/** A story, in which records are merged and separated, each thing after the other or in whatever order. */
const history: fc.Arbitrary<News[]> = fc
  .tuple(story, fc.uniqueArray(joining, { minLength: 1, maxLength: 3, selector: ({ nth }) => nth }), fc.boolean())
  .chain(([told, joinings, isInOrder]) => {
    const news = [...newsOf(told), ...joinings.flatMap(({ news }) => news)];
    return isInOrder ? fc.constant(news) : fc.shuffledSubarray(news, { minLength: news.length });
  });

async function live(news: readonly News[]): Promise<void> {
  await house.forget();
  for (const each of news) {
    if (each.kind === 'message') await house.hear(each.message);
    else await house.record([each.fact]);
  }
}

/** Every version of everybody, oldest first. */
async function versions(): Promise<Publication[]> {
  const { rows } = await database.pool.query<{ key: string }>('select key from person_keys');
  return ledgerStore(database.pool).history(rows.map(({ key }) => key));
}

/** For each identifier, of whatever is sent: the NHS numbers that it has named. */
function namedBy(told: readonly Publication[]): Map<string, Set<string>> {
  const named = new Map<string, Set<string>>();
  for (const { content, recordVersion } of told) {
    const stamped = stampedVersion(content as LedgerContent, recordVersion, tables.site, tables.directory);
    for (const resource of stamped.resources) {
      const subject = resource.resourceType === 'EpisodeOfCare' ? resource.patient : resource.subject;
      const [{ value }] = resource.identifier;
      named.set(value, (named.get(value) ?? new Set()).add(subject.identifier?.value ?? ''));
    }
  }
  return named;
}

/** Identifiers of which a body is told no more, but for what was marked as an error: that stays true. */
function leftBehind(told: readonly Publication[]): string[] {
  const last = new Map<string, Set<string>>();
  return told.flatMap(({ personKey, body, content, recordVersion }) => {
    const { resources } = stampedVersion(content as LedgerContent, recordVersion, tables.site, tables.directory);
    const nameOf = ({ resourceType, identifier: [{ value }] }: StampedResource) => `${resourceType} ${value}`;
    const now = new Set(resources.map(nameOf));
    const before = last.get(`${personKey} ${body}`) ?? new Set();
    const standing = resources.filter(({ status }) => status !== 'entered-in-error').map(nameOf);
    last.set(`${personKey} ${body}`, new Set(standing));
    return [...before].filter((each) => !now.has(each)).map((each) => `${body}, version ${recordVersion}: ${each}`);
  });
}

const numbersIn = ({ nhsNumber, formerNhsNumbers }: Entry): (string | null)[] => [nhsNumber, ...formerNhsNumbers];

/** Active Flags at a body of a number that has no aftercare of its own. While somebody is held nothing is taken back. */
function unfounded(told: readonly Publication[], register: readonly Entry[]): string[] {
  const latest = new Map(told.map((version) => [`${version.personKey} ${version.body}`, version]));
  return [...latest.values()].flatMap(({ body, content }) => {
    const { patient, episodes } = (content as LedgerContent).publication;
    const entry = register.find((each) => numbersIn(each).includes(patient.nhsNumber));
    const isActive = episodes.some(({ flag }) => flag?.status === 'active');
    if (!isActive || (entry && isHeld(entry))) return [];
    const isOwed = entry?.nhsNumber === patient.nhsNumber && entry.episodes.some(({ status }) => status === 'active');
    return isOwed ? [] : [`${body} of ${patient.nhsNumber}`];
  });
}

test('for all histories, whatever is merged and separated: an identifier never comes to name another person and is never left behind, no Flag is active for who is owed nothing of their own, and a rebuild sends nothing', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (news) => {
      await live(news);
      const told = await versions();
      expect([...namedBy(told)].filter(([, numbers]) => numbers.size > 1)).toEqual([]);
      expect(leftBehind(told)).toEqual([]);
      const register = (await entryStore(database.pool).list({ limit: 100 })).map(({ entry }) => entry);
      expect(unfounded(told, register)).toEqual([]);
      expect(await rebuild(house.deps)).toMatchObject({ changed: [], published: 0 });
    }),
    { numRuns: RUNS },
  );
}, 600_000);

test('an aftercare that turns out to be two, because a discharge was told late, has identifiers of its own for each', async () => {
  const who = { nhsNumber: '9990000018', mrn: 'L1' };
  const detained = (nth: number, from: string, to?: string) => ({
    ...who,
    visit: `V${nth}`,
    periods: [{ id: `P${nth}`, status: '03', from, council: 'E08000025', ...(to ? { to } : {}) }],
  });
  const home = (day: string) => ({ trigger: 'A03', left: `${day}140000`, method: '1', destination: '19' });
  const first = { trigger: 'A01', sentAt: '20260101090000', admitted: '20260101090000', ...detained(1, '20260101') };
  const second = { trigger: 'A01', sentAt: '20260401090000', admitted: '20260401090000', ...detained(2, '20260401') };
  const left = { ...detained(2, '20260401', '20260501'), ...home('20260501'), sentAt: '20260501150000' };
  const late = { ...detained(1, '20260101', '20260201'), ...home('20260201'), sentAt: '20260201150000' };
  await live([first, second, left, late].map((message) => ({ kind: 'message' as const, message })));
  const told = await versions();
  const named = ({ content }: Publication): string[] => (content as LedgerContent).ids.map(({ flag }) => flag);
  for (const version of told) expect(new Set(named(version)).size).toBe(named(version).length);
  const last = told.slice(-1);
  expect(last.flatMap(named)).toHaveLength(2);
  expect(await rebuild(house.deps)).toMatchObject({ changed: [], published: 0 });

  // Both go on under what they were given then.
  const plan = { kind: 'plan', nhsNumber: who.nhsNumber, agreedOn: '2026-05-03', needs: [{ text: 'a place to live' }] };
  await house.record([plan]);
  const next = (await versions()).slice(told.length);
  expect(next.map(named)).toEqual(last.map(named));
}, 60_000);

describe('of an aftercare that turns out to be two, a council to which only the later belongs', () => {
  const [birmingham, solihull] = ['E08000025', 'E08000029'] as const;
  const idOf = (nth: number) => `7d1b9a30-0c1e-4d7a-8f25-${String(nth).padStart(12, '0')}`;
  const learn = (nth: number, fact: Stated) => house.record([{ id: idOf(nth), nhsNumber: '9990000018', ...fact }]);
  const detained = (from: string, to: string): Stated => ({
    kind: 'detention',
    section: { system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland', code: '03' },
    from,
    to,
    certainty: 'papers-seen',
  });
  const belongsTo = (council: string, effectiveOn: string): Stated => ({
    kind: 'council-determined',
    effectiveOn,
    council,
    standing: 'agreed',
    basis: 'ordinarily-resident-before-detention',
  });
  const left = (on: string): Stated => ({ kind: 'left-hospital', on });
  const withdrawn = (nth: number): Stated => ({ kind: 'withdrawn', fact: idOf(nth), because: 'it was of another' });

  /** Of the last that Solihull was told: each Flag, and what it says. */
  async function flagsAtSolihull(): Promise<[string, string | undefined][]> {
    const last = (await versions()).findLast(({ body }) => body === solihull)?.content as LedgerContent;
    return last.publication.episodes.map((episode) => {
      const flag = last.ids.find((own) => sameEpisode(own, episode))?.flag ?? '';
      return [flag, episode.flag?.reason ?? episode.flag?.status];
    });
  }

  beforeEach(() => house.forget());

  test('hears that the earlier, which it was told of, is not its own', async () => {
    await learn(1, detained('2026-01-01', '2026-02-01'));
    await learn(2, belongsTo(birmingham, '2026-01-01'));
    await learn(3, left('2026-02-01'));
    await learn(4, belongsTo(solihull, '2026-02-10'));
    const [[earlier] = ['']] = await flagsAtSolihull();
    await learn(5, detained('2026-04-01', '2026-05-01'));
    await learn(6, belongsTo(solihull, '2026-04-01'));
    await learn(7, left('2026-05-01'));
    await learn(8, withdrawn(3)); // one
    expect(await flagsAtSolihull()).toEqual([[earlier, 'active']]);
    await learn(9, withdrawn(4));
    await learn(10, withdrawn(8)); // two after all
    expect(await flagsAtSolihull()).toEqual([
      [expect.not.stringContaining(earlier), 'active'],
      [earlier, 'responsibility-moved'],
    ]);
    expect(leftBehind(await versions())).toEqual([]);
    expect(await rebuild(house.deps)).toMatchObject({ changed: [], published: 0 });
  }, 60_000);

  test('is told, where an older release left an identifier behind, that what stands under it was an error', async () => {
    await learn(1, detained('2026-01-01', '2026-02-01'));
    await learn(2, belongsTo(solihull, '2026-01-01'));
    await learn(3, left('2026-02-01'));
    const behind = randomUUID();
    await database.pool.query(
      `insert into episode_ids (person_key, body, anchor, episode, flag, care_plan)
       select person_key, body, 'RXT|another', gen_random_uuid(), $1, gen_random_uuid()
         from episode_ids`,
      [behind],
    );
    expect(await rebuild(house.deps)).toMatchObject({ published: 1 });
    const told = (await versions()).slice(-1);
    const { resources } = stampedVersion(told[0]?.content as LedgerContent, 2, tables.site, tables.directory);
    const flag = resources.find(({ identifier: [{ value }] }) => value === behind);
    expect(flag).toMatchObject({ resourceType: 'Flag', status: 'entered-in-error' });
  }, 60_000);

  test('keeps the Flag that it has, and hears nothing of an earlier that it was never told of', async () => {
    await learn(1, detained('2026-01-01', '2026-02-01'));
    await learn(2, belongsTo(birmingham, '2026-01-01'));
    await learn(5, detained('2026-04-01', '2026-05-01'));
    await learn(6, belongsTo(solihull, '2026-04-01'));
    await learn(7, left('2026-05-01')); // one, as far as anybody knows
    const [[flag] = ['']] = await flagsAtSolihull();
    await learn(3, left('2026-02-01')); // two
    expect(await flagsAtSolihull()).toEqual([[flag, 'active']]);
    expect(await rebuild(house.deps)).toMatchObject({ changed: [], published: 0 });
  }, 60_000);
});
