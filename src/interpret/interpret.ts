import type { FaultDetail } from '../fault.js';
import type { Message } from '../hl7v2/message.js';
import type { MessageFact } from '../register/fact.js';
import type { Codes } from './codes.js';
import type { Effect, Feed } from './feed.js';
import { type Maker, makerFor } from './maker.js';
import { periodFacts } from './periods.js';
import { mergeFacts, personFacts, visitMoveFacts } from './person.js';
import { openReading, type Reading, type SenderContext } from './reading.js';
import { stayFacts } from './stay.js';

/** What became of a message. Parked keeps no facts: half a message can mislead. */
export type Interpretation =
  | { outcome: 'interpreted'; facts: MessageFact[]; fault: null; note: null }
  | { outcome: 'ignored'; facts: []; fault: null; note: string }
  | { outcome: 'parked'; facts: []; fault: FaultDetail; note: null };

/** A message, by its feed definition and the code tables, to the facts it states. Pure: the same message, the same facts. */
export function interpret(message: Message, feed: Feed, codes: Codes, sender: SenderContext): Interpretation {
  const { messageCode, trigger } = message.header;
  const effects = effectsOf(feed, messageCode, trigger);
  if (!effects) return untold(feed, messageCode, trigger);

  const reading = openReading(message, feed, sender);
  const sentAt = reading.sentAt();
  const at = reading.found(feed.eventTime) === null ? sentAt : reading.instant(feed.eventTime);
  if (sentAt === null || at === null) return parked(reading);
  const person = reading.person();
  if (person === null) return parked(reading);

  const maker = makerFor({ sender: sender.ods, sentAt, at, person });
  const facts = [
    ...personFacts(reading, feed, codes, maker),
    ...effects.flatMap((effect) => effectFacts(effect, reading, feed, codes, maker)),
    ...(feed.periods ? periodFacts(feed.periods, { reading, feed, codes, maker }) : []),
  ];
  if (reading.faults.length > 0) return parked(reading);
  // One period in several segments says the same of itself each time: the last counts, as it does between messages.
  const once = [...new Map(facts.map((fact) => [fact.id, fact])).values()];
  return { outcome: 'interpreted', facts: once, fault: null, note: null };
}

/** Triggers are those of admission messages; others name their message code as well (`ORU^R01`). */
function effectsOf(feed: Feed, messageCode: string, trigger: string): readonly Effect[] | undefined {
  const key = messageCode === 'ADT' ? trigger : `${messageCode}^${trigger}`;
  return Object.hasOwn(feed.triggers, key) ? feed.triggers[key] : undefined;
}

function untold(feed: Feed, messageCode: string, trigger: string): Interpretation {
  const isHeard = messageCode === 'ADT' || Object.keys(feed.triggers).some((key) => key.startsWith(`${messageCode}^`));
  if (!isHeard) return ignored(`${messageCode || 'no message code'} messages tell nothing about aftercare`);
  // Which event it is cannot be guessed, and to ignore a discharge would be to lose it.
  if (trigger === '') return parkedFor(NO_TRIGGER);
  return ignored(`trigger ${trigger} tells nothing about aftercare (feed ${feed.feed})`);
}

function effectFacts(effect: Effect, reading: Reading, feed: Feed, codes: Codes, maker: Maker): MessageFact[] {
  if (effect === 'merged') return mergeFacts(reading, feed, maker);
  if (effect === 'visit-moved') return visitMoveFacts(reading, feed, maker);
  if (effect === 'deleted' || effect === 'identity-told') {
    const { code, text, next } = effect === 'deleted' ? DELETED : IDENTITY_TOLD;
    reading.fault(code, 'MSH-9.2', text, next);
    return [];
  }
  return stayFacts(effect, reading, feed, codes, maker);
}

const ignored = (note: string): Interpretation => ({ outcome: 'ignored', facts: [], fault: null, note });

const parkedFor = (fault: FaultDetail): Interpretation => ({ outcome: 'parked', facts: [], fault, note: null });

/** What was deleted may be all that shows a detention, so nothing is taken back by itself. */
const DELETED = {
  code: 'deletion-told',
  text: 'the sender deletes a visit or a record of which it told before',
  next: 'ask the sender why: what never happened it cancels (A11, A13) or merges (A40); anything else stays as it is',
} as const;

/** Whole histories hang on it, and such a message does not say which of them went to the wrong person. */
const IDENTITY_TOLD = {
  code: 'identity-told',
  text: 'the sender links or unlinks two people, or gives a record or a number to somebody else; nobody’s history was changed',
  next: 'ask the sender which histories it concerns: two records of one person it merges (A40), a stay it moves (A45); that two numbers are two people is recorded here ("aftercare record", identity-separated)',
} as const;

const NO_TRIGGER: FaultDetail = {
  code: 'field-missing',
  where: 'MSH-9.2',
  text: 'the trigger event is empty',
  next: 'the sender fills it and sends again',
};

/** The first fault is the message's; mending it shows the next. */
const parked = ({ faults: [first] }: Reading): Interpretation => parkedFor(first ?? NOTHING_READ);

const NOTHING_READ: FaultDetail = {
  code: 'interpret-failed',
  where: 'message',
  text: 'nothing could be read',
  next: 'report this message row',
};
