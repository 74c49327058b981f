import type { Header } from './message.js';

export type AckCode = 'AA' | 'AE' | 'AR' | 'CA' | 'CE' | 'CR';

/** What became of a message: kept; not kept and worth sending again; or not to be sent again as it is. */
export type Outcome = 'stored' | 'failed' | 'refused';

const ACCEPT = { stored: 'CA', failed: 'CE', refused: 'CR' } as const;
const APPLICATION = { stored: 'AA', failed: 'AE', refused: 'AR' } as const;

/**
 * Which acknowledgements the sender asked for, in the order to send them (v2.5.1 chapter 2.9). Original mode, neither
 * MSH-15 nor MSH-16 valued: the application acknowledgement. Enhanced mode: by the conditions of HL7 table 0155, and
 * a message that was not accepted gets no second answer. An acknowledgement is never acknowledged.
 */
export function answersFor(
  header: Pick<Header, 'messageCode' | 'acceptAck' | 'applicationAck'>,
  outcome: Outcome,
): AckCode[] {
  if (header.messageCode === 'ACK' || header.messageCode === 'MCF') return [];
  if (header.acceptAck === '' && header.applicationAck === '') return [APPLICATION[outcome]];

  const accept: AckCode[] = isWanted(header.acceptAck, outcome) ? [ACCEPT[outcome]] : [];
  const application: AckCode[] = isWanted(header.applicationAck, outcome) ? [APPLICATION[outcome]] : [];
  if (outcome !== 'stored' && accept.length > 0) return accept;
  return [...accept, ...application];
}

/** A condition that is in no table is answered: silence would stop the sender's queue. */
function isWanted(condition: string, outcome: Outcome): boolean {
  switch (condition.toUpperCase()) {
    case '':
    case 'NE':
      return false;
    case 'ER':
      return outcome !== 'stored';
    case 'SU':
      return outcome === 'stored';
    default:
      return true;
  }
}
