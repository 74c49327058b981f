import { createHash } from 'node:crypto';
import type { Instant } from '../register/day.js';
import type { MessageFact } from '../register/fact.js';
import type { NamedPerson } from './identifiers.js';

type Content<F> = F extends MessageFact ? Omit<F, 'id' | 'source' | 'nhsNumber' | 'localIds' | 'effectiveAt'> : never;

/** Makes the facts of one message: adds who it is about, who said it and when, and the id. */
export type Maker = {
  /** The event's own time. */
  readonly at: Instant;
  readonly sender: string;
  readonly person: NamedPerson;
  /** `at`: when it was true. Left out: the event's time, which is then no part of what is said. */
  fact(content: Content<MessageFact>, at?: Instant, person?: NamedPerson): MessageFact;
};

export function makerFor(of: { sender: string; sentAt: Instant; at: Instant; person: NamedPerson }): Maker {
  let seq = 0;
  return {
    at: of.at,
    sender: of.sender,
    person: of.person,
    fact(content, at, about = of.person) {
      const { nhsNumber, localIds } = about;
      const said = {
        ...content,
        ...(at === undefined ? {} : { at }),
        who: nhsNumber ?? localIds[0],
        sender: of.sender,
      };
      const fact = {
        ...content,
        id: factId(said),
        effectiveAt: at ?? of.at,
        nhsNumber,
        localIds,
        source: { by: 'message', sender: of.sender, sentAt: of.sentAt, seq: seq++ },
      };
      return fact as MessageFact;
    },
  };
}

/** The same said by the same sender of the same person is the same fact, however often and whenever it is said. */
export function factId(said: object): string {
  const hex = createHash('sha256').update(canonical(said)).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** JSON with the keys of every object in order. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((each) => canonical(each ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const said = Object.entries(value).filter(([, inner]) => inner !== undefined);
  const inOrder = said.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${inOrder.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}
