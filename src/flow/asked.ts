import type { Directory } from '../organisations/directory.js';
import type { Day } from '../register/day.js';
import { directoryLast } from './directory-today.js';

export { isNhsNumber, tidyNhsNumber } from '../interpret/nhs-number.js';

/** What tells two systems of one council apart: the one for children has a register of its own. */
const CHILDREN = '-children';

/**
 * The body that somebody asks about, by a code as they type it: in any case, and a council by its ODS code too. Also one
 * that is no more. Null where no body ever had the code: to answer that there is nobody would be no answer.
 */
export function bodyAsked(written: string, tables: { directory: Directory }, today: Day): string | null {
  const directory = directoryLast(tables.directory);
  const [typed = '', suffix = ''] = written.trim().split(/(?=-children$)/i);
  const code = typed.toUpperCase();
  const council = directory.council(code, today, today);
  const known = [council, directory.commissioner(code, today, today)].some(({ kind }) => kind !== 'unknown');
  if (!known) return null;
  const own = council.kind === 'found' && council.body.ods === code ? council.body.code : code;
  return suffix === '' ? own : `${own}${CHILDREN}`;
}

/** A council or ICB that is known, and is no more on that day. */
export function hasEnded(body: string, directory: Directory, on: Day): boolean {
  const code = body.replace(/-children$/, '');
  const meant = directory
    .meanings(code, on, on)
    .map((meaning) => meaning.meant)
    .filter(({ kind }) => kind === 'council' || kind === 'icb');
  return meant.length > 0 && meant.every(({ to }) => to !== null && to < on);
}
