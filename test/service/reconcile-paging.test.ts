import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { reconcileCommand } from '../../src/commands/reconcile.js';
import { nhsNumber } from '../../src/invented.js';
import { siteFromObject } from '../../src/site.js';
import { contextOf, run } from '../commands/terminal.js';
import { homeOf } from '../scenarios/adt.js';
import { startCouncilProcess } from '../support/council.js';
import { type GivenPage, type PagedCouncil, startPaged } from '../support/paged.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { startCli } from '../support/process.js';
import { acknowledgementsFor, type RunningService, startTestService, untilSettled } from '../support/service.js';

const BIRMINGHAM = 'E08000025';
const PATIENCE_MS = 40_000;
const PEOPLE = [1, 2, 3, 4, 5].map(nhsNumber);
const PAGES = 9;

let council: { url: string; stop(): Promise<void> };
let paged: PagedCouncil;
let database: TestDatabase;
let service: RunningService;

beforeAll(async () => {
  council = await startCouncilProcess('Birmingham');
  database = await testDatabase();
  service = await startTestService({ databaseUrl: database.url, councils: { [BIRMINGHAM]: council.url } });
  await acknowledgementsFor(
    service.mllpPort,
    PEOPLE.map((number) => homeOf(number)),
  );
  await untilSettled(database.pool, PATIENCE_MS);
});
afterAll(async () => {
  await service.close();
  await database.drop();
  await council.stop();
});
beforeEach(async () => {
  paged = await startPaged(council.url, 2);
});
afterEach(() => paged.stop());

const siteOf = (url: string) => ({
  name: 'Test partnership',
  senders: [{ ods: 'RXT', name: 'A trust', feed: 'zmh' }],
  councils: [{ gss: BIRMINGHAM, destination: { kind: 'fhir', url } }],
});

/** The council behind the server that gives two at a time. */
async function reconciled(...more: string[]) {
  const site = siteFromObject(siteOf(paged.url));
  if (site.kind === 'problems') throw new Error(site.problems.join());
  const tables = { ...service.tables, site: { ...service.tables.site, councils: site.site.councils } };
  const args = ['--council', BIRMINGHAM, '--rate', '60000', '--json', ...more];
  const { code, out } = await run(reconcileCommand, args, contextOf(database, { tables: () => tables }));
  return { code, ...JSON.parse(out) };
}

const SAME = { code: 0, people: [], counts: { rows: 5, same: 5, differing: 0 } };
const isOf = (type: string, asked: string) => asked.startsWith(`/fhir/${type}`);
const nextOf = (page: GivenPage, url: string): GivenPage => ({ ...page, link: [{ relation: 'next', url }] });
const own = (asked: string) => new URL(asked, council.url).href;

describe('a server whose pages are no register is refused: nobody seems to be missing, and the next time begins anew', () => {
  test.each<{ story: string; bend: NonNullable<PagedCouncil['bend']>; says: RegExp }>([
    {
      story: 'one page, and none named after it',
      bend: (page) => ({ ...page, link: [] }),
      says: /council-refused: E08000025: .*gives 2 resources .*lacks 3 more .*names no next page — .*Bundle\.link/,
    },
    {
      story: 'pages that end too soon',
      bend: (page, asked) => (asked.includes('from=2') ? { ...page, link: [] } : page),
      says: /gives 4 resources .*lacks 1 more/,
    },
    {
      story: 'Flags that end too soon',
      bend: (page, asked) => (isOf('Flag', asked) && asked.includes('from=2') ? { ...page, link: [] } : page),
      says: /gives 4 resources .*lacks 1 more/,
    },
    { story: 'a page that leads to itself', bend: (page, asked) => nextOf(page, own(asked)), says: /without an end/ },
    {
      story: 'pages that lead to each other',
      bend: (page, asked) => (page.link.length === 0 ? nextOf(page, own(asked.replace(/from=\d+/, 'from=0'))) : page),
      says: /from page to page of EpisodeOfCare without an end/,
    },
    {
      story: 'the same page under ever new names',
      bend: ({ entry }, asked) => nextOf({ link: [], entry }, own(`${asked}0`)),
      says: /without an end/,
    },
    {
      story: 'empty pages without an end',
      bend: (_, asked) => nextOf({ link: [], entry: [] }, own(`${asked}0`)),
      says: /without an end/,
    },
    {
      story: 'a search that asks nothing: what others hold of people is not kept',
      bend: (page) => ({ ...page, entry: page.entry.map(({ resource }) => ({ resource: { ...resource, type: [] } })) }),
      says: /EpisodeOfCare that were not asked for; nothing of them is kept — it must search EpisodeOfCare by type/,
    },
    {
      story: 'Flags of something else',
      bend: (page, asked) =>
        isOf('Flag', asked)
          ? { ...page, entry: page.entry.map(({ resource }) => ({ resource: { ...resource, identifier: [] } })) }
          : page,
      says: /Flag that were not asked for/,
    },
  ])('$story', async ({ bend, says }) => {
    paged.bend = bend;
    await expect(reconciled('--apply')).rejects.toThrow(says);
    expect((await database.pool.query('select from register_rows')).rowCount).toBe(0);
    expect((await database.pool.query("select from deliveries where state = 'due'")).rowCount).toBe(0);
    paged.bend = null;
    paged.asked = 0;
    expect(await reconciled()).toMatchObject(SAME);
    expect(paged.asked).toBe(PAGES);
  });

  test('a server that has forgotten the page where reading went on', async () => {
    paged.bend = (page, asked) => {
      if (asked.includes('from=2')) paged.trouble = { status: 403, times: 1 };
      return page;
    };
    await expect(reconciled()).rejects.toThrow(/goes on from there/);
    paged.bend = null;
    paged.trouble = { status: 410, times: 1 };
    await expect(reconciled()).rejects.toThrow(
      /answered 410: it knows nothing of the page .* — the same command begins anew/,
    );
    expect(await reconciled()).toMatchObject(SAME);
  });

  test.each([404, 403])('a server that does not search Flags (%i)', async (status) => {
    paged.bend = (page, asked) => {
      if (isOf('EpisodeOfCare', asked) && page.link.length === 0) paged.trouble = { status, times: 1 };
      return page;
    };
    await expect(reconciled()).rejects.toThrow(/council-refused: E08000025: answered/);
    paged.bend = null;
    expect(await reconciled()).toMatchObject(SAME);
  });
});

describe('what is no trouble', () => {
  test.each<{ story: string; bend: NonNullable<PagedCouncil['bend']> }>([
    {
      story: 'an empty page that leads to another',
      bend: (page, asked) =>
        asked.includes('_count=200') ? nextOf({ link: [], entry: [] }, own(asked.replace('200', '201'))) : page,
    },
    { story: 'no total', bend: ({ total: _, ...page }) => page },
    {
      story: 'a total of what there was at the first page, of whom one has gone since',
      bend: (page, asked) => ({ ...page, total: asked.includes('from') ? 5 : 6 }),
    },
    {
      story: 'a total of more, because some have come since',
      bend: (page, asked) => ({ ...page, total: asked.includes('from') ? 6 : 5 }),
    },
    {
      story: 'a warning among the entries',
      bend: (page) => ({
        ...page,
        entry: [
          ...page.entry,
          { resource: { resourceType: 'OperationOutcome', issue: [{ severity: 'warning', code: 'informational' }] } },
        ],
      }),
    },
    {
      story: 'one resource on two pages',
      bend: (page, asked) => (asked.includes('from=2') ? { ...page, entry: [...page.entry, ...page.entry] } : page),
    },
  ])('$story', async ({ bend }) => {
    paged.bend = bend;
    expect(await reconciled()).toMatchObject({ code: 0, counts: { same: 5, differing: 0 } });
  });

  test('who changes places while the pages are read stands on none of them: it is looked up', async () => {
    let hidden = '';
    paged.bend = (page, asked) => {
      const [first] = page.entry;
      if (asked.includes('from=2') && isOf('EpisodeOfCare', asked)) hidden = first?.resource?.id ?? '';
      const isThere = ({ resource }: GivenPage['entry'][number]) =>
        resource?.id !== hidden || asked.includes('identifier=');
      return { ...page, total: 4, entry: page.entry.filter(isThere) };
    };
    expect(await reconciled('--apply')).toMatchObject({ code: 0, counts: { rows: 4, same: 5, differing: 0 } });
    expect(hidden).not.toBe('');
    expect(paged.asked).toBe(PAGES + 1);
  });

  test('a server that is busy, or fails once in between, is asked again, no more often than it allows', async () => {
    paged.bend = (page, asked) => {
      if (asked.includes('from=2') && isOf('CarePlan', asked)) paged.trouble = { status: 500, times: 1 };
      return page;
    };
    paged.trouble = { status: 429, times: 2, retryAfter: '0' };
    expect(await reconciled()).toMatchObject(SAME);
    expect(paged.asked).toBe(PAGES + 3);
  });
});

test('a register in one page of many megabytes is not taken into memory', async () => {
  paged.bend = (page) => ({
    ...page,
    entry: [{ resource: { resourceType: 'EpisodeOfCare', text: 'x'.repeat(17_000_000) } }],
  });
  const siteFile = join(tmpdir(), `site-${process.pid}.yaml`);
  await writeFile(siteFile, JSON.stringify(siteOf(paged.url)));
  const cli = startCli(['reconcile', '--council', BIRMINGHAM], { DATABASE_URL: database.url, SITE_FILE: siteFile });
  await cli.ended;
  await rm(siteFile);
  expect(cli.stderr()).toMatch(/council-refused: E08000025: its page is longer than 16 MB — .*_count/);
  expect(paged.asked).toBe(1);
});
