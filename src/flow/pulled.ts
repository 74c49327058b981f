import type { CodeableConcept, Task } from 'fhir/r4.js';
import type { Pool } from 'pg';
import { NHS_NUMBER_SYSTEM, REPLY_SYSTEM } from '../fhir/s117.js';
import type { Directory } from '../organisations/directory.js';
import { organisationReference, organisationsOn } from '../publish/organisations.js';
import type { StampedResource } from '../publish/stamp.js';
import { londonDay } from '../register/day.js';
import type { BodyReply } from '../register/entry.js';
import { knownBody } from '../register/known-body.js';
import type { Sender, Site } from '../site.js';
import { auditStore, type Looker } from '../store/audit.js';
import { ledgerStore } from '../store/ledger.js';
import { type PulledVersion, pulledStore } from '../store/pulled.js';
import type { ProvenBy } from '../wire/server-certificate.js';
import { directoryLast } from './directory-today.js';
import { stampedVersion } from './held.js';
import type { SenderProof } from './sender-proof.js';
import { numberTold } from './told.js';
import type { LedgerContent } from './versions.js';
import { ofWholeRegister } from './whole-register.js';

/** The types under which bodies read what they were told. */
export const PULLED_TYPES = ['Flag', 'CarePlan', 'EpisodeOfCare', 'Task'] as const;
export type PulledType = (typeof PULLED_TYPES)[number];

/** Who reads: a body what it was told itself; `bodies` null: who holds the operator token, everything. */
export type Puller = Looker & { bodies: readonly string[] | null };

/** `from`, `until`: when it was told. `after`: where an earlier page ended. `limit`: versions, each of one person at one body. */
export type PullAsked = {
  type: PulledType;
  nhsNumber: string | null;
  from: Date | null;
  until: Date | null;
  after: string | null;
  limit: number;
};

/** `next`: where the next page begins; null: there is none. */
export type Pulled = { resources: (StampedResource | Task)[]; next: string | null };

export type RegisterPull = (asked: PullAsked, who: Puller) => Promise<Pulled>;

type Deps = { pool: Pool; site: Site; directory: Directory };

/**
 * What bodies were told, for those who fetch it themselves: the latest version of each person, as it was sent or would be.
 * To fetch it confirms nothing. Everybody of a page has been looked at, and the audit says by whom. Throws Fault
 * `rebuilding`.
 */
export function registerPull({ pool, site, directory }: Deps): RegisterPull {
  return async ({ type, nhsNumber, from, until, after, limit }, who) => {
    const personKeys = nhsNumber === null ? null : await keysOf(nhsNumber, pool);
    const filter = { bodies: who.bodies, personKeys, from, until, after: after ?? '0', limit: limit + 1 };
    const found = await ofWholeRegister(pool, () => pulledStore(pool).versions(filter));
    const versions = found
      .slice(0, limit)
      .filter(({ content }) => nhsNumber === null || numberTold({ content }) === nhsNumber);
    const looked = versions.map(({ personKey }) => personKey);
    await auditStore(pool).recordListed(looked, who);
    const resources = versions.flatMap((version) => resourcesOf(type, version, { site, directory }));
    return { resources, next: found.length > limit ? (found[limit - 1]?.id ?? null) : null };
  };
}

/** Every key under which somebody of that number was told of, also one that was merged away. */
async function keysOf(nhsNumber: string, pool: Pool): Promise<string[]> {
  const ledger = ledgerStore(pool);
  const answering = new Set((await ledger.keysGiven([`nhs:${nhsNumber}`])).values());
  return (await Promise.all([...answering].map((key) => ledger.keysUnder(key)))).flat();
}

function resourcesOf(type: PulledType, version: PulledVersion, by: Omit<Deps, 'pool'>): Pulled['resources'] {
  const { resources } = stampedVersion(version.content as LedgerContent, version.recordVersion, by.site, by.directory);
  const meta = { lastUpdated: version.publishedAt.toISOString(), versionId: String(version.recordVersion) };
  const own = resources.filter(({ resourceType }) => resourceType === (type === 'Task' ? 'EpisodeOfCare' : type));
  return own.map((resource) =>
    type === 'Task'
      ? { ...taskFor(resource, version, by.directory), meta }
      : { ...resource, id: resource.identifier[0].value, meta: { ...resource.meta, ...meta } },
  );
}

/** What the body is asked for each episode: to take it up, and to say so by the same Task. */
function taskFor({ identifier }: StampedResource, version: PulledVersion, directory: Directory): Task {
  const { publishedAt, content } = version;
  const { kind, code } = (content as LedgerContent).publication.to; // written by us
  const organisation = organisationsOn(directoryLast(directory), londonDay(publishedAt.toISOString()));
  const reply = (version.replies as BodyReply[]).find((each) => each.body === code); // written by the fold
  const [{ system, value }] = identifier;
  return {
    resourceType: 'Task',
    id: value,
    status: statusOf(reply),
    intent: 'order',
    ...answered(reply),
    focus: { type: 'EpisodeOfCare', identifier: { system, value } },
    for: { type: 'Patient', identifier: { system: NHS_NUMBER_SYSTEM, value: numberTold({ content }) } },
    owner: organisationReference(code, organisation(kind, code)),
    authoredOn: publishedAt.toISOString(),
  };
}

const statusOf = (reply: BodyReply | undefined): Task['status'] => {
  if (!reply) return 'requested';
  return reply.outcome === 'rejected' ? 'rejected' : 'accepted';
};

function answered(reply: BodyReply | undefined): Pick<Task, 'businessStatus' | 'statusReason' | 'identifier'> {
  if (!reply) return {};
  const businessStatus: CodeableConcept = { coding: [{ system: REPLY_SYSTEM, code: reply.outcome }] };
  return {
    businessStatus,
    ...(reply.reason === null ? {} : { statusReason: { text: reply.reason } }),
    ...(reply.caseId === null ? {} : { identifier: [{ value: reply.caseId }] }),
  };
}

/** The bodies as which a connection may read: those of the sender whose certificate it showed. Null: it proves none. */
export function bodiesProven(
  { senders }: Pick<Site, 'senders'>,
  directory: Directory,
  proof: SenderProof,
): (certificate: ProvenBy) => Pick<Puller, 'who' | 'bodies'> | null {
  const today = () => londonDay(new Date().toISOString());
  const bodiesOf = ({ ods }: Sender): string[] => {
    const { council, icb } = knownBody(ods, today(), today(), directoryLast(directory));
    return [...council.flatMap((code) => [code, `${code}-children`]), ...icb];
  };
  return (certificate) => {
    if (certificate === null || certificate === 'missing') return null;
    const proven = senders.filter((sender) => sender.certificates.length > 0 && proof(sender, certificate) === null);
    const bodies = [...new Set(proven.flatMap(bodiesOf))];
    const [sender] = proven;
    return sender && bodies.length > 0 ? { who: sender.ods, bodies } : null;
  };
}
