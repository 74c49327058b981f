import { z } from 'zod';
import { CLOCK_KINDS, QUESTION_KINDS } from '../register/entry.js';
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

const Standing = z.enum(['agreed', 'provisional', 'disputed', 'unknown']);
const ResponsibleBody = z.object({
  code: z.string().nullable(),
  name: z.string().nullable(),
  asWritten: z.string().nullable(),
  standing: Standing,
  basis: z.string().nullable(),
  candidates: z.array(z.string()),
});

export const PersonRowView = z.object({
  personKey,
  nhsNumber: z.string().nullable(),
  name: z.string().nullable(),
  birthDate: day.nullable(),
  status: z.enum(ENTRY_STATUSES),
  council: ResponsibleBody,
  icb: ResponsibleBody,
  questions: z.number().int(),
});
export type PersonRowView = z.infer<typeof PersonRowView>;
export const RegisterView = z.object({ persons: z.array(PersonRowView), nextAfter: personKey.nullable() });
export type RegisterView = z.infer<typeof RegisterView>;

const CLOCK_STATES = ['running', 'overdue', 'chased', 'escalated', 'done'] as const;

const Plan = z.object({
  agreedOn: day,
  lead: z.object({ name: z.string(), role: z.string() }).nullable(),
  needs: z.array(
    z.object({
      text: z.string(),
      services: z.array(
        z.object({ text: z.string(), provider: z.string().nullable(), fundedBy: z.string().nullable() }),
      ),
    }),
  ),
  reviewDue: day.nullable(),
  crisisPlan: z.string().nullable(),
  participants: z.array(z.string()),
  copyGivenOn: day.nullable(),
  accommodation: z.object({ meetsNeed: z.boolean(), because: z.string() }).nullable(),
  lacks: z.array(z.string()).describe('what it needs to be complete'),
});

export const PersonView = PersonRowView.extend({
  localIds: z.array(z.object({ sender: z.string(), authority: z.string(), value: z.string() })),
  formerNhsNumbers: z.array(z.string()),
  asOf: day,
  knownAt: day.nullable().describe('only what was known at the end of this day; null: everything that is known now'),
  parked: z.array(rowId).describe('messages that name this person and wait to be read'),
  apart: z.number().int().describe('people who answer to the same key today and were others then'),
  foldedAt: instant,
  episodes: z.array(
    z.object({
      status: z.enum(['prospective', 'active', 'superseded', 'ended', 'died', 'entered-in-error']),
      from: day.nullable(),
      to: day.nullable(),
      endedBy: z.string().nullable(),
      qualifying: z.array(z.object({ basis: z.string(), from: day, to: day.nullable() })),
      council: ResponsibleBody,
      plan: Plan.nullable(),
    }),
  ),
  concurrent: z.array(z.string()),
  because: z.array(z.object({ rule: z.string(), cites: z.string(), text: z.string(), facts: z.array(z.string()) })),
  openQuestions: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(QUESTION_KINDS),
      text: z.string(),
      options: z.array(z.string()),
      facts: z.array(z.string()).describe('what it rests on'),
    }),
  ),
  clocks: z.array(
    z.object({
      kind: z.enum(CLOCK_KINDS),
      startedOn: day,
      dueOn: day.nullable().describe('null: before the person leaves hospital'),
      doneOn: day.nullable(),
      state: z.enum(CLOCK_STATES),
      facts: z.array(z.string()).describe('what it rests on'),
    }),
  ),
  diedOn: day.nullable(),
  nextChangeOn: day.nullable(),
  facts: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      says: z.string(),
      effectiveAt: instant,
      learntAt: instant,
      by: z.string(),
      recordedBy: z.string().nullable().describe('who put into the register what a person stated'),
      withdrawn: z.object({ by: z.string(), because: z.string() }).nullable().describe('who took it back, and why'),
      messageId: rowId.nullable(),
      times: z.number().int(),
    }),
  ),
  told: z.array(
    DeliveryRowView.extend({
      bodyKind: z.enum(['council', 'icb']),
      nhsNumber: z.string().describe('under which it was told; a merge may have retired it since'),
      episodes: z.array(z.object({ episodeOfCare: z.string(), flag: z.string().nullable(), carePlan: z.string() })),
      confirmedAt: instant.nullable(),
    }),
  ),
  seenBy: z.array(z.object({ at: instant, who: z.string(), role: z.string(), action: z.string() })),
});
export type PersonView = z.infer<typeof PersonView>;

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

export const QuestionListView = z.object({
  kinds: z.array(z.object({ kind: z.enum(QUESTION_KINDS), count: z.number().int() })),
  asked: z.array(
    z.object({
      personKey,
      name: z.string().nullable(),
      nhsNumber: z.string().nullable(),
      status: z.enum(ENTRY_STATUSES),
      council: ResponsibleBody,
      icb: ResponsibleBody,
      id: z.string(),
      kind: z.enum(QUESTION_KINDS),
      text: z.string(),
      options: z.array(z.string()),
      since: instant.describe('when the last of the facts that it rests on was learnt'),
    }),
  ),
  nextAfter: z.string().nullable(),
});
export type QuestionListView = z.infer<typeof QuestionListView>;

export const DueListView = z.object({
  by: day,
  due: z.array(
    z.object({
      personKey,
      name: z.string().nullable(),
      nhsNumber: z.string().nullable(),
      kind: z.enum(CLOCK_KINDS),
      startedOn: day,
      dueOn: day.nullable().describe('null: before the person leaves hospital'),
      doneOn: day.nullable(),
      state: z.enum(CLOCK_STATES),
      council: z.string().nullable(),
      icb: z.string().nullable(),
      cites: z.string().describe('what it rests on'),
      contacts: z
        .object({ council: z.string().nullable(), icb: z.string().nullable() })
        .describe('whom the two bodies name to ask for: name, role, e-mail, telephone'),
    }),
  ),
  nextAfter: z.string().nullable(),
});
export type DueListView = z.infer<typeof DueListView>;

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
