import type { FaultDetail } from '../fault.js';
import type { Mappings } from '../interpret/mappings.js';
import type { Directory } from '../organisations/directory.js';
import { organisationsOn } from '../publish/organisations.js';
import { publish } from '../publish/publish.js';
import { recipientKey } from '../publish/route.js';
import { type StampedResource, stamp } from '../publish/stamp.js';
import { closuresOf } from '../register/closures.js';
import type { Day } from '../register/day.js';
import type { Entry, Episode } from '../register/entry.js';
import type { Fact, MessageFact, StatedFact } from '../register/fact.js';
import { fold } from '../register/fold.js';
import { inRegisterOrder, personsOf } from '../register/identity.js';
import type { Sender, Site } from '../site.js';
import { admit, interpretBytes } from './admit.js';
import { admitFhir, type FhirPart, isFhirJson } from './admit-fhir.js';
import { digestOfMessage } from './digest.js';
import type { Given } from './files.js';

export type ExplainedMessage = {
  file: string;
  index: number;
  sender: string | null;
  controlId: string | null;
  trigger: string | null;
  outcome: 'interpreted' | 'ignored' | 'parked' | 'rejected';
  fault: FaultDetail | null;
  /** Why an ignored message tells nothing. */
  note: string | null;
  facts: MessageFact[];
};

export type ExplainedPublication = {
  to: string;
  nhsNumber: string | null;
  recordVersion: number;
  resources: StampedResource[];
};

export type Explanation = {
  asOf: Day;
  messages: ExplainedMessage[];
  register: Entry[];
  publications: ExplainedPublication[];
};

type Tables = { site: Site; mappings: Mappings; directory: Directory };

/**
 * The whole way without a database: messages and stated facts in, what the register would say and what each body
 * would be sent. The order of the messages and their repetition change nothing but the list of messages itself.
 */
export function explain(
  given: readonly Given[],
  stated: readonly StatedFact[],
  asOf: Day,
  tables: Tables,
): Explanation {
  const read = reader(tables, asOf);
  const messages = numbered(given.flatMap(read));
  const said: (readonly Fact[])[] = [...messages.map((message) => message.facts), ...stated.map((fact) => [fact])];
  const persons = closuresOf(said).flatMap(personsOf).sort(inRegisterOrder);
  const register = persons.map((person) => fold(person, tables.directory, tables.site, asOf));
  return { asOf, messages, register, publications: publicationsOf(register, asOf, tables) };
}

/**
 * Reads one message after another and remembers which have been, as the inbox does. A FHIR message that has no time of
 * its own counts as said on the day that is asked about: the order of the files says nothing.
 */
function reader({ site, mappings }: Tables, asOf: Day): (given: Given) => ExplainedMessage[] {
  const seen = new Map<string, { digest: string; message: ExplainedMessage }>();
  const arrivedAt = new Date(`${asOf}T00:00:00Z`);
  const readOne = ({ file, index }: Given, outside: Outside): ExplainedMessage => {
    const { bytes, about, refusal, sender, sentAt, application } = outside;
    const place = { file, index, ...about };
    if (sender === null) return { ...place, outcome: 'rejected', fault: refusal, note: null, facts: [] };
    const key = JSON.stringify([about.sender, application, about.controlId, sentAt]);
    const digest = digestOfMessage(bytes).toString('hex');
    const first = seen.get(key);
    if (first) return first.digest === digest ? { ...first.message, ...place } : { ...place, ...reused(bytes) };

    const { outcome, fault, note, facts } = interpretBytes(bytes, sender, mappings, arrivedAt);
    const message: ExplainedMessage = { ...place, outcome, fault, note, facts };
    seen.set(key, { digest, message });
    return message;
  };
  return (given) => outsidesOf(given.bytes, site).map((outside) => readOne(given, outside));
}

/** Where an entry of a Bundle is a message of its own, those after it in the file are counted on. */
function numbered(messages: readonly ExplainedMessage[]): ExplainedMessage[] {
  const next = new Map<string, number>();
  return messages.map((message) => {
    const index = Math.max(message.index, next.get(message.file) ?? 0);
    next.set(message.file, index + 1);
    return { ...message, index };
  });
}

type Outside = {
  /** What the inbox would keep. */
  bytes: Uint8Array;
  about: Pick<ExplainedMessage, 'sender' | 'controlId' | 'trigger'>;
  application: string;
  sentAt: string;
  /** Null where the message is refused. */
  sender: Sender | null;
  refusal: FaultDetail | null;
};

/** HL7 v2 and FHIR alike: what the outside says, and whether it is let in. */
const outsidesOf = (bytes: Uint8Array, site: Site): Outside[] =>
  isFhirJson(bytes) ? admitFhir(bytes, site).parts.map(outsideOfFhir) : [outsideOfHl7(bytes, site)];

function outsideOfFhir({ bytes, admission }: FhirPart): Outside {
  const { sender = null, controlId = null, trigger = null, application = '', sentAt = '' } = admission.envelope ?? {};
  const about = { sender: sender === '' ? null : sender, controlId, trigger };
  const outside = { bytes, about, application, sentAt };
  if (admission.kind === 'refused') return { ...outside, sender: null, refusal: admission.fault };
  return { ...outside, sender: admission.sender, refusal: null };
}

function outsideOfHl7(bytes: Uint8Array, site: Site): Outside {
  const admission = admit(bytes, site);
  const { header } = admission;
  const about = {
    sender: header?.sendingFacility ?? null,
    controlId: header?.controlId ?? null,
    trigger: header?.trigger ?? null,
  };
  const outside = { bytes, about, application: header?.sendingApplication ?? '', sentAt: header?.sentAt ?? '' };
  return admission.kind === 'refused'
    ? { ...outside, sender: null, refusal: admission.fault }
    : { ...outside, sender: admission.sender, refusal: null };
}

const reused = (bytes: Uint8Array): Pick<ExplainedMessage, 'outcome' | 'fault' | 'note' | 'facts'> => ({
  outcome: 'parked',
  fault: {
    code: 'control-id-reused',
    where: isFhirJson(bytes) ? 'Bundle.identifier' : 'MSH-10',
    text: 'the same control ID and message time came before with other content',
    next: 'the sender gives each message its own control ID and sends this one again',
  },
  note: null,
  facts: [],
});

/** First versions, with placeholder identifiers: the real ones are given once, by the ledger. */
function publicationsOf(register: readonly Entry[], asOf: Day, { site, directory }: Tables): ExplainedPublication[] {
  const icbs = new Set(site.icbs.flatMap(({ ods, destination }) => (destination ? [ods] : [])));
  const context = {
    recordedAt: `${asOf}T00:00:00Z`,
    recordedBy: { name: site.name, ods: null },
    organisationOf: organisationsOn(directory, asOf),
  };
  let next = 1;
  const placeholder = () => `00000000-0000-4000-8000-${String(next++).padStart(12, '0')}`;
  const idsOf = (anchors: string[]) => ({
    anchors,
    episode: placeholder(),
    flag: placeholder(),
    carePlan: placeholder(),
  });
  return register.flatMap((entry) =>
    publish(entry, site.policies)
      .filter(({ to }) => to.kind === 'council' || icbs.has(to.code))
      .map((publication) => ({
        to: recipientKey(publication.to),
        nhsNumber: entry.nhsNumber,
        recordVersion: 1,
        resources: stamp(
          publication,
          publication.episodes.map((episode) => idsOf(episode.anchors)),
          1,
          context,
        ).resources,
      })),
  );
}

/** A register row as `contract.md` prints it. */
export function registerRow(entry: Entry) {
  const body = ({ code, name, asWritten, standing, basis, candidates }: Entry['council']) => ({
    code,
    name,
    asWritten,
    standing,
    basis,
    candidates,
  });
  const episode = ({ status, from, to, endedBy, qualifying, council, plan }: Episode) => ({
    status,
    from,
    to,
    endedBy,
    qualifying: qualifying.map((detention) => ({ basis: detention.basis, from: detention.from, to: detention.to })),
    council: body(council),
    plan,
  });
  return {
    nhsNumber: entry.nhsNumber,
    localId: entry.localIds[0]?.value ?? null,
    localIds: entry.localIds,
    formerNhsNumbers: entry.formerNhsNumbers,
    status: entry.status,
    episodes: entry.episodes.map(episode),
    concurrent: entry.concurrent,
    council: body(entry.council),
    icb: body(entry.icb),
    because: entry.because,
    questions: entry.questions,
    clocks: entry.clocks,
    replies: entry.replies ?? [],
    diedOn: entry.diedOn,
    nextChangeOn: entry.nextChangeOn,
  };
}
