import { createHash } from 'node:crypto';
import type { Instant } from '../register/day.js';
import type { MessageFact } from '../register/fact.js';
import type { NamedPerson } from './reading.js';

type Content<F> = F extends MessageFact ? Omit<F, 'id' | 'source' | 'nhsNumber' | 'localIds' | 'effectiveAt'> : never;

/** Makes the facts of one message: adds who it is about, who said it and when, and the id. */
export type Maker = {
  /** The event's own time. */
  readonly at: Instant;
  readonly sender: string;
  readonly person: NamedPerson;
  readonly own: (person: NamedPerson) => NamedPerson;
  /** `at`: when it was true. Left out: the event's time, which is then no part of what is said. */
  fact(content: Content<MessageFact>, at?: Instant, person?: NamedPerson): MessageFact;
};

export function makerFor(of: { sender: string; sentAt: Instant; at: Instant; person: NamedPerson }): Maker {
  let seq = 0;
  const own = (person: NamedPerson): NamedPerson => ({
    ...person,
    localIds: person.localIds.map((id) => ({ ...id, sender: of.sender })),
  });
  const person = own(of.person);
  return {
    at: of.at,
    sender: of.sender,
    person,
    own,
    fact(content, at, about = person) {
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

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
