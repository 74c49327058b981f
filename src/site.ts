import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { isNativeError } from 'node:util/types';
import type { z } from 'zod';
import { type Commenced, DEFAULT_POLICY, type Policies, type Policy } from './register/policy.js';
import type { Alerts } from './site-alerts.js';
import type { Contacts } from './site-contacts.js';
import { type SiteUse, siteFileFor } from './site-file.js';
import { type FeedExists, problemsTogether } from './site-relations.js';
import type { SenderCertificate, SenderLimits } from './site-sender.js';
import { type Problem, pathText, readWithLines } from './yaml-lines.js';

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

/** How often the body's own register is read and held against this one; `apply`: with what mends it safely. */
export type ReconcileSettings = { everyDays: number; apply: boolean; requestsPerMinute: number };

/** Who is connected, checked: what `site.yaml` says (`site.example.yaml` explains it). */
export type Site = {
  name: string;
  /** MSH-6 values that mean us; empty: any. */
  receiving: string[];
  senders: Sender[];
  /** `childrensDestination`: where the council is told of people under eighteen, if not in the same system. */
  councils: {
    gss: string;
    destination: Destination | null;
    childrensDestination: Destination | null;
    reconcile: ReconcileSettings | null;
  }[];
  icbs: { ods: string; destination: Destination | null; reconcile: ReconcileSettings | null }[];
  policies: SitePolicies;
  /** Whom each partnership names to ask for. */
  contacts: (Contacts & { of: { council: string; icb: string } })[];
  commenced: Commenced;
  alerts: Alerts;
};

/** `agreed`: each council and ICB that chose for themselves, as what they chose. */
type Agreed = { readonly agreed: ReadonlyMap<string, Policy> } & Pick<Policies, 'version' | 'childrensSystems'>;
type SitePolicies = Policies & Agreed;

/** A site as a thread can be given it: data alone. */
export type SiteData = Omit<Site, 'policies'> & { policies: Agreed };

export function dataOfSite({ policies, ...site }: Site): SiteData {
  const { agreed, version, childrensSystems } = policies;
  return { ...site, policies: { agreed, version, ...(childrensSystems && { childrensSystems }) } };
}

export const siteOfData = (data: SiteData): Site => ({ ...data, policies: policiesBy(data.policies) });

export type SiteResult = { kind: 'site'; site: Site } | { kind: 'problems'; problems: string[] };

/** What a site file says, unread; `file` is how its mistakes name it. */
export type SiteText = { text: string; file: string };

const FEEDS = new URL('../mappings/feeds/', import.meta.url);
const DEMONSTRATION = fileURLToPath(new URL('../site.demo.yaml', import.meta.url));

const feedFileExists: FeedExists = (name) => existsSync(new URL(`${name}.yaml`, FEEDS));

/** Reads a site file, or the demonstration site where `file` is null. */
export function loadSite(
  file: string | null,
  feedExists: FeedExists = feedFileExists,
  use: SiteUse = 'deliver',
): SiteResult {
  const read = readSiteText(file);
  return 'problems' in read ? read : parseSite(read.text, read.file, feedExists, use);
}

/** The text of a site file, or of the demonstration site where `file` is null. */
export function readSiteText(file: string | null): SiteText | { kind: 'problems'; problems: string[] } {
  const path = file ?? DEMONSTRATION;
  try {
    return { text: readFileSync(path, 'utf8'), file: path };
  } catch (error) {
    if (!isNativeError(error) || !('syscall' in error)) throw error;
    const why = 'code' in error && error.code === 'ENOENT' ? 'does not exist' : 'cannot be read';
    return {
      kind: 'problems',
      problems: [`${path}: ${why}: name the site file with SITE_FILE (see site.example.yaml)`],
    };
  }
}

/** What is wrong with a site file, each with its line; nothing where it can be used. */
export function siteProblems(file: string | null): string[] {
  const read = loadSite(file);
  return read.kind === 'problems' ? read.problems : [];
}

/** YAML text to a site. Every problem names its line, and all are reported at once. */
export function parseSite(
  text: string,
  file: string,
  feedExists: FeedExists = feedFileExists,
  use: SiteUse = 'deliver',
): SiteResult {
  const written = readWithLines(text, file);
  if (written.kind === 'mistakes') return { kind: 'problems', problems: written.mistakes };
  const checked = check(written.value, { feedExists, use });
  const problems = [...written.doubled, ...('problems' in checked ? checked.problems : [])];
  return 'problems' in checked || problems.length > 0
    ? { kind: 'problems', problems: written.lines(problems, inWords) }
    : { kind: 'site', site: checked };
}

/** A site from a plain object, for a site that a program composes. */
export function siteFromObject(value: unknown, feedExists: FeedExists = feedFileExists): SiteResult {
  const checked = check(value, { feedExists, use: 'deliver' });
  return 'problems' in checked
    ? { kind: 'problems', problems: checked.problems.map(inWords) }
    : { kind: 'site', site: checked };
}

const inWords = ({ path, what }: Problem): string => `${pathText(path)} ${what}`;

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
  const councils = site.councils.flatMap(({ gss, destination, childrensDestination }) => [
    { body: gss, destination },
    { body: `${gss}-children`, destination: childrensDestination },
  ]);
  const icbs = site.icbs.map(({ ods, destination }) => ({ body: ods, destination }));
  return [...councils, ...icbs].flatMap(({ body, destination }) =>
    destination?.kind === 'fhir' ? [{ body, url: destination.url }] : [],
  );
}

type SiteFile = z.infer<ReturnType<typeof siteFileFor>>;

type Reading = { feedExists: FeedExists; use: SiteUse };

function check(value: unknown, { feedExists, use }: Reading): Site | { problems: Problem[] } {
  const parsed = siteFileFor(use).safeParse(value, { error: issueText });
  const inForm = parsed.success ? [] : parsed.error.issues.flatMap(problemsOf);
  const places = new Set(inForm.map(({ path }) => pathText(path)));
  const together = problemsTogether(value, feedExists).filter(({ path }) => !places.has(pathText(path)));
  const problems = [...inForm, ...together];
  if (!parsed.success || problems.length > 0) return { problems };
  const { partnerships, senders, rules, ...connected } = parsed.data;
  const commenced = { placementDeeming: rules['placement-deeming']?.from ?? null };
  return {
    ...connected,
    senders: senders.map(({ certificate, ...sender }) => ({ ...sender, certificates: certificate })),
    policies: policiesOf(partnerships, connected, commenced),
    contacts: partnerships.map(({ council, icb, contacts }) => ({ of: { council, icb }, ...contacts })),
    commenced,
  };
}

/** An ICB or a system for children that is given a destination is told from then on, and a rule that began changes entries: both belong to the version. */
function policiesOf(
  partnerships: SiteFile['partnerships'],
  { icbs, councils }: Pick<SiteFile, 'icbs' | 'councils'>,
  commenced: Commenced,
): SitePolicies {
  const agreed = new Map(
    partnerships.map(({ council, icb, contacts: _, ...chosen }) => [
      `${council} ${icb}`,
      { ...DEFAULT_POLICY, ...chosen },
    ]),
  );
  const told = icbs.flatMap(({ ods, destination }) => (destination ? [ods] : []));
  const childrens = councils.flatMap(({ gss, childrensDestination }) => (childrensDestination ? [gss] : []));
  return policiesBy({
    agreed,
    version: versionOf(agreed, [...told, ...childrens.map((gss) => `${gss}-children`)], commenced),
    childrensSystems: new Set(childrens),
  });
}

const policiesBy = (by: Agreed): SitePolicies =>
  Object.assign(
    (council: string | null, icb: string | null) => by.agreed.get(`${council} ${icb}`) ?? DEFAULT_POLICY,
    by,
  );

/** Whoever agrees on the default has agreed on nothing, and in which order it is written does not matter. */
function versionOf(agreed: ReadonlyMap<string, Policy>, told: readonly string[], commenced: Commenced): string {
  const own = [...agreed].filter(([, policy]) => !isDeepStrictEqual(policy, DEFAULT_POLICY));
  const lines = [DEFAULT_POLICY, ...own].map((line) => JSON.stringify(line)).sort();
  return createHash('sha256')
    .update(JSON.stringify([lines, [...told].sort(), commenced]))
    .digest('hex')
    .slice(0, 12);
}

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
