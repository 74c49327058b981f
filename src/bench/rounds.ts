import type { House, Service } from './house.js';
import type { People } from './messages.js';
import { isOpen, type Open, settled } from './settled.js';

/** Rounds that have been sent, and what then waited though nothing moved any more. */
export type Rounds = { sent: number; refused: number; open: Open };

/**
 * Everybody's first message, then everybody's second, and so on; the next only when the last is with the councils. In
 * life days lie between a person's messages, so each may lead to a version of its own.
 */
export async function playRounds(
  house: House,
  service: Service,
  { people, rounds, connections }: { people: People; rounds: number; connections: number },
): Promise<Rounds> {
  const pool = await house.database();
  const done: Rounds = { sent: 0, refused: 0, open: { uninterpreted: 0, unfolded: 0, undelivered: 0 } };
  for (let round = 0; round < rounds && !isOpen(done.open); round++) {
    const part = { people, from: round * people.persons, count: people.persons, connections };
    const load = await house.play({ ...part, seconds: 0, warmSeconds: 0, perSecond: null }, service);
    done.sent += load.sent;
    done.refused += load.refused;
    done.open = await settled(pool);
  }
  return done;
}
