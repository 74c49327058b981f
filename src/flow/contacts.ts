import type { Site } from '../site.js';
import type { Contacts } from '../site-contacts.js';

/** Which two bodies owe something; null where it is not known who does. */
export type Owing = { council: string | null; icb: string | null };

/**
 * Whom the two bodies name to ask for, in their partnership. Where they have none, or only one of them is known, whom each
 * names elsewhere: what is overdue must reach somebody.
 */
export function contactsFor({ council, icb }: Owing, { contacts }: Pick<Site, 'contacts'>): Contacts {
  const own = contacts.find(({ of }) => of.council === council && of.icb === icb);
  if (own) return { council: own.council, icb: own.icb };
  const ofCouncil = contacts.find((each) => each.of.council === council && each.council !== null);
  const ofIcb = contacts.find((each) => each.of.icb === icb && each.icb !== null);
  return { council: ofCouncil?.council ?? null, icb: ofIcb?.icb ?? null };
}
