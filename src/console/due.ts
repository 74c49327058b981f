import { AHEAD_DAYS, contactText, type DuePlace, duePage } from '../flow/clocks.js';
import { addDays, londonDay } from '../register/day.js';
import { auditStore } from '../store/audit.js';
import { askedBody } from './asked-body.js';
import type { AppDeps, Who } from './deps.js';
import type { DueQuery } from './queries.js';
import { nameText } from './register.js';
import type { DueListView } from './register-schemas.js';

/** What is due and overdue, the longest due first. Whoever is on the list has been looked at, and that is recorded first. */
export async function listDue(
  deps: Pick<AppDeps, 'pool' | 'tables' | 'now'>,
  { kind, body: written, until, after, limit }: DueQuery,
  who: Who,
): Promise<DueListView> {
  const { pool, tables, now = () => new Date() } = deps;
  const body = askedBody(written, deps);
  const by = until ?? addDays(londonDay(now().toISOString()), AHEAD_DAYS);
  const place = after === undefined ? null : placeIn(after);
  const asked = { by, body, kinds: kind === undefined ? undefined : [kind] };
  const { due, next } = await duePage(asked, { after: place, persons: limit }, { pool, site: tables.site });
  await auditStore(pool).recordListed(
    due.map(({ personKey }) => personKey),
    { who: who.name, role: who.role },
  );
  return {
    by,
    due: due.map(({ name, contacts, ...each }) => ({
      ...each,
      name: nameText(name),
      contacts: {
        council: contacts.council && contactText(contacts.council),
        icb: contacts.icb && contactText(contacts.icb),
      },
    })),
    nextAfter: next && `${next.dueOn}~${next.personKey}`,
  };
}

function placeIn(text: string): DuePlace {
  const [dueOn = '', personKey = ''] = text.split('~');
  return { dueOn, personKey };
}
