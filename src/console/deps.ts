import type { Pool } from 'pg';
import type { Queues } from '../flow/queues.js';
import type { Received } from '../flow/receive.js';
import type { Log } from '../log.js';
import type { DueDelivery } from '../store/deliveries.js';

/** What the pages need to know of the site file. */
type ConnectedSite = {
  name: string;
  senders: readonly { ods: string; name: string }[];
  councils: readonly { gss: string }[];
  icbs: readonly { ods: string; destination: unknown }[];
};

export type AppDeps = {
  site: ConnectedSite;
  pool: Pool;
  queues: Pick<Queues, 'counts'>;
  roles: readonly ('listen' | 'work' | 'console')[];
  /** Null: nobody signs in, which the configuration allows on a loopback address only. */
  token: string | null;
  receive: (bytes: Uint8Array, peer: string) => Promise<Received>;
  /** The refusal of a message over `maxBytes`, of which nothing was read. */
  refuseTooLong: (peer: string) => Promise<Received>;
  /** Of one message. */
  maxBytes: number;
  /** Wakes whoever delivers; the rows are due already. */
  handOver: (deliveries: readonly DueDelivery[]) => Promise<void>;
  log: Log;
  /** Parts of this process beside the database and the queue; each throws while it is down. */
  checks?: Readonly<Record<string, () => Promise<unknown>>>;
  /** Today's name of a council or ICB. */
  bodyName?: (code: string) => string | null;
  now?: () => Date;
};

/** Who is signed in, as the audit names them. */
export type Who = { name: string; role: string };
