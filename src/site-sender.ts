import { z } from 'zod';

/** A client certificate that proves a sender: this very one, or any whose subject has all these attributes. */
export type SenderCertificate = { fingerprint256: string } | { subject: string[] };

/** Null: no limit of its own. */
export type SenderLimits = { messagesPerSecond: number | null; connections: number | null };

const FINGERPRINT = /^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/;

const fingerprint = z
  .string()
  .transform((written) =>
    written
      .toUpperCase()
      .replace(/[:\s]/g, '')
      .replace(/(..)(?!$)/g, '$1:'),
  )
  .refine((text) => FINGERPRINT.test(text), {
    error:
      'is not a SHA-256 fingerprint: 32 pairs of hexadecimal digits, as "openssl x509 -fingerprint -sha256" prints',
  });

/** Commas divide attributes; one within a value is written `\,`. */
const attributesOf = (subject: string): string[] =>
  subject.split(/(?<!\\),/).map((attribute) => attribute.trim().replace(/^([^=\s]+)\s*=\s*/, '$1='));

const subject = z
  .string()
  .transform(attributesOf)
  .refine((attributes) => attributes.every((each) => /^[A-Za-z][\w.]*=./.test(each)), {
    error: 'is not a subject: attributes divided by commas, such as CN=epr.rxt.nhs.uk',
    abort: true,
  })
  // without a CN everybody of one organisation, or of one authority, would be the sender
  .refine((attributes) => attributes.some((each) => each.startsWith('CN=')), {
    error: 'has no CN: name the one system that may send, such as CN=epr.rxt.nhs.uk',
  });

const certificate = z
  .strictObject({ fingerprint256: fingerprint.optional(), subject: subject.optional() })
  .transform((given, { issues }): SenderCertificate => {
    const { fingerprint256, subject: attributes } = given;
    if (fingerprint256 !== undefined && attributes === undefined) return { fingerprint256 };
    if (attributes !== undefined && fingerprint256 === undefined) return { subject: attributes };
    if (issues.length === 0)
      issues.push({ code: 'custom', input: given, message: 'needs either fingerprint256 or subject' });
    return z.NEVER;
  });

/** One, or several while one is renewed. */
export const senderCertificates = z.preprocess(
  (given) => (given === undefined || Array.isArray(given) ? given : [given]),
  z.array(certificate).min(1, 'is an empty list: name a certificate, or leave it out').default([]),
);

const limit = (most: number) =>
  z.number().int().min(1, 'must be 1 or more').max(most, `must be ${most} or less`).nullable().default(null);

export const senderLimits = z
  .strictObject({ messagesPerSecond: limit(100_000), connections: limit(1_000) })
  .default({ messagesPerSecond: null, connections: null });
