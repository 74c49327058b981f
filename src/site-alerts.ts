import { z } from 'zod';

/** Whom to tell of silence and trouble, and from when on; `docs/monitoring.md` says what each limit means. */
export type Alerts = {
  webhook: string | null;
  email: string[];
  /** Who the e-mails come from. */
  from: string;
  undeliveredMinutes: number;
  uninterpretedMinutes: number;
  parkedPercent: number;
  parkedAtLeast: number;
  refusedPerHour: number;
  diskFreePercent: number;
  certificateDays: number;
  /** `YYYY-MM-DD`: days, such as bank holidays, on which feeds are as quiet as on a Sunday. */
  quietDays: string[];
};

const atLeastOne = z.number().int().min(1, 'must be at least 1').max(10_000, 'must be at most 10000');
const percent = z.number().int().min(1, 'must be from 1 to 99').max(99, 'must be from 1 to 99');
const emailAddress = z.email('is not an e-mail address, such as duty@aftercare.example');

/** Chat systems put their key into the query, so a query may be there. */
const webhookAddress = z.string().refine(isWebhookAddress, {
  error: 'is not an http or https address without user name, password or fragment',
});

export const alertSettings = z
  .strictObject({
    webhook: webhookAddress.nullable().default(null),
    email: z.array(emailAddress).default([]),
    from: emailAddress.default('aftercare-bridge@localhost.localdomain'),
    undeliveredMinutes: atLeastOne.default(60),
    uninterpretedMinutes: atLeastOne.default(10),
    parkedPercent: percent.default(10),
    parkedAtLeast: atLeastOne.default(5),
    refusedPerHour: atLeastOne.default(20),
    diskFreePercent: percent.default(10),
    certificateDays: atLeastOne.default(30),
    quietDays: z.array(z.iso.date('is not a day such as "2026-12-25", in quotes')).default([]),
  })
  .prefault({});

function isWebhookAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hash } = new URL(text);
  return /^https?:$/.test(protocol) && `${username}${password}${hash}` === '';
}
