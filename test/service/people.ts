import { sendMllp } from '../../src/wire/mllp-client.js';
import { type Adt, adt, SECTION_3 } from '../scenarios/adt.js';
import { pause } from '../support/process.js';

/** Invented, and so unlike anything else that whatever is found of it was written down from a message. */
export const FAMILY = 'Quillfeather';
export const LATER_FAMILY = 'Featherquill';
export const BIRTH_DATES = ['19800102', '1980-01-02'];
export const POSTCODE = 'ZZ99 3WZ';
const LOCAL_ID = 'LOCALID';

export type Invented = { nhsNumber: string; mrn: string; council: string };

/** People with numbers that pass modulus 11 and begin with 999, taking turns between the councils. */
export function inventPeople(from: number, count: number, councils: readonly string[]): Invented[] {
  const people: Invented[] = [];
  for (let n = from; people.length < count; n++) {
    const nhsNumber = withCheckDigit(`999${String(n).padStart(6, '0')}`);
    const council = councils[people.length % councils.length] ?? '';
    if (nhsNumber !== null) people.push({ nhsNumber, mrn: `${LOCAL_ID}${n}`, council });
  }
  return people;
}

function withCheckDigit(nine: string): string | null {
  const sum = [...nine].reduce((total, digit, index) => total + Number(digit) * (10 - index), 0);
  const check = (11 - (sum % 11)) % 11;
  return check === 10 ? null : `${nine}${check}`;
}

/** Two messages each: a discharge from section 3, and later another name. */
export const messagesOf = ({ nhsNumber, mrn, council }: Invented): Adt[] => [
  {
    trigger: 'A03',
    sentAt: '20260301100500',
    nhsNumber,
    mrn,
    visit: `V${mrn}`,
    family: FAMILY,
    admitted: '20260101080000',
    left: '20260301100000',
    method: '1',
    destination: '19',
    periods: [{ ...SECTION_3, id: `P${mrn}`, council, postcode: POSTCODE }],
  },
  { trigger: 'A08', sentAt: '20260401090000', nhsNumber, mrn, visit: undefined, family: LATER_FAMILY },
];

/** All that may not be found outside: numbers, names, birth dates, postcodes, local ids. */
export const traces = (people: readonly Invented[]): string[] => [
  ...people.flatMap(({ nhsNumber, mrn }) => [nhsNumber, mrn]),
  ...[FAMILY, LATER_FAMILY, POSTCODE, ...BIRTH_DATES],
];

const GIVES_UP_MS = 60_000;

/**
 * Sends as a trust's engine does: over several connections, in order on each, and again whatever was not acknowledged.
 * `acknowledged` fills as it goes.
 */
export async function sendUntilAcknowledged(
  port: number,
  people: readonly Invented[],
  acknowledged: Set<string>,
  connections = 6,
): Promise<void> {
  await Promise.all(
    Array.from({ length: connections }, (_, turn) => {
      const own = people.filter((_person, index) => index % connections === turn).flatMap(messagesOf);
      return sendAll(port, own, acknowledged);
    }),
  );
}

async function sendAll(port: number, messages: readonly Adt[], acknowledged: Set<string>): Promise<void> {
  let done = 0;
  const deadline = Date.now() + GIVES_UP_MS;
  while (done < messages.length) {
    if (Date.now() > deadline) throw new Error(`${done} of ${messages.length} messages acknowledged, then no more`);
    try {
      const rest = messages.slice(done).map((message) => Buffer.from(adt(message)));
      for await (const { acknowledgements } of sendMllp('127.0.0.1', port, rest, { timeoutMs: 5_000 })) {
        const [, code, controlId] = /\rMSA\|([A-Z]{2})\|([^|\r]*)/.exec(String(acknowledgements[0])) ?? [];
        if (code !== 'AA' || controlId === undefined) {
          await pause(50);
          break;
        }
        acknowledged.add(controlId);
        done += 1;
      }
    } catch {
      await pause(50);
    }
  }
}
