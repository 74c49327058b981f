import { addDays, type Day } from '../register/day.js';
import { type Discharge, dischargeMessage } from './fhir-message.js';
import { type Adt, adt, type Period } from './messages.js';
import { type Invented, nameOf } from './people.js';

/** Real codes of a trust, two councils and an integrated care board, so that the national tables know them. */
export const TRUST = 'RXT';
export const ICB = 'QHL';
export const NORTHMOOR = 'E08000025';
export const EASTMERE = 'E08000029';

/** What is sent about one person, over one connection; or the `fact` that an officer records. */
export type Story = { who: string; title: string } & (
  | { by: 'mllp' | 'http' | 'fhir'; messages: readonly { trigger: string; text: string }[] }
  | { by: 'officer'; fact: object }
);

type Sending = Omit<Adt, 'person'>;

/** What the stories are told with; every date is counted back from today. */
export type Stage = {
  day(daysAgo: number): Day;
  /** As HL7 writes it; `time` as in 0930. */
  at(daysAgo: number, time?: string): string;
  section3(id: string, from: number, to: number | null, more?: Partial<Period>): Period;
  /** The same sending twice is the same message twice, byte for byte. */
  story(by: 'mllp' | 'http', person: Invented, title: string, messages: readonly Sending[]): Story;
  fhirStory(person: Invented, title: string, discharge: Omit<Discharge, 'person'>): Story;
};

export function stageFor(today: Day): Stage {
  const day = (daysAgo: number) => addDays(today, -daysAgo);
  const at = (daysAgo: number, time = '1000') => `${day(daysAgo).replaceAll('-', '')}${time}00`;
  let sent = 0;
  return {
    day,
    at,
    section3: (id, from, to, more = {}) => ({
      id,
      status: ['03', 'Section 3'],
      from: at(from),
      ...(to === null ? {} : { to: at(to) }),
      council: NORTHMOOR,
      commissioner: ICB,
      ...more,
    }),
    story(by, person, title, messages) {
      const texts = new Map<Sending, string>();
      for (const message of messages) {
        if (texts.has(message)) continue;
        sent += 1;
        texts.set(message, adt({ visit: `V${person.mrn}-1`, ...message, person }, `EPR${1000 + sent}`));
      }
      const written = messages.map((message) => ({ trigger: message.trigger, text: texts.get(message) ?? '' }));
      return { who: nameOf(person), title, by, messages: written };
    },
    fhirStory(person, title, discharge) {
      sent += 1;
      const text = JSON.stringify(dischargeMessage({ ...discharge, person }, `EPR${1000 + sent}`));
      return { who: nameOf(person), title, by: 'fhir', messages: [{ trigger: 'A03', text }] };
    },
  };
}
