import type { BodiesFileKind } from '../flow/bodies-file.js';
import { type BodiesImported, importBodies, type RefusedItems } from '../flow/import-bodies.js';
import type { Context, Terminal } from './command.js';
import { changeText } from './organisations-changes.js';
import { counted } from './table.js';

type Given = { file: string; kind: BodiesFileKind };

/** Imports a file that says what bodies there are. */
export async function importBodiesFile(
  { file, kind }: Given,
  progress: (read: number) => void,
  context: Context,
): Promise<BodiesImported> {
  const { pool } = await context.database();
  const shipped = context.tables(null).directory;
  return importBodies({ file, kind, importedBy: context.operator, shipped, progress }, pool);
}

const OUTCOMES: Record<keyof BodiesImported['outcomes'], string> = {
  same: 'as the tables have it',
  changes: 'otherwise than the tables',
  untracked: 'of bodies that the tables leave out',
  'predecessor-untracked': 'of predecessors that the tables leave out',
  'successor-untracked': 'of successors that the tables leave out',
  places: 'between places inside ICBs, where the ICB answers',
  'record-wanted': 'of successors of which no record was imported',
  itself: 'of bodies that followed themselves',
  reason: 'for another reason than that one body replaced another',
};

/** What was new, and what it means for the tables. */
export function printBodiesImported(done: BodiesImported, out: Terminal['out']): void {
  const { kind, read, added, changed, known, older, outcomes, refused, changes, refusedChanges, wanted } = done;
  const places = kind === 'successions' ? 'line' : 'record';
  for (const each of refused) out(`refused: ${refusedText(each, places)}`);
  out(
    `${counted(read, places)}: ${added} new, ${changed} changed, ${known} as before, ${older} older than what is known.`,
  );
  const told = Object.entries(OUTCOMES).flatMap(([outcome, text]) => {
    const number = outcomes[outcome as keyof typeof OUTCOMES];
    return number === undefined ? [] : [`${number} ${text}`];
  });
  if (told.length > 0) out(`Of what it says: ${told.join(', ')}.`);
  for (const { change, why } of refusedChanges) out(`refused: ${changeText(change)}: ${why.join('; ')}`);
  if (wanted.length > 0) out(`Followed one of ours, and no record was imported: fetch ${wanted.join(', ')}.`);
  printToFetch(done, out);
  for (const change of changes)
    out(
      `${change.id}  ${change.needsConfirming ? 'to confirm' : 'staged'}  ${changeText(change)}\n      ${change.why}`,
    );
  if (changes.length > 0)
    out('Nothing counts yet. "aftercare organisations changes" lists all; confirm or refuse what is to be confirmed.');
}

function refusedText({ why, count, at }: RefusedItems, noun: string): string {
  return `${counted(count, noun)} (${at.join(', ')}${count > at.length ? ', …' : ''}): ${why}`;
}

function printToFetch({ toFetch: { ours, others } }: BodiesImported, out: Terminal['out']): void {
  if (ours.length + others.length === 0) return;
  out(
    `It only says whose records changed. Fetch, and import, of the bodies in the tables: ${ours.join(', ') || 'none'}. ` +
      `${counted(others.length, 'other')} may be anything (--json lists them): new bodies are found by their roles, RO261, RO98, RO141 and RO197.`,
  );
}
