import { hash } from 'node:crypto';
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

type Said = { sender: string; sentAt: Instant; at: Instant; person: NamedPerson };
type Making = Maker & Said & { seq: number };

export function makerFor({ sender, sentAt, at, person }: Said): Maker {
  const maker: Making = { at, sender, person, sentAt, seq: 0, fact };
  return maker;
}

function fact(
  this: Making,
  content: Content<MessageFact>,
  at?: Instant,
  about: NamedPerson = this.person,
): MessageFact {
  const { nhsNumber, localIds } = about;
  const { sender, sentAt } = this;
  const said = { ...content, ...(at === undefined ? {} : { at }), who: nhsNumber ?? localIds[0], sender };
  const made = {
    ...content,
    id: factId(said),
    effectiveAt: at ?? this.at,
    nhsNumber,
    localIds,
    source: { by: 'message', sender, sentAt, seq: this.seq++ },
  };
  return made as MessageFact;
}

/** The same said by the same sender of the same person is the same fact, however often and whenever it is said. */
export function factId(said: object): string {
  const hex = hash('sha256', canonical(said));
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** JSON with the keys of every object in order. */
const canonical = (said: object): string => JSON.stringify(inOrder(said));

function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => inOrder(each ?? null));
  const said = value as Record<string, unknown>;
  const ordered: Record<string, unknown> = {};
  for (const key of Object.keys(said).sort()) if (said[key] !== undefined) ordered[key] = inOrder(said[key]);
  return ordered;
}
