import { auditStore } from '../store/audit.js';
import type { Context } from './command.js';

/** Says how far it is, at most once a second. */
export function everySecond<Args extends unknown[]>(say: (...far: Args) => void): (...far: Args) => void {
  let last = performance.now();
  return (...far) => {
    if (performance.now() - last < 1_000) return;
    last = performance.now();
    say(...far);
  };
}

/**
 * One JSON document with a member `people`, printed as they come: they may be more than the memory holds. Whatever happens,
 * what was begun is a whole document.
 */
export function jsonPeople(out: (text: string) => void) {
  let waiting: string | null = null;
  return {
    begin(head: Record<string, unknown>): void {
      out(`${JSON.stringify({ ...head, people: [] }).slice(0, -2)}`);
    },
    person(person: Record<string, unknown>): void {
      if (waiting !== null) out(`${waiting},`);
      waiting = JSON.stringify(person);
    },
    end(tail: Record<string, unknown>): void {
      if (waiting !== null) out(waiting);
      out(`],${JSON.stringify(tail).slice(1)}`);
    },
  };
}

/** What is shown of people is recorded before, as in the register. */
export async function recordLooks(
  people: readonly { personKey: string }[],
  reason: string,
  { database, operator: who }: Context,
): Promise<void> {
  const seen = people.map(({ personKey }) => personKey);
  await auditStore((await database()).pool).recordListed(seen, { who, role: 'engineer', reason });
}
