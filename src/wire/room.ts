import { type ByteBudget, byteBudget } from './byte-budget.js';

/** What the listeners of one process share: how many connections there may be, and the bytes being received. */
export type Room = {
  maxConnections: number;
  budget: ByteBudget;
  /** False when it is full; who came in leaves once. */
  enter(): boolean;
  leave(): void;
};

/** Messages being received at one time, over all connections. One message is always taken. */
const MAX_BYTES_IN_FLIGHT = 64 * 1024 * 1024;

export function openRoom(maxConnections: number, maxBytesInFlight = MAX_BYTES_IN_FLIGHT): Room {
  let inside = 0;
  return {
    maxConnections,
    budget: byteBudget(maxBytesInFlight),
    enter() {
      if (inside >= maxConnections) return false;
      inside += 1;
      return true;
    },
    leave() {
      inside -= 1;
    },
  };
}
