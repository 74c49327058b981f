import { z } from 'zod';

/** Whom to ask for at one of the two bodies; what is not said is null. */
export type Contact = { name: string; role: string | null; email: string | null; telephone: string | null };

/** Of one council and one ICB together. */
export type Contacts = { council: Contact | null; icb: Contact | null };

const text = z.string().trim().min(1, 'is empty');

const contact = z
  .strictObject({
    name: text,
    role: text.nullable().default(null),
    email: z.email('is not an e-mail address, such as s117@council.example').nullable().default(null),
    telephone: z
      .string()
      .regex(/^\+?[0-9 ()-]{3,30}$/, 'is not a telephone number: digits, blanks and + only, in quotes')
      .nullable()
      .default(null),
  })
  .nullable()
  .default(null);

export const partnershipContacts = z.strictObject({ council: contact, icb: contact }).prefault({});
