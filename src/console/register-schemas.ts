import { z } from 'zod';
import { CHARGE_KINDS } from '../register/charged.js';
import { CLOCK_KINDS, QUESTION_KINDS } from '../register/entry.js';
import { day, ENTRY_STATUSES, instant, personKey, rowId } from './fields.js';
import { DeliveryRowView } from './schemas.js';

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
export const RegisterView = z.object({
  persons: z.array(PersonRowView),
  nextAfter: personKey.nullable(),
  parked: z.array(rowId).optional().describe('of a search: messages that name the number and wait to be read'),
});
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
      reply: z
        .object({ on: day, caseId: z.string().nullable().describe('its own number of the case'), says: z.string() })
        .nullable()
        .describe('what the body last answered, beside the newest version that it was told'),
    }),
  ),
  seenBy: z.array(z.object({ at: instant, who: z.string(), role: z.string(), action: z.string() })),
});
export type PersonView = z.infer<typeof PersonView>;

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

const Sum = z.object({ charges: z.number().int(), pence: z.number().int() });

/** What was charged; never what was owed, which is for people to decide. */
export const ChargeListView = z.object({
  sums: Sum.extend({
    people: z.number().int(),
    kinds: z.record(z.enum(CHARGE_KINDS), Sum).describe('why a charge is looked at; one charge may be of several'),
    services: z.array(Sum.extend({ for: z.string() })).describe('what it was charged for, the largest sums first'),
    otherServices: Sum.extend({ services: z.number().int() }).describe('those that are not named'),
  }).describe('of everybody who is asked about, whatever kind the people below are of'),
  goesOn: z
    .object({ charges: z.number().int(), pencePerWeek: z.number().int() })
    .describe('without an end that has come'),
  months: z.array(
    z.object({
      month: z.string().describe('YYYY-MM'),
      pence: z.number().int(),
      kinds: z.record(z.enum(CHARGE_KINDS), z.number().int()),
    }),
  ),
  people: z.array(
    z.object({
      personKey,
      name: z.string().nullable(),
      nhsNumber: z.string().nullable(),
      council: z.string().nullable(),
      pence: z.number().int(),
      since: day.nullable().describe('the first day on which something was charged while aftercare was owed'),
      charged: z.array(
        z.object({
          id: z.string(),
          from: day,
          to: day.nullable(),
          amountPerWeek: z.string(),
          for: z.string(),
          recordedAs: z.string().nullable(),
          kinds: z.array(z.enum(CHARGE_KINDS)),
          while: z
            .array(z.object({ from: day, to: day.nullable() }))
            .describe('the parts of it that fall into times in which aftercare was owed'),
          pence: z.number().int().describe('what was charged in these times up to today'),
          question: z.string().describe('the id of the question that asks about it'),
        }),
      ),
      unchecked: z
        .array(z.object({ question: z.string(), text: z.string() }))
        .describe('asked without a charge: at a death, or of a detention that was told late'),
    }),
  ),
  nextAfter: z.string().nullable(),
});
export type ChargeListView = z.infer<typeof ChargeListView>;
