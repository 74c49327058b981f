import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isNativeError } from 'node:util/types';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { DEFAULT_POLICY, type Policies } from './register/policy.js';
import type { Alerts } from './site-alerts.js';
import { type SiteUse, siteFileFor } from './site-file.js';
import type { SenderCertificate, SenderLimits } from './site-sender.js';

export type Sender = {
  ods: string;
  application: string | null;
  name: string;
  feed: string;
  timeZone: string;
  /** Any of these proves it; empty: it needs no proof. */
  certificates: SenderCertificate[];
  limits: SenderLimits;
};
/** Kinds other than `fhir` are known by name, so that a site file can be read; nothing can be delivered to them yet. */
export type Destination = { kind: 'fhir'; url: string } | { kind: 'message' | 'mesh' | 'file' };

/** Who is connected, checked: what `site.yaml` says (`site.example.yaml` explains it). */
export type Site = {
  name: string;
  /** MSH-6 values that mean us; empty: any. */
  receiving: string[];
  senders: Sender[];
  councils: { gss: string; destination: Destination | null }[];
  icbs: { ods: string; destination: Destination | null }[];
  policies: Policies;
  alerts: Alerts;
};

export type SiteResult = { kind: 'site'; site: Site } | { kind: 'problems'; problems: string[] };

/** Whether `mappings/feeds/` defines a feed. */
export type FeedExists = (name: string) => boolean;

const FEEDS = new URL('../mappings/feeds/', import.meta.url);
const DEMONSTRATION = fileURLToPath(new URL('../site.demo.yaml', import.meta.url));

const feedFileExists: FeedExists = (name) => existsSync(new URL(`${name}.yaml`, FEEDS));

/** Reads a site file, or the demonstration site where `file` is null. */
export function loadSite(
  file: string | null,
  feedExists: FeedExists = feedFileExists,
  use: SiteUse = 'deliver',
): SiteResult {
  const path = file ?? DEMONSTRATION;
  try {
    return parseSite(readFileSync(path, 'utf8'), path, feedExists, use);
  } catch (error) {
    if (!isNativeError(error) || !('syscall' in error)) throw error;
    const why = 'code' in error && error.code === 'ENOENT' ? 'does not exist' : 'cannot be read';
    return {
      kind: 'problems',
      problems: [`${path}: ${why}: name the site file with SITE_FILE (see site.example.yaml)`],
    };
  }
}

/** YAML text to a site. Every problem names its line, and all are reported at once. */
export function parseSite(
  text: string,
  file: string,
  feedExists: FeedExists = feedFileExists,
  use: SiteUse = 'deliver',
): SiteResult {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number, what: string) => `${file}:${lines.linePos(offset).line}: ${what}`;
  if (document.errors.length > 0) {
    return { kind: 'problems', problems: document.errors.map((error) => at(error.pos[0], error.message)) };
  }
  return check(document.toJS(), { feedExists, use }, (path, what) =>
    at(offsetOf(document, path), `${pathText(path)} ${what}`),
  );
}

/** A site from a plain object, for a site that a program composes. */
export const siteFromObject = (value: unknown, feedExists: FeedExists = feedFileExists): SiteResult =>
  check(value, { feedExists, use: 'deliver' }, (path, what) => `${pathText(path)} ${what}`);

/** The sender of a message: MSH-4 (and MSH-3, where a sender names its application). The most specific wins. */
export function findSender(site: Site, facility: string, application: string): Sender | null {
  const ofTrust = site.senders.filter((sender) => sender.ods === facility);
  return (
    ofTrust.find((sender) => sender.application === application) ??
    ofTrust.find((sender) => sender.application === null) ??
    null
  );
}

/** Every body that can be told, by the code that publications name it with. */
export function destinationsOf(site: Site): { body: string; url: string }[] {
  const councils = site.councils.map(({ gss, destination }) => ({ body: gss, destination }));
  const icbs = site.icbs.map(({ ods, destination }) => ({ body: ods, destination }));
  return [...councils, ...icbs].flatMap(({ body, destination }) =>
    destination?.kind === 'fhir' ? [{ body, url: destination.url }] : [],
  );
}

type SiteFile = z.infer<ReturnType<typeof siteFileFor>>;

type Path = readonly PropertyKey[];
type Problem = { path: Path; what: string };

type Reading = { feedExists: FeedExists; use: SiteUse };

function check(value: unknown, reading: Reading, say: (path: Path, what: string) => string): SiteResult {
  const parsed = siteFileFor(reading.use).safeParse(value, { error: issueText });
  const problems = parsed.success ? problemsTogether(parsed.data, reading) : parsed.error.issues.flatMap(problemsOf);
  if (!parsed.success || problems.length > 0) {
    return { kind: 'problems', problems: problems.map(({ path, what }) => say(path, what)) };
  }
  const { partnerships, senders, ...connected } = parsed.data;
  return {
    kind: 'site',
    site: {
      ...connected,
      senders: senders.map(({ certificate, ...sender }) => ({ ...sender, certificates: certificate })),
      policies: policiesOf(partnerships),
    },
  };
}

function policiesOf(partnerships: SiteFile['partnerships']): Policies {
  const agreed = new Map(
    partnerships.map(({ council, icb, ...chosen }) => [`${council} ${icb}`, { ...DEFAULT_POLICY, ...chosen }]),
  );
  return (council, icb) => agreed.get(`${council} ${icb}`) ?? DEFAULT_POLICY;
}

/** What no single value shows: repeated rows, feeds that do not exist, partnerships of strangers. */
function problemsTogether(site: SiteFile, { feedExists }: Reading): Problem[] {
  const councils = site.councils.map(({ gss }) => gss);
  const icbs = site.icbs.map(({ ods }) => ods);
  return [
    ...repeats(
      'senders',
      site.senders.map(({ ods, application }) => (application ? `${ods} ${application}` : ods)),
    ),
    ...repeats('councils', councils),
    ...repeats('icbs', icbs),
    ...repeats(
      'partnerships',
      site.partnerships.map(({ council, icb }) => `${council} ${icb}`),
    ),
    ...site.senders.flatMap(({ feed }, row) =>
      feedExists(feed)
        ? []
        : [{ path: ['senders', row, 'feed'], what: `is ${feed}: there is no mappings/feeds/${feed}.yaml` }],
    ),
    ...site.partnerships.flatMap(({ council, icb }, row) => [
      ...(councils.includes(council) ? [] : [stranger(row, 'council', `${council} under councils`)]),
      ...(icbs.includes(icb) ? [] : [stranger(row, 'icb', `${icb} under icbs`)]),
    ]),
  ];
}

const stranger = (row: number, field: string, missing: string): Problem => ({
  path: ['partnerships', row, field],
  what: `is not connected: add ${missing} (a destination is not needed)`,
});

const repeats = (list: string, keys: string[]): Problem[] =>
  keys.flatMap((key, row) =>
    keys.indexOf(key) === row ? [] : [{ path: [list, row], what: `is the second ${key}: keep one` }],
  );

/** One problem for each unknown key, at that key. */
function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, what: issue.message }];
  return issue.keys.map((key) => ({ path: [...issue.path, key], what: 'is not a setting: see site.example.yaml' }));
}

/** YAML reads some codes (7E1) and words as numbers, which the writer cannot see: say so. */
function issueText(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'invalid_type') return undefined;
  if (issue.input === undefined) return 'is missing';
  if (issue.expected === 'string' && typeof issue.input !== 'object') return 'must be text: write it in quotes';
  return EXPECTED[issue.expected] ?? `must be ${issue.expected}`;
}

const EXPECTED: Record<string, string> = {
  array: 'must be a list',
  object: 'must be settings, one "name: value" a line',
  boolean: 'must be true or false',
  int: 'must be a whole number',
  number: 'must be a whole number',
  string: 'must be text',
};

/** The value's own place; where it is missing, the nearest place around it. */
function offsetOf(document: Document.Parsed, path: Path): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

const pathText = (path: Path): string =>
  path.length === 0
    ? 'the file'
    : path
        .map((step, i) => (typeof step === 'number' ? `[${step + 1}]` : `${i === 0 ? '' : '.'}${String(step)}`))
        .join('');
