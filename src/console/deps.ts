import type { Socket } from 'node:net';
import type { Pool } from 'pg';
import type { Queues } from '../flow/queues.js';
import type { Received } from '../flow/receive.js';
import type { LedgerContent } from '../flow/versions.js';
import type { Log } from '../log.js';
import type { DueDelivery } from '../store/deliveries.js';
import type { Tables } from '../tables.js';
import type { FhirDoor, PullDoor } from './fhir-door.js';
import type { Meters } from './meters.js';

/** What the pages need to know of the site file. */
type ConnectedSite = {
  name: string;
  senders: readonly { ods: string; application?: string | null; name: string }[];
  councils: readonly { gss: string; childrensDestination?: unknown }[];
  icbs: readonly { ods: string; destination: unknown }[];
};

export type AppDeps = {
  site: ConnectedSite;
  /** What stated facts are read and folded with. */
  tables: Tables;
  pool: Pool;
  queues: Pick<Queues, 'counts'> & Partial<Pick<Queues, 'raw'>>;
  roles: readonly ('listen' | 'work' | 'console')[];
  /** Null: nobody signs in, which the configuration allows on a loopback address only. */
  token: string | null;
  /** The socket says who sends: its address, and the certificate that it proved. */
  receive: (bytes: Uint8Array, socket: Socket) => Promise<Received>;
  /** The refusal of a message over `maxBytes`, of which nothing was read. */
  refuseTooLong: (socket: Socket) => Promise<Received>;
  /** The way in for FHIR. */
  fhir?: FhirDoor;
  /** For bodies that fetch what they were told. */
  pull?: PullDoor;
  /** Before a message is received: seconds that its sender has to wait, because it is above its rate. */
  secondsToWait?: (bytes: Uint8Array, socket: Socket) => number;
  /** Of one message. */
  maxBytes: number;
  /** Wakes whoever delivers; the rows are due already. */
  handOver: (deliveries: readonly DueDelivery[]) => Promise<void>;
  /** What a version of the ledger says in FHIR. */
  resourcesOf?: (content: LedgerContent, recordVersion: number) => readonly unknown[];
  log: Log;
  /** Parts of this process beside the database and the queue; each throws while it is down. */
  checks?: Readonly<Record<string, () => Promise<unknown>>>;
  /** Today's name of a council or ICB. */
  bodyName?: (code: string) => string | null;
  /** What this process counts as it works. */
  meters?: Meters;
  /** The volume of DATA_DIR; none while it cannot be looked at. */
  disk?: () => Promise<readonly { free: number; size: number }[]>;
  /** Certificates of this process, by the setting that names their file. */
  certificates?: () => readonly { setting: string; notAfter: string }[];
  /** By what this process folds. */
  foldedWith?: string;
  now?: () => Date;
};

/**
 * As what somebody works. An engineer may change queues, an auditor changes nothing; `operator` is whoever holds the
 * token itself: a program, or the user of a machine without sign-in.
 */
export const ROLES = ['engineer', 'officer', 'auditor', 'operator'] as const;
export type Role = (typeof ROLES)[number];

/** Who is signed in, as the audit names them. */
export type Who = { name: string; role: Role };
