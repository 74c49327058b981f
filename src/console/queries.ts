import { z } from 'zod';
import { isNhsNumber, tidyNhsNumber } from '../flow/asked.js';
import { CHARGE_KINDS } from '../register/charged.js';
import { CLOCK_KINDS, QUESTION_KINDS } from '../register/entry.js';
import {
  bodyCode,
  chargedPlace,
  DELIVERY_STATES,
  dayAsked,
  duePlace,
  ENTRY_STATUSES,
  FAULT_CODES,
  limit,
  MESSAGE_STATES,
  moment,
  orAny,
  personKey,
  questionPlace,
  rowId,
} from './fields.js';

export const MessageQuery = z.object({
  state: orAny(z.enum(MESSAGE_STATES)),
  sender: orAny(z.string().max(160)),
  application: orAny(z.string().max(160)),
  controlId: orAny(z.string().max(160)),
  trigger: orAny(z.string().max(160)),
  from: orAny(moment),
  to: orAny(moment),
  fault: orAny(z.enum(FAULT_CODES)),
  before: orAny(rowId),
  limit,
});
export type MessageQuery = z.infer<typeof MessageQuery>;

/** Two times: the day that is asked about, and the day on which it was known. */
export const ThenQuery = z.object({ 'as-of': orAny(dayAsked), 'known-at': orAny(dayAsked) });
export type ThenQuery = z.infer<typeof ThenQuery>;

export const RegisterQuery = z.object({
  ...ThenQuery.shape,
  status: orAny(z.enum(ENTRY_STATUSES)),
  body: orAny(bodyCode),
  questions: orAny(z.literal('open')),
  after: orAny(personKey),
  limit,
});
export type RegisterQuery = z.infer<typeof RegisterQuery>;

/** `openFor`: at least so many days. */
export const QuestionQuery = z.object({
  kind: orAny(z.enum(QUESTION_KINDS)),
  council: orAny(bodyCode),
  icb: orAny(bodyCode),
  openFor: orAny(z.coerce.number().int().min(1).max(36_500)),
  after: orAny(questionPlace),
  limit,
});
export type QuestionQuery = z.infer<typeof QuestionQuery>;

/** `until`: due by that day; in four weeks, where none is given. */
export const DueQuery = z.object({
  kind: orAny(z.enum(CLOCK_KINDS)),
  body: orAny(bodyCode),
  until: orAny(dayAsked),
  after: orAny(duePlace),
  limit,
});
export type DueQuery = z.infer<typeof DueQuery>;

export const ChargeQuery = z.object({
  kind: orAny(z.enum(CHARGE_KINDS)),
  body: orAny(bodyCode),
  after: orAny(chargedPlace),
  limit,
});
export type ChargeQuery = z.infer<typeof ChargeQuery>;

export const AuditQuery = z.object({
  who: orAny(z.string().max(60)),
  action: orAny(z.string().regex(/^[a-z-]{1,40}$/)),
  person: orAny(personKey),
  before: orAny(rowId),
  limit,
});
export type AuditQuery = z.infer<typeof AuditQuery>;

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
    .transform(tidyNhsNumber)
    .pipe(
      z
        .string()
        .regex(/^\d{10}$/)
        .refine(isNhsNumber),
    ),
  before: orAny(rowId),
});

/** One delivery, or everything that a body does not have. */
export const HandOver = z
  .object({ delivery: orAny(rowId), body: orAny(bodyCode) })
  .refine(({ delivery, body }) => (delivery === undefined) !== (body === undefined), { path: ['delivery or body'] });
export type HandOver = z.infer<typeof HandOver>;
export const BodyParameter = z.object({ code: bodyCode });
/** Why nothing may be handed over to a body for now. */
export const PauseReason = z.object({ reason: z.string().trim().min(10).max(500) });
export const BreakGlass = z.object({ reason: z.string().trim().min(10).max(500) });
export const RowParameter = z.object({ id: rowId });
export const PersonParameter = z.object({ key: personKey });
