import { z } from 'zod';
import { QUESTION_KINDS } from '../register/entry.js';
import { DIFFERENCE_KINDS } from '../register/register-comparison.js';
import {
  DELIVERY_STATES,
  day,
  ENTRY_STATUSES,
  FAULT_CODES,
  instant,
  MESSAGE_STATES,
  personKey,
  rowId,
} from './fields.js';

const FaultView = z.object({ code: z.enum(FAULT_CODES), where: z.string(), text: z.string(), next: z.string() });

export const MessageRowView = z.object({
  id: rowId,
  receivedAt: instant,
  sender: z.string(),
  application: z.string(),
  controlId: z.string(),
  trigger: z.string(),
  outcome: z.enum(MESSAGE_STATES).describe('received: nobody has interpreted it yet'),
  fault: FaultView.nullable(),
  repeats: z.number().int(),
});
export type MessageRowView = z.infer<typeof MessageRowView>;
export const MessageListView = z.object({
  messages: z.array(MessageRowView),
  nextBefore: rowId.nullable(),
  whole: z.boolean().describe('false: only the newest part of the inbox was looked through; go on with nextBefore'),
});
export type MessageListView = z.infer<typeof MessageListView>;

export const DeliveryRowView = z.object({
  id: rowId,
  personKey,
  body: z.string(),
  bodyName: z.string().nullable(),
  recordVersion: z.number().int(),
  state: z.enum(DELIVERY_STATES),
  attempt: z.number().int(),
  fault: z.object({ code: z.enum(FAULT_CODES), text: z.string(), next: z.string() }).nullable(),
  publishedAt: instant,
  nextAttemptAt: instant.nullable(),
  settledAt: instant.nullable(),
});
export type DeliveryRowView = z.infer<typeof DeliveryRowView>;
export const DeliveryListView = z.object({ deliveries: z.array(DeliveryRowView), nextBefore: rowId.nullable() });
export type DeliveryListView = z.infer<typeof DeliveryListView>;

export const DeliveryView = DeliveryRowView.extend({
  versions: z.array(DeliveryRowView),
  attempts: z.array(
    z.object({
      attempt: z.number().int(),
      startedAt: instant,
      endedAt: instant.nullable(),
      result: z.string().nullable(),
      httpStatus: z.number().int().nullable(),
    }),
  ),
  answer: z.unknown().describe("the body's OperationOutcome where it refused"),
  resources: z.array(z.unknown()).describe('what this version says, in FHIR'),
});
export type DeliveryView = z.infer<typeof DeliveryView>;

export const MessageView = MessageRowView.extend({
  transport: z.enum(['mllp', 'http']),
  peer: z.string(),
  messageCode: z.string().describe('MSH-9.1; FHIR for FHIR'),
  sentAt: z.string().describe('MSH-7 as written'),
  ack: z.string(),
  lastRepeatAt: instant.nullable(),
  interpretedAt: instant.nullable(),
  hasContent: z.boolean(),
  facts: z.array(z.object({ kind: z.string(), effectiveAt: instant })),
  persons: z.array(personKey),
  deliveries: z.array(DeliveryRowView).describe('what bodies were told of these persons since'),
});
export type MessageView = z.infer<typeof MessageView>;

export const BodyView = z.object({
  body: z.string(),
  bodyName: z.string().nullable(),
  connected: z.boolean().describe('the site file gives it a destination'),
  counts: z
    .record(z.enum(DELIVERY_STATES), z.number().int())
    .describe('confirmed and overtaken are counted up to 10,001'),
  oldestUndeliveredAt: instant.nullable(),
  lastConfirmedAt: instant.nullable(),
  trouble: z
    .object({ code: z.enum(FAULT_CODES), text: z.string(), next: z.string(), at: instant.nullable() })
    .nullable()
    .describe('of what it does not have, the newest'),
  paused: z.object({ at: instant, by: z.string(), reason: z.string() }).nullable(),
});
export type BodyView = z.infer<typeof BodyView>;
export const BodyListView = z.object({ bodies: z.array(BodyView) });

export const RegisterChecksView = z.object({
  checks: z.array(
    z.object({
      endedAt: instant,
      asOf: z.string().describe('the day on which the register said so'),
      source: z.enum(['sheet', 'fhir']),
      startedBy: z.string(),
      applied: z.boolean().describe('what was missing or behind there was sent again, and the rest asked'),
      rows: z.number().int(),
      refused: z.number().int().describe('rows that say nothing certain of anybody'),
      same: z.number().int().describe('people'),
      differing: z.number().int().describe('people'),
      oldCodes: z.number().int().describe('old codes of the same body: no difference'),
      kinds: z.record(z.enum(DIFFERENCE_KINDS), z.number().int()).describe('people who differ so'),
      sendAgain: z.number().int().describe('people'),
      asked: z.number().int().describe('people'),
    }),
  ),
});
export type RegisterChecksView = z.infer<typeof RegisterChecksView>;

export const AuditListView = z.object({
  lines: z.array(
    z.object({
      id: rowId,
      at: instant,
      who: z.string(),
      role: z.string(),
      action: z.string(),
      subject: z.string(),
      reason: z.string().nullable(),
    }),
  ),
  nextBefore: rowId.nullable(),
});
export type AuditListView = z.infer<typeof AuditListView>;

export const SealHeadView = z.object({
  seals: z.number().int().describe('how many seals the head is over'),
  head: z.string().describe('64 hexadecimal digits; empty before the first seal'),
  sealedAt: instant.nullable(),
});

const waiting = { count: z.number().int().describe('counted up to 10,001'), oldestAt: instant.nullable() };

const AlertView = z.object({
  id: rowId,
  kind: z.string(),
  subject: z.string().describe('a feed, a body, a disk or a certificate; never a person'),
  beganAt: instant,
  text: z.string(),
  next: z.string(),
  page: z.string().nullable().describe('where to look first, where a page shows it'),
});

export const OverviewView = z.object({
  day,
  alerts: z.object({
    on: z.array(AlertView).describe('those that have begun and not ended, oldest first'),
    lookedAt: instant.nullable().describe('when the service last looked for trouble'),
    late: z.boolean().describe('that is so long ago that alerts may be missing'),
  }),
  flow: z
    .array(z.object({ minute: instant, received: z.number().int(), rejected: z.number().int() }))
    .describe('the last hour, every minute'),
  feeds: z.array(
    z.object({ sender: z.string(), application: z.string().nullable(), name: z.string(), lastAt: instant.nullable() }),
  ),
  uninterpreted: z.object(waiting),
  parked: z.array(z.object({ fault: z.enum(FAULT_CODES), text: z.string(), ...waiting })),
  bodies: z.array(BodyView),
  questions: z.array(z.object({ kind: z.enum(QUESTION_KINDS), count: z.number().int() })),
  entries: z.array(z.object({ status: z.enum(ENTRY_STATUSES), count: z.number().int() })),
  parts: z.array(z.object({ name: z.string(), up: z.boolean(), next: z.string().nullable() })),
});
export type OverviewView = z.infer<typeof OverviewView>;

export const FactsRecorded = z.object({
  recorded: z.number().int(),
  known: z.number().int().describe('recorded before, by id or by content: nothing was added'),
  withdrawn: z.number().int().describe('withdrawn before: they do not count'),
  facts: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      outcome: z.enum(['recorded', 'known', 'withdrawn']),
      withdrawnBy: z.array(z.string()).describe('the withdrawals to withdraw, if it is to count again'),
      hint: z
        .string()
        .nullable()
        .describe('why it does nothing yet, such as an answer to a question that is not asked'),
      personKey: personKey.nullable().describe('null while a rebuild keeps everybody from being folded'),
    }),
  ),
});
export type FactsRecorded = z.infer<typeof FactsRecorded>;

export const HandedOver = z.object({ handedOver: z.number().int().describe('how many persons and bodies') });
export const ProblemView = z.object({
  type: z.string(),
  status: z.number().int(),
  title: z.string(),
  detail: z.string(),
  mistakes: z.array(z.string()).optional().describe('each with its line'),
});
