import type { ExplainedMessage, Explanation } from '../flow/explain.js';
import type { Entry, Responsibility } from '../register/entry.js';
import type { Terminal } from './command.js';

/** The answer of `explain` for a reader. */
export function printExplanation({ asOf, messages, register, publications }: Explanation, { out }: Terminal): void {
  out(`As of ${asOf}\n`);
  out('Messages');
  for (const message of messages) printMessage(message, out);
  out('\nRegister');
  for (const entry of register) printEntry(entry, out);
  out('\nWhat each body would be sent');
  if (publications.length === 0) out('  nothing');
  for (const { to, nhsNumber, resources } of publications) {
    const list = resources.map((r) => `${r.resourceType} ${r.status}`).join(', ');
    out(`  ${to}  about ${nhsNumber}: ${list}`);
  }
}

function printMessage(message: ExplainedMessage, out: Terminal['out']): void {
  const { file, index, sender, trigger, controlId, outcome, fault, note, facts } = message;
  out(
    `  ${file} [${index}] ${sender ?? '?'} ${trigger ?? '?'} ${controlId ?? '?'}: ${outcome}${note ? ` (${note})` : ''}`,
  );
  if (fault) out(`    ${fault.where}: ${fault.text}; ${fault.next} [${fault.code}]`);
  for (const fact of facts) out(`    ${fact.kind} ${fact.effectiveAt}`);
}

/** One register row, its reasons and questions. */
export function printEntry(entry: Entry, out: Terminal['out']): void {
  const who = entry.nhsNumber ?? `no NHS number (${entry.localIds.map((id) => id.value).join(', ')})`;
  out(`  ${who}: ${entry.status}${entry.concurrent.length > 0 ? ` (${entry.concurrent.join(', ')})` : ''}`);
  if (entry.formerNhsNumbers.length > 0) out(`    merged from ${entry.formerNhsNumbers.join(', ')}`);
  for (const { status, from, to, endedBy } of entry.episodes) {
    out(`    episode ${status} ${from ?? 'not begun'}${to ? ` to ${to}` : ''}${endedBy ? ` by ${endedBy}` : ''}`);
  }
  out(`    council ${bodyLine(entry.council)}`);
  out(`    ICB     ${bodyLine(entry.icb)}`);
  for (const { kind, dueOn, doneOn, state } of entry.clocks) {
    out(`    ${kind} due ${dueOn ?? 'before leaving hospital'}: ${doneOn ? `done ${doneOn}` : state}`);
  }
  for (const reason of entry.because) out(`    because ${reason.text} [${reason.rule}; ${reason.cites}]`);
  for (const question of entry.questions) {
    out(
      `    question ${question.id}: ${question.text}${question.options.length > 0 ? ` (${question.options.join(' | ')})` : ''}`,
    );
  }
}

function bodyLine({ code, name, asWritten, standing, candidates }: Responsibility): string {
  if (code === null) return `${standing}${candidates.length > 0 ? `: one of ${candidates.join(', ')}` : ''}`;
  const written = asWritten !== null && asWritten !== code ? `, written ${asWritten}` : '';
  return `${code} ${name ?? ''} (${standing}${written})`;
}
