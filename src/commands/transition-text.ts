import type { TransitionPlan } from '../flow/transition.js';
import type { Move, Moving } from '../flow/transition-move.js';
import type { Way } from '../flow/transition-tally.js';
import type { Step } from '../organisations/directory.js';
import type { Terminal } from './command.js';
import { counted, tableText } from './table.js';

type Out = Terminal['out'];

/** One person, with each side that changes. */
export function printMoving({ nhsNumber, localId, status, moves, clocks, openEndings, sent }: Moving, out: Out): void {
  out(`person ${nhsNumber ?? `without NHS number (${localId ?? 'no local number'})`}, ${status}`);
  for (const move of moves) printMove(move, out);
  if (clocks.length > 0)
    out(`  due, and goes along: ${clocks.map(({ kind, dueOn }) => dueText(kind, dueOn)).join(', ')}`);
  if (openEndings > 0) out(`  an unfinished ending goes along`);
  for (const { to, recordVersion, says } of sent) out(`  ${to} is sent version ${recordVersion}: ${says.join(', ')}`);
}

const dueText = (kind: string, dueOn: string | null): string => (dueOn === null ? kind : `${kind} by ${dueOn}`);

function printMove({ side, from, to, steps, because, unresolved, asWritten }: Move, out: Out): void {
  const target = to.code ?? `nobody known: ${to.candidates.join(' or ') || 'no candidates'}`;
  out(
    `  ${side}: ${from.code ?? (from.candidates.join(' or ') || 'nobody')} → ${target} (written as ${asWritten ?? 'nothing'})`,
  );
  for (const step of steps) out(`    ${stepText(step)} [${step.source}]`);
  for (const { text, cites } of because) out(`    because: ${text} (${cites})`);
  for (const { kind, text } of unresolved) out(`    asked: ${kind}: ${text}`);
}

const STEPS: Record<Step['kind'], string> = {
  merge: 'went into',
  rename: 'became',
  split: 'was divided, a part went to',
  boundary: 'changed its boundary with',
};

/** One succession in words. */
export function stepText({ on, from, to, kind, place }: Step): string {
  return `${on}: ${from} ${STEPS[kind]} ${to}${place === undefined ? '' : `, with the place ${place}`}`;
}

/** The sums: who goes where on what ground, for whom nobody is known, and what each body is sent. */
export function printPlan(plan: TransitionPlan, { isNaming }: { isNaming: boolean }, out: Out): void {
  const { on, looked, moving, unresolved, waiting, failed, clocks, openEndings } = plan;
  for (const way of plan.ways) printWay(way, out);
  if (plan.told.length > 0)
    out(`\n${tableText(['BODY', 'SENT', 'WHAT IT SAYS OTHERWISE'], plan.told.flatMap(toldRows))}\n`);
  out(`${counted(moving, 'person')} of ${looked} looked at get another body by ${on}.`);
  if (unresolved > 0)
    out(`For ${unresolved} of them nobody is known to answer: it is asked, and they stay as they are meanwhile.`);
  if (clocks + openEndings > 0) out(`${clocks} things due and ${openEndings} unfinished endings go along.`);
  if (waiting > 0)
    out(`${counted(waiting, 'person')} not looked at: something was said of them, and the service folds them anyway.`);
  if (failed > 0) out(`${counted(failed, 'person')} could not be folded; the log names their rows: report them.`);
  if (plan.interrupted) out('Broken off: this is what was seen.');
  out('Nothing was changed.');
  if (moving > 0 && !isNaming) out('--people names everybody.');
}

function printWay({ side, steps, count, ...way }: Way, out: Out): void {
  const from = bodyText(way.from, way.fromName, way.fromCandidates);
  out(`${counted(count, 'person')}, ${side}: ${from} → ${bodyText(way.to, way.toName, way.candidates)}`);
  for (const step of steps) out(`  ${stepText(step)}`);
}

/** A body by code and name, or those between whom nobody has chosen. */
function bodyText(code: string | null, name: string | null, candidates: readonly string[]): string {
  if (code !== null) return `${code} ${name ?? ''}`.trimEnd();
  return candidates.length === 0 ? 'nobody known' : `nobody known, asked: ${candidates.join(' or ')}`;
}

const toldRows = ({ to, versions, says }: TransitionPlan['told'][number]): string[][] => [
  [to, String(versions), 'new versions'],
  ...Object.entries(says).map(([what, count]) => ['', String(count), what]),
];
