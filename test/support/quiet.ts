import type { Log } from '../../src/log.js';

/** A log that keeps nothing, for what is not about it. */
export const quiet: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet };
