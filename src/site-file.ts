import { z } from 'zod';
import { alertSettings } from './site-alerts.js';
import { partnershipContacts } from './site-contacts.js';
import { senderCertificates, senderLimits } from './site-sender.js';

/** What a site file is read for: only a service that delivers needs destinations that it can deliver to. */
export type SiteUse = 'deliver' | 'read';

const text = z.string().trim().min(1, 'is empty');
const odsCode = z
  .string()
  .regex(/^[A-Z0-9]{3,10}$/, 'is not an ODS code: three to ten capitals and digits, such as RXT');
const councilCode = z
  .string()
  .regex(
    /^(?:E0[689]|E10|W06)\d{6}$/,
    'is not the GSS code of a council with social services (E06, E08, E09, E10 or W06 and six digits), such as E08000025',
  );
const timeZone = z.string().refine(isTimeZone, 'is not a time zone of the IANA list, such as Europe/London');

const address = z.string().refine(isPlainAddress, {
  error:
    'is not an http or https address without user name, password, query or fragment, such as https://fhir.council.example/r4',
});

/** The kind is judged first, so that another kind gives one line and not a complaint for each of its settings. */
const destinationFor = (use: SiteUse) =>
  z
    .looseObject({ kind: z.string() })
    .check(({ value: { kind }, issues }) => {
      if (kind === 'fhir' || (use === 'read' && OTHER_KINDS.includes(kind))) return;
      const message = `is ${JSON.stringify(kind)}: only fhir is available; the other kinds do not exist yet`;
      issues.push({ code: 'custom', path: ['kind'], message, input: kind });
    })
    .pipe(
      z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('fhir'), url: address }),
        z.object({ kind: z.enum(['message', 'mesh', 'file']) }),
      ]),
    )
    .nullable()
    .default(null);

const OTHER_KINDS = ['message', 'mesh', 'file'];

/** How often a body's register is read from its FHIR server and held against this one. */
const reconcile = z
  .strictObject({
    everyDays: z.number().int().min(1).max(366),
    apply: z.boolean().default(false),
    requestsPerMinute: z.number().int().min(1).max(60_000).default(60),
  })
  .nullable()
  .default(null);

const day = z.iso.date('is not a day such as "2027-04-01", in quotes');
const whole = z.number().int().min(0).max(10_000);

/** The shape of a site file, value by value. */
export const siteFileFor = (use: SiteUse) =>
  z.strictObject({
    name: text,
    receiving: z.array(text).default([]),
    senders: z
      .array(
        z.strictObject({
          ods: odsCode,
          application: text.nullable().default(null),
          name: text,
          feed: z
            .string()
            .regex(
              /^[a-z0-9]+(?:[.-][a-z0-9]+)*$/,
              'is not the name of a feed: small letters, digits, hyphens and dots',
            ),
          timeZone: timeZone.default('Europe/London'),
          certificate: senderCertificates,
          limits: senderLimits,
        }),
      )
      .min(1, 'is empty: without a sender nothing can be received'),
    councils: z
      .array(
        z.strictObject({
          gss: councilCode,
          destination: destinationFor(use),
          childrensDestination: destinationFor(use),
          reconcile,
        }),
      )
      .default([]),
    icbs: z.array(z.strictObject({ ods: odsCode, destination: destinationFor(use), reconcile })).default([]),
    partnerships: z
      .array(
        z.strictObject({
          council: councilCode,
          icb: odsCode,
          tellProspective: z.boolean().optional(),
          sendLegalBasis: z.boolean().optional(),
          askLeaveAfterNights: whole.optional(),
          askNoNewsAfterWeeks: whole.optional(),
          followUpHours: whole.optional(),
          firstReviewWeeks: whole.optional(),
          reviewMonths: whole.optional(),
          otherDecisionDays: whole.optional(),
          noticeDays: whole.optional(),
          chaseAfterDays: whole.optional(),
          escalateAfterDays: whole.optional(),
          contacts: partnershipContacts,
        }),
      )
      .default([]),
    // Made by Parliament and waiting: the day on which each began, once an order names it.
    rules: z.strictObject({ 'placement-deeming': z.strictObject({ from: day }).optional() }).default({}),
    alerts: alertSettings,
  });

function isTimeZone(name: string): boolean {
  try {
    return /^[A-Z]/.test(name) && new Intl.DateTimeFormat('en-GB', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

function isPlainAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === '';
}
