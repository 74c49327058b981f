import type { Entry } from '../register/entry.js';
import { dayText } from './clock.js';

type Duty = Pick<Entry['episodes'][number], 'status' | 'from' | 'to'> & { onHold?: boolean };
/** As much of an entry as its status rests on. */
export type Stood = Pick<Entry, 'status' | 'concurrent' | 'diedOn'> & { episodes: readonly Duty[] };

/** What the status means for this person, in a sentence or two; null where the words of the status say it all. */
export function standingText(entry: Stood): string | null {
  const latest = entry.episodes.at(-1);
  if (!latest) return null;
  return TEXTS[entry.status]?.(latest, entry) ?? null;
}

const TEXTS: Partial<Record<Entry['status'], (latest: Duty, entry: Stood) => string | null>> = {
  prospective: ({ from }) =>
    from === null
      ? null
      : `Back in hospital by recall or revocation: the aftercare that began on ${dayText(from)} waits, and is owed again from the day of leaving.`,
  active: ({ from }, { concurrent }) =>
    from === null
      ? null
      : [`Section 117 aftercare is owed, and has been since ${dayText(from)}.`, ...besides(concurrent)].join(' '),
  ended: ({ to }) =>
    to === null ? null : `Council and ICB both decided that aftercare is no longer needed; it ended on ${dayText(to)}.`,
  died: ({ from }, { diedOn }) => {
    const day = diedOn === null ? '' : ` on ${dayText(diedOn)}`;
    return from === null
      ? `The person died${day}, before leaving hospital: aftercare never began.`
      : `The person died${day}: aftercare ended with the death, and the record stays.`;
  },
};

/** What a reader could take for an ending. */
function besides(concurrent: Stood['concurrent']): string[] {
  if (concurrent.includes('custody'))
    return ['The person is in custody: the duty goes on, and what it provides waits.'];
  if (concurrent.includes('s17-leave') || !concurrent.includes('inpatient')) return [];
  return [
    'The person is admitted to hospital: that ends nothing by itself. A new detention under a qualifying section would (R (Worcestershire CC) v SSHSC [2023] UKSC 31).',
  ];
}
