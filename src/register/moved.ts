import { londonDay } from './day.js';
import type { Desk } from './desk.js';
import type { History } from './history.js';
import { byTime, dayOf } from './order.js';
import { movedAbroad } from './rules/moved-abroad.js';
import type { Span } from './spans.js';

/** Postcode areas that lie wholly outside England and Wales; those that cross the border say nothing. */
const OUTSIDE: readonly { where: string; areas: readonly string[] }[] = [
  { where: 'Scotland', areas: 'AB DD EH FK G HS IV KA KW KY ML PA PH ZE'.split(' ') },
  { where: 'Northern Ireland', areas: ['BT'] },
  { where: 'the Channel Islands', areas: ['GY', 'JE'] },
  { where: 'the Isle of Man', areas: ['IM'] },
];

/** The last address that was told since the person left hospital. */
export function askWhetherMoved({ addresses }: History, span: Span | undefined, desk: Desk): void {
  const departure = span?.departure;
  const [latest] = addresses;
  if (!departure || !latest || byTime(latest.source.sentAt, departure.at) < 0 || !desk.hasCome(dayOf(latest))) return;
  const area = /^[A-Z]+/.exec(latest.postcode.trim().toUpperCase())?.[0] ?? '';
  const outside = OUTSIDE.find(({ areas }) => areas.includes(area));
  if (!outside) return;
  const told = londonDay(latest.source.sentAt);
  desk.because(movedAbroad, `An address in ${outside.where} was told on ${told}.`, [latest.id]);
  desk.ask({
    kind: 'moved-abroad',
    text: `An address in ${outside.where} was told on ${told}. Section 117 runs in England and Wales (${movedAbroad.cites}); the duty does not end by the move. Who provides there, and does the duty here go on? It stays active until both bodies decide.`,
    options: ['duty-goes-on'],
    about: [latest.id],
    facts: [latest.id],
  });
}
