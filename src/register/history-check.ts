import type { Desk } from './desk.js';
import type { History } from './history.js';
import { silenceIsNotNo } from './rules/silence-is-not-a-no.js';

/**
 * Nothing qualifying is known, and that is all: of a person detained under something else it is asked whether anybody
 * has looked at the earlier history. That no detention is known rests on nobody's word: no fact says it.
 */
export function askAboutHistory(history: History, desk: Desk): void {
  const checked = history.stated.find(
    (f) => f.kind === 'history-checked' && f.found === 'no-qualifying-detention' && desk.hasCome(f.on),
  );
  if (checked) {
    desk.because(silenceIsNotNo, 'The history was checked and no qualifying detention was found.', [checked.id]);
    return;
  }
  const other = history.detentions.filter(
    (d) => d.status.bearing === 'no' && d.status.code !== '01' && desk.hasCome(d.from),
  );
  const left = history.stays.flatMap(({ left }) => (left && left.leaving !== 'transferred' ? [left] : []));
  const facts = other.map((d) => d.factId);
  if (other.length === 0) {
    desk.because(silenceIsNotNo, 'No qualifying detention is known.', []);
    return;
  }
  desk.because(
    silenceIsNotNo,
    'Detained, but under nothing that qualifies by itself; the earlier history is not known.',
    facts,
  );
  if (left.length === 0) return;
  desk.ask({
    kind: 'history-unchecked',
    text: 'Was this person ever detained under section 3, 37, 45A, 47 or 48, anywhere, at any time? Record the detention if so, or that the history was checked.',
    options: ['no-qualifying-detention'],
    about: other.slice(0, 1).map((d) => d.key),
    facts,
  });
}
