import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Codes } from './codes.js';
import { Feed } from './feed.js';
import { feedProblems, wordProblems } from './feed-check.js';
import { didYouMean } from './suggest.js';
import { readYaml } from './yaml-file.js';

export type FeedResult = { kind: 'feed'; feed: Feed; text: string } | { kind: 'mistakes'; mistakes: string[] };

/** Reads one definition. Every mistake names its line, and all are reported at once. Its words are checked against `codes`. */
export function readFeed(file: string, codes: Codes | null): FeedResult {
  const text = readFileSync(file, 'utf8');
  const noFormat = formatMistakes(text, file);
  if (noFormat.length > 0) return { kind: 'mistakes', mistakes: noFormat };
  const read = readYaml(text, file, Feed);
  if (read.kind === 'mistakes')
    return { kind: 'mistakes', mistakes: [...read.mistakes, ...wordMistakes(text, file, codes)] };
  const mistakes = read.say(feedProblems(read.value, file, codes));
  return mistakes.length > 0 ? { kind: 'mistakes', mistakes } : { kind: 'feed', feed: read.value, text };
}

/** Words are checked also where other things are wrong, so that one run names everything. */
function wordMistakes(text: string, file: string, codes: Codes | null): string[] {
  const read = readYaml(text, file, z.looseObject({ words: Feed.shape.words }));
  return read.kind === 'value' ? read.say(wordProblems(read.value, codes)) : [];
}

const FORMATS = ['hl7v2', 'fhir'];

/** Every other key depends on the format: where that is wrong, what is said of them would mislead. */
function formatMistakes(text: string, file: string): string[] {
  const read = readYaml(text, file, z.looseObject({ format: z.unknown() }));
  if (read.kind === 'mistakes' || !('format' in read.value) || read.value.format === 'hl7v2') return [];
  const { format } = read.value;
  const what =
    format === 'fhir'
      ? 'is to be written without quotes: format: fhir'
      : `is no format${didYouMean(String(format ?? ''), FORMATS)}`;
  return read.say([{ path: ['format'], what }]);
}
