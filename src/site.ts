import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isNativeError } from 'node:util/types';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { DEFAULT_POLICY, type Policies } from './register/policy.js';

export type Sender = { ods: string; application: string | null; name: string; feed: string; timeZone: string };
/** Kinds other than `fhir` are known by name, so that a site file can be read; nothing can be delivered to them yet. */
export type Destination = { kind: 'fhir'; url: string } | { kind: 'message' | 'mesh' | 'file' };

/** What a site file is read for: only a service that delivers needs destinations that it can deliver to. */
export type SiteUse = 'deliver' | 'read';

/** Who is connected, checked: what `site.yaml` says (`site.example.yaml` explains it). */
export type Site = {
  name: string;
  /** MSH-6 values that mean us; empty: any. */
  receiving: string[];
  senders: Sender[];
  councils: { gss: string; destination: Destination | null }[];
  icbs: { ods: string; destination: Destination | null }[];
  policies: Policies;
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

const text = z.string().trim().min(1, 'is empty');
const odsCode = z
  .string()
  .regex(/^[A-Z0-9]{3,10}$/, 'is not an ODS code: three to ten capitals and digits, such as RXT');
const councilCode = z
  .string()
  .regex(
    /^(?:E0[689]|E10|W06)\d{6}$/,
    'is not the GSS code of a council with social services (E06, E08, E09, E10 or W06 and six digits), such as E08000025',
  );
const timeZone = z.string().refine(isTimeZone, 'is not a time zone of the IANA list, such as Europe/London');

const address = z.string().refine(isPlainAddress, {
  error:
    'is not an http or https address without user name, password, query or fragment, such as https://fhir.council.example/r4',
});

/** The kind is judged first, so that another kind gives one line and not a complaint for each of its settings. */
const destinationFor = (use: SiteUse) =>
  z
    .looseObject({ kind: z.string() })
    .check(({ value: { kind }, issues }) => {
      if (kind === 'fhir' || (use === 'read' && OTHER_KINDS.includes(kind))) return;
      const message = `is ${JSON.stringify(kind)}: only fhir is available; the other kinds do not exist yet`;
      issues.push({ code: 'custom', path: ['kind'], message, input: kind });
    })
    .pipe(
      z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('fhir'), url: address }),
        z.object({ kind: z.enum(['message', 'mesh', 'file']) }),
      ]),
    )
    .nullable()
    .default(null);

const OTHER_KINDS = ['message', 'mesh', 'file'];

const whole = z.number().int().min(0).max(10_000);

const siteFileFor = (use: SiteUse) =>
  z.strictObject({
    name: text,
    receiving: z.array(text).default([]),
    senders: z
      .array(
        z.strictObject({
          ods: odsCode,
          application: text.nullable().default(null),
          name: text,
          feed: z
            .string()
            .regex(
              /^[a-z0-9]+(?:[.-][a-z0-9]+)*$/,
              'is not the name of a feed: small letters, digits, hyphens and dots',
            ),
          timeZone: timeZone.default('Europe/London'),
        }),
      )
      .min(1, 'is empty: without a sender nothing can be received'),
    councils: z.array(z.strictObject({ gss: councilCode, destination: destinationFor(use) })).default([]),
    icbs: z.array(z.strictObject({ ods: odsCode, destination: destinationFor(use) })).default([]),
    partnerships: z
      .array(
        z.strictObject({
          council: councilCode,
          icb: odsCode,
          tellProspective: z.boolean().optional(),
          sendLegalBasis: z.boolean().optional(),
          askLeaveAfterNights: whole.optional(),
          followUpHours: whole.optional(),
          firstReviewWeeks: whole.optional(),
          reviewMonths: whole.optional(),
        }),
      )
      .default([]),
  });
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
  const { partnerships, ...connected } = parsed.data;
  return { kind: 'site', site: { ...connected, policies: policiesOf(partnerships) } };
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

function isTimeZone(name: string): boolean {
  try {
    return /^[A-Z]/.test(name) && new Intl.DateTimeFormat('en-GB', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

function isPlainAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === '';
}
