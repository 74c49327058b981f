import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readHeader } from '../hl7v2/header.js';
import { type Codes, loadCodes } from '../interpret/codes.js';
import { type Difference, differences } from '../interpret/difference.js';
import { type Feed, readFeed } from '../interpret/feed.js';
import { type Expectation, exampleForm, type FeedExample, readFeedExamples } from '../interpret/feed-example.js';
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
};

/** The feeds that a folder of mappings defines. */
export const feedNamesIn = (mappingsFolder: string): string[] =>
  readdirSync(join(mappingsFolder, 'feeds'))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => basename(file, '.yaml'))
    .sort();

/** Reads definitions and code tables afresh and tries every example. Throws `config-invalid` for a wrong code table. */
export function checkFeeds(mappingsFolder: string, names: readonly string[]): CheckedFeed[] {
  const codes = loadCodes(join(mappingsFolder, 'codes'));
  return names.map((name) => checkFeed(join(mappingsFolder, 'feeds'), name, codes));
}

function checkFeed(folder: string, name: string, codes: Codes): CheckedFeed {
  const read = readFeed(join(folder, `${name}.yaml`));
  const given = readFeedExamples(join(folder, name, 'examples'));
  const mistakes = [...(read.kind === 'mistakes' ? read.mistakes : []), ...given.mistakes];
  if (read.kind === 'mistakes' || mistakes.length > 0) return { feed: name, mistakes, examples: [], untried: [] };
  const tried = new Set(given.examples.map(({ bytes }) => readHeader(bytes)?.trigger));
  return {
    feed: name,
    mistakes,
    examples: given.examples.map((example) => tryExample(example, read.feed, codes)),
    untried: Object.keys(read.feed.triggers).filter((trigger) => !tried.has(trigger)),
  };
}

function tryExample({ name, bytes, expected }: FeedExample, feed: Feed, codes: Codes): CheckedExample {
  const sender = {
    ods: readHeader(bytes)?.sendingFacility ?? '',
    application: null,
    name: 'the sender of the example',
    feed: feed.feed,
    timeZone: expected?.timeZone ?? 'Europe/London',
  };
  const mappings = { codes, feeds: new Map([[feed.feed, feed]]), version: codes.version };
  const found = exampleForm(interpretBytes(bytes, sender, mappings));
  if (expected === null) return { name, differs: [], found };
  const differs = differences(withoutWords(expected), found);
  return { name, differs: differs.length === 0 ? null : differs, found: null };
}

const withoutWords = ({ outcome, fault, facts }: Expectation) => ({ outcome, fault, facts });
