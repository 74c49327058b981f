import { chargedList, type PersonListed } from '../flow/charged-list.js';
import type { ChargeSums } from '../flow/charges.js';
import { CHARGE_KINDS } from '../register/charged.js';
import { londonDay } from '../register/day.js';
import { auditStore } from '../store/audit.js';
import type { ChargedPlace } from '../store/open-charges.js';
import { askedBody } from './asked-body.js';
import type { AppDeps, Who } from './deps.js';
import type { ChargeQuery } from './queries.js';
import { nameText } from './register.js';
import type { ChargeListView } from './register-schemas.js';

/** What services are called is up to who charges: the largest are named. */
const SERVICES_NAMED = 20;

/** What people were charged while aftercare was owed. Whoever is on the list has been looked at, and that is recorded first. */
export async function listCharges(
  deps: Pick<AppDeps, 'pool' | 'tables' | 'now'>,
  { kind, body: written, after, limit }: ChargeQuery,
  who: Who,
): Promise<ChargeListView> {
  const { pool, now = () => new Date() } = deps;
  const asked = { body: askedBody(written, deps) ?? null, kind: kind ?? null };
  const page = { after: after === undefined ? null : placeIn(after), persons: limit };
  const found = await chargedList(asked, page, pool, londonDay(now().toISOString()));
  await auditStore(pool).recordListed(
    found.people.map(({ personKey }) => personKey),
    { who: who.name, role: who.role },
  );
  return {
    sums: sumsView(found.sums),
    goesOn: found.goesOn,
    months: [...found.months]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([month, { pence, kinds }]) => ({ month, pence, kinds: ofEveryKind((kind) => kinds[kind] ?? 0) })),
    people: found.people.map(personView),
    nextAfter: found.next && `${found.next.pence}~${found.next.personKey}`,
  };
}

function sumsView({ services, ...sums }: ChargeSums): ChargeListView['sums'] {
  const others = services.slice(SERVICES_NAMED);
  return {
    ...sums,
    services: services.slice(0, SERVICES_NAMED),
    otherServices: {
      services: others.length,
      charges: others.reduce((sum, { charges }) => sum + charges, 0),
      pence: others.reduce((sum, { pence }) => sum + pence, 0),
    },
  };
}

const personView = ({ name, charged, ...person }: PersonListed): ChargeListView['people'][number] => ({
  ...person,
  name: nameText(name),
  pence: charged.reduce((sum, { pence }) => sum + pence, 0),
  since: charged.flatMap((each) => each.while.map(({ from }) => from)).sort()[0] ?? null,
  charged: charged.map(({ charge: { id, from, to, amountPerWeek, for: service, recordedAs }, ...each }) => ({
    ...{ id, from, to, amountPerWeek, for: service, recordedAs: recordedAs ?? null },
    ...{ kinds: each.kinds, while: each.while, pence: each.pence, question: each.question },
  })),
});

const ofEveryKind = (of: (kind: (typeof CHARGE_KINDS)[number]) => number) =>
  Object.fromEntries(CHARGE_KINDS.map((kind) => [kind, of(kind)])) as ChargeListView['months'][number]['kinds'];

function placeIn(text: string): ChargedPlace {
  const [pence = '', personKey = ''] = text.split('~');
  return { pence: Number(pence), personKey };
}
