/**
 * The advisory locks of one database, each number for one purpose: two with the same number would wait for each other for
 * nothing, or for ever.
 */
export const LOCKS = {
  migrate: 117_000_001,
  /** Held, shared, by every process that uses the embedded server: the last to leave stops it. */
  embeddedUsers: 117_000_002,
  watch: 117_000_003,
  /** Held alone while everything derived is dropped, shared by whoever writes what is derived. */
  rebuild: 117_000_004,
  /** Held by the one process that rebuilds, for as long as it does. */
  rebuilder: 117_000_005,
  /** Held by the one process that seals. */
  seal: 117_000_006,
  /** Held by the one process that imports a national file. */
  imports: 117_000_007,
  /** Held by the one process that imports what bodies there are, decides about changes, or applies them. */
  organisations: 117_000_010,
  /** Held, together with the body, by the one process that holds its register against this one. */
  reconciler: 117_000_011,
} as const;
