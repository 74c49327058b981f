import type { FaultDetail } from '../fault.js';
import type { Bundle } from '../fhir/bundle.js';
import { error, type Issue, type IssueCode } from '../fhir/issue.js';
import type { Resource } from '../fhir/resources.js';
import type { EntryAnswer } from '../fhir/response.js';
import type { Log } from '../log.js';
import type { Site } from '../site.js';
import type { Accepted, IncomingMessage } from '../store/message.js';
import {
  admitFhir,
  type Envelope,
  type FhirAdmission,
  type FhirPart,
  type FhirRefusal,
  refusalOf,
  refused,
} from './admit-fhir.js';
import { digestOfMessage } from './digest.js';
import {
  entriesAnswer,
  type FhirAnswer,
  type FhirRequest,
  keptAnswer,
  keptEntries,
  outcomeAnswer,
  refusedEntry,
} from './fhir-answer.js';
import { unfitFor } from './fhir-fit.js';
import type { ReplyCheck } from './known-reply.js';
import type { From, Receive } from './receive.js';
import { type SenderProof, senderProof } from './sender-proof.js';

export type ReceiveFhir = {
  (bytes: Uint8Array, request: FhirRequest, from: From): Promise<FhirAnswer>;
  /** The refusal of what is over the limit, of which nothing was read. */
  refuse(fault: FaultDetail, from: From): Promise<FhirAnswer>;
};

type Deps = {
  site: Site;
  keep: Receive['keep'];
  log: Log;
  proof?: SenderProof;
  /** Left out where nobody is told anything. */
  replies?: ReplyCheck;
  now?: () => Date;
};

/** FHIR by the way on which HL7 v2 comes: read, kept with what arrives at the same time, and answered once on disk. */
export function fhirReceiver({
  site,
  keep,
  log,
  proof = senderProof(site),
  replies = async () => null,
  now = () => new Date(),
}: Deps): ReceiveFhir {
  // Positive only when all of it is on disk: what was stored of it before a failure is a repeat when it comes again.
  const settle = async (rows: IncomingMessage[], answer: (accepted: Accepted[]) => FhirAnswer): Promise<FhirAnswer> =>
    trying(async () => answer(await Promise.all(rows.map(keep))));

  const trying = async (answer: () => Promise<FhirAnswer>): Promise<FhirAnswer> => {
    try {
      return await answer();
    } catch (cause) {
      log.error('a message could not be stored; its sender was asked to send it again', { error: cause });
      return outcomeAnswer(503, [error('transient', null, 'it could not be stored; send it again')]);
    }
  };

  const receive = async (bytes: Uint8Array, request: FhirRequest, from: From): Promise<FhirAnswer> => {
    const { message, envelope, parts } = admitFhir(bytes, site);
    const at = now();
    const unfit = message === null ? null : unfitFor(request, message);
    if (unfit) {
      const refusal = refusalOf([unfit]);
      const row = rowOf(bytes, { envelope, sentAt: envelope?.sentAt ?? '', refusal, from });
      return settle([row], () => outcomeAnswer(statusOf(refusal), refusal.issues));
    }
    return trying(async () => {
      const taken = await Promise.all(parts.map((part) => takenBy(part, { proof, replies, from, at })));
      const rows = taken.map(({ part, refusal }) => {
        const sentAt = sentAtOf(part.admission, at, refusal);
        return rowOf(part.bytes, { envelope: part.admission.envelope, sentAt, refusal, from });
      });
      const accepted = await Promise.all(rows.map(keep));
      const fates = taken.map((each, index) => ({ ...each, isReused: isReused(accepted[index]) }));
      return answerTo(message, fates, { bytes, request, at, controlId: envelope?.controlId ?? '', name: site.name });
    });
  };
  return Object.assign(receive, {
    refuse(fault: FaultDetail, from: From) {
      const refusal = refused(fault, 'too-long');
      const row = rowOf(new Uint8Array(), { envelope: null, sentAt: '', refusal, from });
      return settle([row], () => outcomeAnswer(413, refusal.issues));
    },
  });
}

type Taken = { part: FhirPart; refusal: FhirRefusal | null };
type Fate = Taken & { isReused: boolean };

type Judging = { proof: SenderProof; replies: ReplyCheck; from: From; at: Date };

async function takenBy(part: FhirPart, { proof, replies, from, at }: Judging): Promise<Taken> {
  const { bytes, admission } = part;
  if (admission.kind === 'refused') return { part, refusal: admission };
  const { message, sender } = admission;
  const unproven = proof(sender, from.certificate ?? null);
  if (unproven) return { part, refusal: refused({ ...unproven, where: '' }, 'forbidden') };
  const refusal = await replies({ bytes, message, sender }, at);
  return { part, refusal: refusal && asSent(refusal, part) };
}

/** What an entry tells stands first in what is kept of it, and elsewhere in the Bundle that was sent. */
const asSent = ({ fault, issues }: FhirRefusal, { entry }: FhirPart): FhirRefusal => ({
  fault,
  issues: issues.map((issue) => ({
    ...issue,
    expression:
      entry === null
        ? issue.expression
        : (issue.expression?.replace(/^Bundle\.entry\[0\]/, `Bundle.entry[${entry}]`) ?? null),
  })),
});

const isReused = (accepted: Accepted | undefined): boolean => accepted?.fault?.code === 'control-id-reused';

type Kept = Parameters<typeof keptAnswer>[1];

/** Of a batch to each entry; of anything else one to all of it. */
function answerTo(message: Resource | Bundle | null, fates: readonly Fate[], kept: Kept): FhirAnswer {
  if (
    message?.resourceType === 'Bundle' &&
    message.type === 'batch' &&
    fates.every(({ part }) => part.entry !== null)
  ) {
    const asKept = keptEntries(message, kept.request);
    return entriesAnswer(
      'batch',
      asKept.map((each, index) => notKept(fates[index]) ?? each),
      kept.at,
    );
  }
  const refusal = fates.find((each) => each.refusal)?.refusal;
  if (refusal) return outcomeAnswer(statusOf(refusal), refusal.issues);
  const reused = fates.filter((each) => each.isReused);
  return reused.length > 0 ? outcomeAnswer(409, reused.map(reusedIssue)) : keptAnswer(message, kept);
}

function notKept(fate: Fate | undefined): EntryAnswer | null {
  if (fate?.refusal) return refusedEntry(statusOf(fate.refusal), fate.refusal.issues);
  return fate?.isReused ? refusedEntry(409, [reusedIssue(fate)]) : null;
}

const reusedIssue = ({ part: { entry } }: Fate): Issue =>
  error(
    'duplicate',
    entry === null ? null : `Bundle.entry[${entry}]`,
    'the same identifier came before with other content; this one is set aside: give each message an identifier of its own and send it again',
  );

const STATUS: Partial<Record<IssueCode, number>> = {
  conflict: 412,
  'too-long': 413,
  forbidden: 403,
  'not-found': 404,
  'not-supported': 422,
  'business-rule': 422,
  extension: 422,
};

function statusOf({ fault, issues }: FhirRefusal): number {
  if (fault.code === 'field-missing') return 422;
  return STATUS[issues[0]?.code ?? 'structure'] ?? 400;
}

type Given = { envelope: Envelope | null; sentAt: string; refusal: FhirRefusal | null; from: From };

function rowOf(bytes: Uint8Array, { envelope, sentAt, refusal, from }: Given): IncomingMessage {
  const content = Buffer.from(bytes);
  return {
    transport: from.transport,
    peer: from.peer,
    sender: envelope?.sender ?? '',
    application: envelope?.application ?? '',
    controlId: envelope?.controlId ?? '',
    sentAt,
    messageCode: 'FHIR',
    trigger: envelope?.trigger ?? '',
    digest: digestOfMessage(content),
    content: refusal ? null : content,
    ack: refusal ? 'AR' : 'AA',
    state: refusal ? 'rejected' : 'received',
    fault: refusal?.fault ?? null,
  };
}

/**
 * A message with neither a time nor an identifier of its own cannot be told from an earlier one with the same content:
 * in progress, finished, in progress again are three statements. So each arrival of it is one.
 */
function sentAtOf(admission: FhirAdmission, at: Date, refusal: FhirRefusal | null): string {
  const sentAt = admission.envelope?.sentAt ?? '';
  if (refusal || admission.kind === 'refused') return sentAt;
  return sentAt === '' && !admission.isIdentified ? at.toISOString() : sentAt;
}
