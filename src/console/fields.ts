import { z } from 'zod';
import { FAULTS, type FaultCode } from '../fault.js';
import { isAskable } from '../register/day.js';

export const MESSAGE_STATES = ['received', 'interpreted', 'ignored', 'parked', 'rejected'] as const;
export const DELIVERY_STATES = ['due', 'sending', 'handed-over', 'confirmed', 'parked', 'overtaken'] as const;
export const ENTRY_STATUSES = ['not-known', 'prospective', 'active', 'ended', 'died', 'entered-in-error'] as const;
export const FAULT_CODES = Object.keys(FAULTS) as [FaultCode, ...FaultCode[]];

/** Empty fields of a form mean "any". */
export const orAny = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());
export const rowId = z
  .string()
  .regex(/^\d{1,18}$/)
  .describe('the id of a row');
export const personKey = z.uuid().describe('a key that means nothing outside this service');
/** Where a page of questions ends: since when, whose, which. */
export const questionPlace = z
  .string()
  .max(200)
  .regex(/^\d{4}-\d{2}-\d{2}T[\d:.]{8,12}Z~[0-9a-f-]{36}~[\w-]+$/)
  .describe('the place where the page before ended, as nextAfter gives it');
/** Where a page of what is due ends: due when, whose. */
export const duePlace = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}~[0-9a-f-]{36}$/)
  .describe('the place where the page before ended, as nextAfter gives it');
/** Where a page of charges ends: how much, whose. */
export const chargedPlace = z
  .string()
  .regex(/^\d{1,12}~[0-9a-f-]{36}$/)
  .describe('the place where the page before ended, as nextAfter gives it');
export const day = z.string().describe('YYYY-MM-DD, in London');
export const instant = z.string().describe('ISO 8601, UTC');
/** As a form's date and time field gives it (London time), or with an offset. */
export const moment = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/)
  .refine((text) => !Number.isNaN(Date.parse(text)))
  .describe('a day or a moment; London time unless it has an offset');
/** A day that somebody asks about. */
export const dayAsked = z.string().refine(isAskable).describe('YYYY-MM-DD, in London');
export const limit = z.coerce.number().int().min(1).max(200).default(50);
export const bodyCode = z
  .preprocess(
    (code) => (typeof code === 'string' ? code.toUpperCase().replace(/-CHILDREN$/, '-children') : code),
    z.string().regex(/^[A-Z0-9]{3,10}(?:-children)?$/),
  )
  .describe('GSS code of a council (with -children: its system for children), ODS code of an ICB');
