import type { Directory } from '../organisations/directory.js';
import type { Desk } from './desk.js';
import type { Responsibility } from './entry.js';
import type { History } from './history.js';
import { answeredAs, answeringFor, type Naming, responsibilityOf, succeededAmong } from './responsibility.js';

/**
 * Following a code to its successor is a default and not the law for each person: where what messages stated has become
 * another ICB than that of the GP practice, it is asked which has the person. What people determined is not asked about.
 */
export function askWherePracticeDiffers(
  body: Responsibility,
  namings: readonly Naming[],
  { practices }: History,
  directory: Directory,
  desk: Desk,
): Responsibility {
  const [practice] = practices;
  const naming = namings.find(({ code }) => code === body.asWritten);
  if (body.code === null || body.standing !== 'provisional' || !practice || !naming) return body;
  const now = icbOf(practice.code, directory, desk);
  if (now === null || now === body.code || !wasSucceeded(naming, body.code, directory)) return body;
  const options = [body.code, now].sort();
  const answer = desk.ask({
    kind: 'which-icb',
    text: `${naming.code} was stated, and ${body.code} came after it. The GP practice ${practice.code} belongs to ${now}. Following a code to its successor is a default: one published reading of SI 2022/635 has people follow their GP registration around 1 July 2022, and it is not settled. Which is responsible? Until then ${body.code} is provisional.`,
    options,
    about: [naming.about, 'practice', practice.code],
    facts: [naming.factId, practice.id],
    comesTo: succeededAmong('icb', options, directory, desk),
  });
  if (answer === null) return { ...body, candidates: options };
  if (answeringFor('icb', answer, directory, desk).includes(body.code)) return { ...body, standing: 'agreed' };
  return responsibilityOf('icb', answeredAs(naming, answer, desk), directory, desk);
}

function icbOf(practice: string, directory: Directory, desk: Desk): string | null {
  desk.changesOn(directory.nextChange(practice, desk.asOf));
  const found = directory.icbOfPractice(practice, desk.asOf);
  return found.kind === 'found' ? found.body.code : null;
}

function wasSucceeded({ code, writtenOn }: Naming, now: string, directory: Directory): boolean {
  const then = directory.commissioner(code, writtenOn, writtenOn);
  return then.kind === 'found' && then.body.code !== now;
}
