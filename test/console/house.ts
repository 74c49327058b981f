import { randomUUID } from 'node:crypto';
import { createApp } from '../../src/console/app.js';
import type { AppDeps } from '../../src/console/deps.js';
import { listenHttp } from '../../src/console/listen.js';
import type { LedgerContent } from '../../src/flow/versions.js';
import { createLog } from '../../src/log.js';
import { publish } from '../../src/publish/publish.js';
import type { Entry } from '../../src/register/entry.js';
import type { MessageFact } from '../../src/register/fact.js';
import { nodesOf } from '../../src/register/nodes.js';
import { siteFromObject } from '../../src/site.js';
import type { DueDelivery } from '../../src/store/deliveries.js';
import { deliveryStore } from '../../src/store/deliveries.js';
import type { Claim } from '../../src/store/delivery-claim.js';
import { entryStore } from '../../src/store/entries.js';
import { factStore } from '../../src/store/facts.js';
import { inboxStore } from '../../src/store/inbox.js';
import { ledgerStore } from '../../src/store/ledger.js';
import type { IncomingMessage } from '../../src/store/message.js';
import { personKeyStore } from '../../src/store/person-keys.js';
import { inTransaction } from '../../src/store/transaction.js';
import { type Tables, tablesFor } from '../../src/tables.js';
import { BIRMINGHAM, BSOL, everywhere, SOLIHULL } from '../publish/entries.js';
import { keyFor, version } from '../store/given.js';
import { incoming } from '../store/messages.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';

export const TOKEN = 'an-invented-token-of-the-operators';
export const NHS_NUMBER = '9990000018';

/** The whole HTTP side on a database of its own; what it hands over, receives and logs can be seen. */
export type House = {
  url: string;
  database: TestDatabase;
  handedOver: DueDelivery[];
  log(): string;
  close(): Promise<void>;
};

export async function openHouse(over: Partial<AppDeps> = {}): Promise<House> {
  const database = await testDatabase();
  const handedOver: DueDelivery[] = [];
  const lines: string[] = [];
  const app = createApp({
    site: {
      name: 'Birmingham and Solihull',
      senders: [{ ods: 'RXT', name: 'Birmingham and Solihull Mental Health NHS Foundation Trust' }],
      councils: [{ gss: BIRMINGHAM }, { gss: SOLIHULL }],
      icbs: [{ ods: BSOL, destination: null }],
    },
    tables: houseTables(),
    pool: database.pool,
    queues: { counts: async () => ({ waiting: 0, active: 0, delayed: 0, paused: false }) },
    roles: ['listen', 'work', 'console'],
    token: TOKEN,
    receive: async () => ({ status: 'stored', acknowledgements: [Buffer.from('MSH|^~\\&|\rMSA|AA|M1\r')] }),
    refuseTooLong: async () => ({ status: 'refused', acknowledgements: [Buffer.from('MSH|^~\\&|\rMSA|AR|\r')] }),
    maxBytes: 2_048,
    handOver: async (due) => void handedOver.push(...due),
    log: createLog('debug', { write: (line) => void lines.push(line) }),
    bodyName: (code) => NAMES[code] ?? null,
    ...over,
  });
  const http = await listenHttp(app, { setting: 'HTTP_PORT', host: '127.0.0.1', port: 0 });
  return {
    url: `http://127.0.0.1:${http.port}`,
    database,
    handedOver,
    log: () => lines.join(''),
    close: async () => {
      await http.close();
      await database.drop();
    },
  };
}

/** Read once: code tables and organisations are the same for every house. */
let read: Tables | null = null;

export function houseTables(): Tables {
  if (read) return read;
  const parsed = siteFromObject({
    name: 'Birmingham and Solihull',
    receiving: [BSOL],
    senders: [{ ods: 'RXT', name: 'Birmingham and Solihull Mental Health NHS Foundation Trust', feed: 'zmh' }],
    councils: [BIRMINGHAM, SOLIHULL].map((gss) => ({
      gss,
      destination: { kind: 'fhir', url: 'http://127.0.0.1:1/fhir' },
    })),
    icbs: [{ ods: BSOL }],
  });
  if (parsed.kind === 'problems') throw new Error(parsed.problems.join('\n'));
  read = tablesFor(parsed.site);
  return read;
}

const NAMES: Record<string, string> = {
  [BIRMINGHAM]: 'Birmingham City Council',
  [SOLIHULL]: 'Solihull Metropolitan Borough Council',
};

export const bearer = (token = TOKEN) => ({ authorization: `Bearer ${token}` });

/** A form as a browser of this very site posts it. */
export const form = (house: House, fields: Record<string, string>): RequestInit => ({
  method: 'POST',
  redirect: 'manual',
  headers: { ...bearer(), origin: house.url },
  body: new URLSearchParams(fields),
});

export const page = async (house: House, path: string, init: RequestInit = {}): Promise<string> =>
  (await fetch(`${house.url}${path}`, { headers: bearer(), ...init })).text();

/** A message in the inbox; with facts it is interpreted. Returns its id. */
export async function received(
  { database }: House,
  over: Partial<IncomingMessage> & { text?: string },
  facts: MessageFact[] = [],
): Promise<string> {
  const [accepted] = await inboxStore(database.pool).acceptBatch([incoming(over)]);
  if (!accepted) throw new Error('not accepted');
  if (facts.length > 0) {
    await inTransaction(database.pool, (db) =>
      factStore(db).recordInterpretations([
        {
          messageId: accepted.id,
          definition: 'zmh',
          outcome: 'interpreted',
          fault: null,
          facts,
          nodes: [...new Set(facts.flatMap(nodesOf))],
          periods: [],
        },
      ]),
    );
  }
  return accepted.id;
}

export const leftHospital = (over: Partial<Extract<MessageFact, { kind: 'left-hospital' }>> = {}): MessageFact => ({
  kind: 'left-hospital',
  id: randomUUID(),
  effectiveAt: '2026-03-01T10:00:00Z',
  source: { by: 'message', sender: 'RXT', sentAt: '2026-03-01T10:00:00Z', seq: 0 },
  nhsNumber: NHS_NUMBER,
  localIds: [],
  visit: 'V1',
  leaving: 'left',
  method: '1',
  destination: '19',
  ...over,
});

/** Puts a person into the register and publishes what follows. Returns the person's key. */
export async function registered({ database }: House, entry: Entry, nodes: [string, ...string[]]): Promise<string> {
  return inTransaction(database.pool, async (db) => {
    const ledger = ledgerStore(db);
    const { key } = await keyFor(personKeyStore(db), nodes);
    await entryStore(db).save([{ personKey: key, entry, foldedWith: 'today' }]);
    await db.query('update nodes set person_key = $1, due_since = null where node = any ($2::text[])', [key, nodes]);
    for (const publication of publish(entry, everywhere())) {
      if (publication.to.kind === 'icb') continue;
      const content: LedgerContent = { publication, ids: [], retired: [], recordedAt: '2026-11-21T09:00:00Z' };
      const { code: body, kind: bodyKind } = publication.to;
      await ledger.publish([version(key, 1, { body, bodyKind, content, digest: Buffer.from(key) })]);
    }
    return key;
  });
}

export const OUTCOME = {
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code: 'invariant', diagnostics: 'CarePlan.subject must match <Flag.subject>' }],
};

/** The council refuses what is due for a person. Returns the delivery's id. */
export async function refused({ database }: House, personKey: string, body = BIRMINGHAM): Promise<string> {
  const deliveries = deliveryStore(database.pool);
  const claim = await claimFor(personKey, body, database);
  await deliveries.park({ claim, fault: 'council-refused', outcome: OUTCOME, httpStatus: 422 });
  return claim.publicationId;
}

/** The council says that it has what is due for a person. */
export async function confirmed({ database }: House, personKey: string, body = BIRMINGHAM): Promise<void> {
  const deliveries = deliveryStore(database.pool);
  const claim = await claimFor(personKey, body, database);
  await deliveries.confirm([{ claim, httpStatus: 200 }]);
}

/** Only this person's: what others are due waits as it did. */
async function claimFor(personKey: string, body: string, { pool }: TestDatabase): Promise<Claim> {
  const away = (by: string) =>
    pool.query(
      `update deliveries set next_attempt_at = next_attempt_at + $2::interval where state = 'due' and person_key <> $1`,
      [personKey, by],
    );
  await away('100 years');
  const [claim] = await deliveryStore(pool).claim(body, 10);
  await away('-100 years');
  if (!claim) throw new Error('nothing is due');
  return claim;
}

export async function audit({
  database,
}: House): Promise<{ who: string; action: string; subject: string; reason: string | null }[]> {
  const { rows } = await database.pool.query<{ who: string; action: string; subject: string; reason: string | null }>(
    'select who, action, subject, reason from audit order by id',
  );
  return rows;
}
