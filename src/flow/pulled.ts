import type { EpisodeOfCare, Task } from 'fhir/r4.js';
import type { Pool } from 'pg';
import { NHS_NUMBER_SYSTEM, REPLY_SYSTEM } from '../fhir/s117.js';
import type { Directory } from '../organisations/directory.js';
import { organisationReference, organisationsOn } from '../publish/organisations.js';
import { type Identified, versionExtension } from '../publish/parts.js';
import type { StampedResource } from '../publish/stamp.js';
import { londonDay } from '../register/day.js';
import type { BodyReply } from '../register/entry.js';
import { knownBody } from '../register/known-body.js';
import type { Sender, Site } from '../site.js';
import { auditStore, type Looker } from '../store/audit.js';
import { personKeyStore } from '../store/person-keys.js';
import { type PulledVersion, pulledStore } from '../store/pulled.js';
import type { ProvenBy } from '../wire/server-certificate.js';
import { directoryLast } from './directory-today.js';
import { stampedVersion } from './held.js';
import type { SenderProof } from './sender-proof.js';
import { numberTold, replyTo } from './told.js';
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
 * To fetch it confirms nothing; an answer does (`keepInterpretations`). Everybody of a page has been looked at, and the audit says by whom. Throws Fault
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
  const personKeys = personKeyStore(pool);
  const answering = new Set((await personKeys.keysGiven([`nhs:${nhsNumber}`])).values());
  return (await Promise.all([...answering].map((key) => personKeys.keysUnder(key)))).flat();
}

function resourcesOf(type: PulledType, version: PulledVersion, by: Omit<Deps, 'pool'>): Pulled['resources'] {
  const { resources } = stampedVersion(version.content as LedgerContent, version.recordVersion, by.site, by.directory);
  const meta = { lastUpdated: version.publishedAt.toISOString(), versionId: String(version.recordVersion) };
  return resources.flatMap((resource) => {
    if (type === 'Task')
      return resource.resourceType === 'EpisodeOfCare' ? { ...taskFor(resource, version, by.directory), meta } : [];
    const id = resource.identifier[0].value;
    return resource.resourceType === type ? { ...resource, id, meta: { ...resource.meta, ...meta } } : [];
  });
}

/** What the body is asked for each episode: to take it up, and to say so by the same Task. */
function taskFor(
  { identifier, status }: Identified<EpisodeOfCare>,
  version: PulledVersion,
  directory: Directory,
): Task {
  const { publishedAt, body, recordVersion, replies } = version;
  const { publication, ids, retired } = version.content as LedgerContent; // written by us
  const { kind, code } = publication.to;
  const organisation = organisationsOn(directoryLast(directory), londonDay(publishedAt.toISOString()));
  const [{ system, value }] = identifier;
  const own = [...ids, ...retired].filter(({ episode }) => episode === value);
  const reply = replyTo(own, body, replies as BodyReply[]); // written by the fold
  return {
    resourceType: 'Task',
    id: value,
    extension: [versionExtension(recordVersion)],
    status: statusOf(status, reply),
    intent: 'order',
    ...answered(reply),
    focus: { type: 'EpisodeOfCare', identifier: { system, value } },
    for: { type: 'Patient', identifier: { system: NHS_NUMBER_SYSTEM, value: publication.patient.nhsNumber } },
    owner: organisationReference(code, organisation(kind, code)),
    authoredOn: publishedAt.toISOString(),
  };
}

/** What is over, and was never answered, is nobody's to take up. */
function statusOf(episode: EpisodeOfCare['status'], reply: BodyReply | null): Task['status'] {
  if (episode === 'entered-in-error') return 'entered-in-error';
  if (reply) return reply.outcome === 'rejected' ? 'rejected' : 'accepted';
  return episode === 'finished' ? 'cancelled' : 'requested';
}

/** The status says what was accepted and what was rejected: twice said, whoever changes the one contradicts the other. */
function answered(reply: BodyReply | null): Pick<Task, 'businessStatus' | 'statusReason' | 'identifier'> {
  if (!reply) return {};
  const { outcome, reason, caseId } = reply;
  const isSaid = outcome === 'accepted' || outcome === 'rejected';
  return {
    ...(isSaid ? {} : { businessStatus: { coding: [{ system: REPLY_SYSTEM, code: outcome }] } }),
    ...(reason === null ? {} : { statusReason: { text: reason } }),
    ...(caseId === null ? {} : { identifier: [{ value: caseId }] }),
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
