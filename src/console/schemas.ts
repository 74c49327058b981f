import { z } from 'zod';
import { FAULTS, type FaultCode } from '../fault.js';
import { QUESTION_KINDS } from '../register/entry.js';

const MESSAGE_STATES = ['received', 'interpreted', 'ignored', 'parked', 'rejected'] as const;
const DELIVERY_STATES = ['due', 'sending', 'handed-over', 'confirmed', 'parked', 'overtaken'] as const;
const ENTRY_STATUSES = ['not-known', 'prospective', 'active', 'ended', 'died', 'entered-in-error'] as const;
const FAULT_CODES = Object.keys(FAULTS) as [FaultCode, ...FaultCode[]];

/** Empty fields of a form mean "any". */
const orAny = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());
const rowId = z
  .string()
  .regex(/^\d{1,18}$/)
  .describe('the id of a row');
const personKey = z.uuid().describe('a key that means nothing outside this service');
const day = z.string().describe('YYYY-MM-DD, in London');
const instant = z.string().describe('ISO 8601, UTC');
const limit = z.coerce.number().int().min(1).max(200).default(50);
const bodyCode = z
  .string()
  .regex(/^[A-Z0-9]{3,10}$/)
  .describe('GSS code of a council, ODS code of an ICB');

export const MessageQuery = z.object({
  state: orAny(z.enum(MESSAGE_STATES)),
  sender: orAny(z.string().max(160)),
  controlId: orAny(z.string().max(160)),
  fault: orAny(z.enum(FAULT_CODES)),
  before: orAny(rowId),
  limit,
});
export type MessageQuery = z.infer<typeof MessageQuery>;

export const RegisterQuery = z.object({
  status: orAny(z.enum(ENTRY_STATUSES)),
  body: orAny(bodyCode),
  questions: orAny(z.literal('open')),
  after: orAny(personKey),
  limit,
});
export type RegisterQuery = z.infer<typeof RegisterQuery>;

export const DeliveryQuery = z.object({
  body: orAny(bodyCode),
  state: orAny(z.enum(DELIVERY_STATES)),
  before: orAny(rowId),
  limit,
});
export type DeliveryQuery = z.infer<typeof DeliveryQuery>;

/** In the body of a POST, never in an address. Blanks as people write them are left out. */
export const NhsNumberSearch = z.object({
  nhsNumber: z
    .string()
    .transform((text) => text.replace(/[\s-]/g, ''))
    .pipe(z.string().regex(/^\d{10}$/)),
  before: orAny(rowId),
});

/** One delivery, or everything that a body does not have. */
export const HandOver = z
  .object({ delivery: orAny(rowId), body: orAny(bodyCode) })
  .refine(({ delivery, body }) => (delivery === undefined) !== (body === undefined), { path: ['delivery or body'] });
export type HandOver = z.infer<typeof HandOver>;
export const BreakGlass = z.object({ reason: z.string().trim().min(10).max(500) });
export const RowParameter = z.object({ id: rowId });
export const PersonParameter = z.object({ key: personKey });

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
export const MessageListView = z.object({ messages: z.array(MessageRowView), nextBefore: rowId.nullable() });
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
});
export type DeliveryView = z.infer<typeof DeliveryView>;

export const MessageView = MessageRowView.extend({
  transport: z.enum(['mllp', 'http']),
  peer: z.string(),
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
});

export const PersonView = PersonRowView.extend({
  localIds: z.array(z.object({ sender: z.string(), authority: z.string(), value: z.string() })),
  formerNhsNumbers: z.array(z.string()),
  asOf: day,
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
    z.object({ id: z.string(), kind: z.enum(QUESTION_KINDS), text: z.string(), options: z.array(z.string()) }),
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
      messageId: rowId.nullable(),
      times: z.number().int(),
    }),
  ),
  told: z.array(
    DeliveryRowView.extend({
      bodyKind: z.enum(['council', 'icb']),
      episodes: z.array(z.object({ episodeOfCare: z.string(), flag: z.string().nullable(), carePlan: z.string() })),
      confirmedAt: instant.nullable(),
    }),
  ),
  seenBy: z.array(z.object({ at: instant, who: z.string(), role: z.string(), action: z.string() })),
});
export type PersonView = z.infer<typeof PersonView>;

const waiting = { count: z.number().int(), oldestAt: instant.nullable() };

export const OverviewView = z.object({
  day,
  today: z.array(z.object({ state: z.enum(MESSAGE_STATES), count: z.number().int() })),
  uninterpreted: z.object(waiting),
  parked: z.array(z.object({ fault: z.enum(FAULT_CODES), text: z.string(), ...waiting })),
  deliveries: z.array(
    z.object({
      body: z.string(),
      bodyName: z.string().nullable(),
      counts: z.record(z.enum(DELIVERY_STATES), z.number().int()),
      oldestUndeliveredAt: instant.nullable(),
    }),
  ),
  questions: z.array(z.object({ kind: z.enum(QUESTION_KINDS), count: z.number().int() })),
  entries: z.array(z.object({ status: z.enum(ENTRY_STATUSES), count: z.number().int() })),
  parts: z.array(z.object({ name: z.string(), up: z.boolean(), next: z.string().nullable() })),
});
export type OverviewView = z.infer<typeof OverviewView>;

export const HandedOver = z.object({ handedOver: z.number().int().describe('how many persons and bodies') });
export const ProblemView = z.object({
  type: z.string(),
  status: z.number().int(),
  title: z.string(),
  detail: z.string(),
});
