import { readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Fault } from '../fault.js';
import { readHeader } from '../hl7v2/header.js';
import { parseMessage } from '../hl7v2/parse.js';
import { type Codes, loadCodes } from '../interpret/codes.js';
import { type Difference, differences, factDifferences } from '../interpret/difference.js';
import type { Feed } from '../interpret/feed.js';
import { exampleForm, type FeedExample, readFeedExamples } from '../interpret/feed-example.js';
import { readFeed } from '../interpret/feed-file.js';
import { silentPaths } from '../interpret/feed-silence.js';
import { type FhirFeed, isFhirFeed, readFhirFeed } from '../interpret/fhir/feed.js';
import { interpretBytes } from './admit.js';

export type CheckedExample = {
  name: string;
  /** Null when the message means what is expected of it. */
  differs: Difference[] | null;
  /** What was found, where nothing was expected yet: to be reviewed and kept. */
  found: ReturnType<typeof exampleForm> | null;
};

export type CheckedFeed = {
  feed: string;
  /** Each with its file and line; then no example was tried. */
  mistakes: string[];
  examples: CheckedExample[];
  /** Triggers of the definition that no example shows. */
  untried: string[];
  /** Paths of the definition at which no example holds anything. */
  silent: string[];
};

/** The feeds that a folder of mappings defines. */
export const feedNamesIn = (mappingsFolder: string): string[] =>
  readdirSync(join(mappingsFolder, 'feeds'))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => basename(file, '.yaml'))
    .sort();

/**
 * Reads definitions and code tables afresh and tries every example. Throws `config-invalid` for a wrong code table, and
 * then names the mistakes of the definitions as well: one run names them all.
 */
export function checkFeeds(mappingsFolder: string, names: readonly string[]): CheckedFeed[] {
  const folder = join(mappingsFolder, 'feeds');
  try {
    const codes = loadCodes(join(mappingsFolder, 'codes'));
    return names.map((name) => checkFeed(folder, name, codes));
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'config-invalid') throw error;
    const others = names.map((name) => readDefinition(folder, name, null));
    const mistakes = others.flatMap((read) => (read.kind === 'mistakes' ? read.mistakes : []));
    throw new Fault({ ...error.detail, text: [error.detail.text, ...mistakes].join('\n') });
  }
}

/**
 * Writes down what was found in messages that nobody has explained yet, with an empty story: until somebody has read the
 * facts and written it, the check refuses them. Gives the files.
 */
export function keepFound(mappingsFolder: string, { feed, examples }: CheckedFeed): string[] {
  return examples.flatMap(({ name, found }) => {
    if (found === null) return [];
    const file = join(mappingsFolder, 'feeds', feed, 'examples', `${name}.facts.json`);
    const { outcome, fault, facts } = found;
    const kept = { story: '', outcome, ...(fault === null ? {} : { fault }), facts };
    writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`, { flag: 'wx' });
    return [file];
  });
}

function readDefinition(folder: string, name: string, codes: Codes | null) {
  const file = join(folder, `${name}.yaml`);
  return isFhirFeed(file) ? readFhirFeed(file) : readFeed(file, codes);
}

function checkFeed(folder: string, name: string, codes: Codes): CheckedFeed {
  const read = readDefinition(folder, name, codes);
  const given = readFeedExamples(join(folder, name, 'examples'));
  const mistakes = [...(read.kind === 'mistakes' ? read.mistakes : []), ...given.mistakes];
  if (read.kind === 'mistakes' || mistakes.length > 0) {
    return { feed: name, mistakes, examples: [], untried: [], silent: [] };
  }
  const { feed } = read;
  return {
    feed: name,
    mistakes,
    examples: given.examples.map((example) => tryExample(example, feed, codes)),
    ...(feed.format === 'fhir' ? { untried: [], silent: [] } : unseen(feed, given.examples)),
  };
}

function tryExample(example: FeedExample, feed: Feed | FhirFeed, codes: Codes): CheckedExample {
  const { name, bytes, expected } = example;
  const sender = {
    ods: readHeader(bytes)?.sendingFacility ?? '',
    feed: feed.feed,
    timeZone: expected?.timeZone ?? 'Europe/London',
  };
  const found = exampleForm(interpretBytes(bytes, sender, { codes, version: codes.version, ...feedsOf(feed) }));
  if (expected === null) return { name, differs: [], found };
  const differs = [
    ...differences(
      { outcome: expected.outcome, fault: expected.fault },
      { outcome: found.outcome, fault: found.fault },
    ),
    ...factDifferences(expected.facts, found.facts),
  ];
  return { name, differs: differs.length === 0 ? null : differs, found: null };
}

const feedsOf = (feed: Feed | FhirFeed) => ({
  feeds: new Map(feed.format === 'fhir' ? [] : [[feed.feed, feed]]),
  fhirFeeds: new Map(feed.format === 'fhir' ? [[feed.feed, feed]] : []),
});

/** What of a definition no example puts to the test. */
function unseen(feed: Feed, examples: readonly FeedExample[]): Pick<CheckedFeed, 'untried' | 'silent'> {
  const messages = examples.flatMap(({ bytes }) => {
    const parsed = parseMessage(bytes, feed.charset);
    return 'message' in parsed ? [parsed.message] : [];
  });
  const tried = new Set(
    messages.map(({ header: { messageCode, trigger } }) =>
      messageCode === 'ADT' ? trigger : `${messageCode}^${trigger}`,
    ),
  );
  return {
    untried: Object.keys(feed.triggers).filter((trigger) => !tried.has(trigger)),
    silent: silentPaths(feed, messages),
  };
}
