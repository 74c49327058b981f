import type { Directory } from '../organisations/directory.js';
import type { Desk } from './desk.js';
import type { StatedFact } from './fact.js';
import { bodiesMeant, type Side } from './responsibility.js';
import { spelling, tidied } from './spelling.js';

type RegisterEntry = Extract<StatedFact, { kind: 'register-entry' }>;

/** A body's code as a register has it, and who it means on the desk's day: several after a split, nobody where no table has it. */
export type Named = { written: string; codes: readonly string[] };

/** What one register said on one day, in its words and in ours. */
export type Reading = {
  fact: RegisterEntry;
  /** Which register: the same for every code and spelling of the body that keeps it. */
  register: string;
  /** The body that keeps it, where its code is one of the tables'. */
  keeper: Named | null;
  name: string;
  council: Named | null;
  icb: Named | null;
  has: Record<'Entries' | 'Born' | 'Status' | 'From' | 'To' | 'Council' | 'ICB', string | null>;
};

/** A body that has a person as its own and names nobody else is the one that it names. */
export function readingOf(fact: RegisterEntry, directory: Directory, desk: Desk): Reading {
  const { body, on, status } = fact;
  const organisation = tidied(fact.source.statedBy.organisation);
  const namedBy = (side: Side, code: string | null): Named | null =>
    code === null ? null : { written: code, codes: bodiesMeant(side, { code, writtenOn: on }, directory, desk) };
  const own = body === 'trust' ? null : namedBy(body, organisation);
  const keeper = own !== null && own.codes.length > 0 ? own : null;
  const isTheirs = status === 'active' || status === 'prospective';
  const itself = (side: Side): Named | null => (isTheirs && body === side ? keeper : null);
  const council = namedBy('council', fact.council) ?? itself('council');
  const icb = namedBy('icb', fact.icb) ?? itself('icb');
  return {
    fact,
    register: `${body} ${keeper?.codes.join(' ') ?? spelling(organisation)}`,
    keeper,
    name: `the register of ${organisation} as of ${on}`,
    council,
    icb,
    has: {
      Entries: fact.caseId,
      Born: fact.birthDate ?? null,
      Status: status,
      From: fact.from,
      To: fact.to,
      Council: council?.written ?? null,
      ICB: icb?.written ?? null,
    },
  };
}
