import type { FaultDetail } from '../fault.js';
import type { Message } from '../hl7v2/message.js';
import type { MessageFact } from '../register/fact.js';
import type { Codes } from './codes.js';
import type { Effect, Feed } from './feed.js';
import { type Maker, makerFor } from './maker.js';
import { periodFacts } from './periods.js';
import { mergeFacts, personFacts, visitMoveFacts } from './person.js';
import { openReading, type Reading } from './reading.js';
import { stayFacts } from './stay.js';

/** Who sent a message, as the site file has it. Times without an offset are in `timeZone` (IANA). */
export type SenderContext = { ods: string; timeZone: string };

/** What became of a message. Parked keeps no facts: half a message can mislead. */
export type Interpretation =
  | { outcome: 'interpreted'; facts: MessageFact[]; fault: null; note: null }
  | { outcome: 'ignored'; facts: []; fault: null; note: string }
  | { outcome: 'parked'; facts: []; fault: FaultDetail; note: null };

/** A message, by its feed definition and the code tables, to the facts it states. Pure: the same message, the same facts. */
export function interpret(message: Message, feed: Feed, codes: Codes, sender: SenderContext): Interpretation {
  const { messageCode, trigger } = message.header;
  if (messageCode !== 'ADT')
    return ignored(`${messageCode || 'no message code'} messages tell nothing about aftercare`);
  // Which event it is cannot be guessed, and to ignore a discharge would be to lose it.
  if (trigger === '') return parkedFor(NO_TRIGGER);
  const effects = Object.hasOwn(feed.triggers, trigger) ? feed.triggers[trigger] : undefined;
  if (!effects) return ignored(`trigger ${trigger} tells nothing about aftercare (feed ${feed.feed})`);

  const reading = openReading(message, sender.timeZone);
  const sentAt = reading.required('MSH-7', 'instant');
  const timed = feed.eventTime.find((path) => path === 'MSH-7' || reading.value(path) !== null);
  const at = timed === undefined ? sentAt : reading.instant(timed);
  if (sentAt === null || at === null) return parked(reading);
  const person = reading.person(feed);
  if (person === null) return parked(reading);

  const maker = makerFor({ sender: sender.ods, sentAt, at, person });
  const facts = [
    ...personFacts(reading, feed, codes, maker),
    ...effects.flatMap((effect) => effectFacts(effect, reading, feed, codes, maker)),
    ...(feed.periods ? periodFacts(reading, feed.periods, codes, maker) : []),
  ];
  if (reading.faults.length > 0) return parked(reading);
  // One period in several segments says the same of itself each time: the last counts, as it does between messages.
  const once = [...new Map(facts.map((fact) => [fact.id, fact])).values()];
  return { outcome: 'interpreted', facts: once, fault: null, note: null };
}

function effectFacts(effect: Effect, reading: Reading, feed: Feed, codes: Codes, maker: Maker): MessageFact[] {
  if (effect === 'merged') return mergeFacts(reading, feed, maker);
  if (effect === 'visit-moved') return visitMoveFacts(reading, feed, maker);
  return stayFacts(effect, reading, feed, codes, maker);
}

const ignored = (note: string): Interpretation => ({ outcome: 'ignored', facts: [], fault: null, note });

const parkedFor = (fault: FaultDetail): Interpretation => ({ outcome: 'parked', facts: [], fault, note: null });

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
