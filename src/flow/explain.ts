import type { FaultDetail } from '../fault.js';
import type { Mappings } from '../interpret/mappings.js';
import type { Directory } from '../organisations/directory.js';
import { organisationsOn } from '../publish/organisations.js';
import { publish } from '../publish/publish.js';
import { type StampedResource, stamp } from '../publish/stamp.js';
import type { Day } from '../register/day.js';
import type { Entry, Episode } from '../register/entry.js';
import type { Fact, MessageFact, StatedFact } from '../register/fact.js';
import { fold } from '../register/fold.js';
import { personsOf } from '../register/identity.js';
import type { Site } from '../site.js';
import { admit, interpretBytes } from './admit.js';
import type { Given } from './files.js';
import { digestOfMessage } from './receive.js';

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
  const read = reader(tables);
  const messages = given.map(read);
  const facts: Fact[] = [...messages.flatMap((message) => message.facts), ...stated];
  const register = personsOf(facts).map((person) => fold(person, tables.directory, tables.site.policies, asOf));
  return { asOf, messages, register, publications: publicationsOf(register, asOf, tables) };
}

/** Reads one message after another and remembers which have been, as the inbox does. */
function reader({ site, mappings }: Tables): (given: Given) => ExplainedMessage {
  const seen = new Map<string, { digest: string; message: ExplainedMessage }>();
  return ({ file, index, bytes }) => {
    const admission = admit(bytes, site);
    const header = admission.header;
    const about = {
      file,
      index,
      sender: header?.sendingFacility ?? null,
      controlId: header?.controlId ?? null,
      trigger: header?.trigger ?? null,
    };
    if (admission.kind === 'refused') {
      return { ...about, outcome: 'rejected', fault: admission.fault, note: null, facts: [] };
    }
    const { sendingFacility, sendingApplication, controlId, sentAt } = admission.header;
    const key = JSON.stringify([sendingFacility, sendingApplication, controlId, sentAt]);
    const digest = digestOfMessage(bytes).toString('hex');
    const first = seen.get(key);
    if (first) return first.digest === digest ? { ...first.message, ...about } : { ...about, ...REUSED };

    const { outcome, fault, note, facts } = interpretBytes(bytes, admission.sender, mappings);
    const message: ExplainedMessage = { ...about, outcome, fault, note, facts };
    seen.set(key, { digest, message });
    return message;
  };
}

const REUSED: Pick<ExplainedMessage, 'outcome' | 'fault' | 'note' | 'facts'> = {
  outcome: 'parked',
  fault: {
    code: 'control-id-reused',
    where: 'MSH-10',
    text: 'the same control ID and message time came before with other content',
    next: 'the sender gives each message its own control ID and sends this one again',
  },
  note: null,
  facts: [],
};

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
        to: publication.to.code,
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
    diedOn: entry.diedOn,
    nextChangeOn: entry.nextChangeOn,
  };
}
