import type { FaultDetail } from '../fault.js';
import { type Address, misfit, namesPersonIn } from '../fhir/address.js';
import type { Bundle } from '../fhir/bundle.js';
import { error, type Issue, type IssueCode } from '../fhir/issue.js';
import { type Resource, typeOf } from '../fhir/resources.js';
import type { Log } from '../log.js';
import type { Site } from '../site.js';
import type { Accepted, IncomingMessage } from '../store/message.js';
import { admitFhir, type FhirAdmission, type FhirRefusal, refusalOf, refused } from './admit-fhir.js';
import { digestOfMessage } from './digest.js';
import { type Asked, type FhirAnswer, type FhirRequest, keptAnswer, outcomeAnswer } from './fhir-answer.js';
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
  now?: () => Date;
};

const TAKEN = ['Encounter', 'Patient'];

/** FHIR by the way on which HL7 v2 comes: read, kept with what arrives at the same time, and answered once on disk. */
export function fhirReceiver({
  site,
  keep,
  log,
  proof = senderProof(site),
  now = () => new Date(),
}: Deps): ReceiveFhir {
  const settle = async (message: IncomingMessage, answer: (accepted: Accepted) => FhirAnswer): Promise<FhirAnswer> => {
    try {
      return answer(await keep(message));
    } catch (cause) {
      log.error('a message could not be stored; its sender was asked to send it again', { error: cause });
      return outcomeAnswer(503, [error('transient', null, 'it could not be stored; send it again')]);
    }
  };

  const receive = (bytes: Uint8Array, request: FhirRequest, from: From): Promise<FhirAnswer> => {
    const admission = admitFhir(bytes, site);
    const refusal = refusalIn(admission, request, from, proof);
    const at = now();
    const row = rowOf(bytes, { admission, refusal, from, at });
    return settle(row, (accepted) => {
      if (refusal) return outcomeAnswer(statusOf(refusal), refusal.issues);
      if (accepted.fault?.code === 'control-id-reused') return outcomeAnswer(409, [REUSED]);
      return keptAnswer(admission.message, { controlId: row.controlId, bytes, request, at, name: site.name });
    });
  };
  return Object.assign(receive, {
    refuse(fault: FaultDetail, from: From) {
      const row = rowOf(new Uint8Array(), { admission: null, refusal: refused(fault, 'too-long'), from, at: now() });
      return settle(row, () => outcomeAnswer(413, refused(fault, 'too-long').issues));
    },
  });
}

const REUSED = error(
  'duplicate',
  null,
  'the same identifier came before with other content; this one is set aside: give each message an identifier of its own and send it again',
);

function refusalIn(admission: FhirAdmission, request: FhirRequest, from: From, proof: SenderProof): FhirRefusal | null {
  const unfit = admission.message === null ? null : unfitFor(request.asks, admission.message);
  if (unfit) return refusalOf([unfit]);
  if (admission.kind === 'refused') return admission;
  const unproven = proof(admission.sender, from.certificate ?? null);
  return unproven ? refused({ ...unproven, where: '' }, 'forbidden') : null;
}

/** What the body must be for the address that it was sent to. */
function unfitFor(asks: Asked, message: Resource | Bundle): Issue | null {
  const type = message.resourceType === 'Bundle' ? 'Bundle' : typeOf(message);
  if (asks.kind === 'bundle' || asks.kind === 'process-message') {
    if (message.resourceType !== 'Bundle')
      return error('value', type, `a Bundle is taken here; POST this to /fhir/${type}`);
    const isMessage = message.type === 'message';
    if (asks.kind === 'bundle' || isMessage) return null;
    return error('value', 'Bundle.type', 'is not message, which $process-message takes');
  }
  if (!TAKEN.includes(asks.type)) return error('not-found', null, `only ${TAKEN.join(' and ')} are taken`);
  if (type !== asks.type) return error('value', `${type}.resourceType`, `is not ${asks.type}, as the address says`);
  return asks.kind === 'create' || message.resourceType === 'Bundle' ? null : unlikeAddress(asks, message);
}

function unlikeAddress(address: Address, resource: Resource): Issue | null {
  if (namesPersonIn(address)) {
    return error(
      'value',
      null,
      'the NHS number is not taken from an address: give another identifier, or POST; the body holds it',
    );
  }
  const type = typeOf(resource);
  const found = misfit(resource, address);
  if (found) return error('value', found.of === null ? null : `${type}.${found.of}`, found.text);
  const isSame = address.id === null || ('id' in resource && resource.id === address.id);
  return isSame ? null : error('value', `${type}.id`, 'is missing: an update by id has the same id in the body');
}

const STATUS: Partial<Record<IssueCode, number>> = {
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

type Given = { admission: FhirAdmission | null; refusal: FhirRefusal | null; from: From; at: Date };

function rowOf(bytes: Uint8Array, { admission, refusal, from, at }: Given): IncomingMessage {
  const content = Buffer.from(bytes);
  const envelope = admission?.envelope ?? null;
  return {
    transport: from.transport,
    peer: from.peer,
    sender: envelope?.sender ?? '',
    application: envelope?.application ?? '',
    controlId: envelope?.controlId ?? '',
    sentAt: refusal ? (envelope?.sentAt ?? '') : sentAtOf(admission, at),
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
function sentAtOf(admission: FhirAdmission | null, at: Date): string {
  if (admission?.kind !== 'admitted') return '';
  const { sentAt } = admission.envelope;
  return sentAt === '' && !admission.isIdentified ? at.toISOString() : sentAt;
}
