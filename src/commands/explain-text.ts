import type { NameOf } from '../console/names.js';
import type { ExplainedMessage, Explanation } from '../flow/explain.js';
import type { Hint } from '../flow/hints.js';
import type { Terminal } from './command.js';
import { printEntry } from './person-text.js';
import type { SaidBy } from './reasons-text.js';

/** The answer of `explain` for a reader. */
export function printExplanation(
  { asOf, messages, register, publications, hints }: Explanation & { hints: readonly Hint[] },
  nameOf: NameOf,
  { out }: Terminal,
): void {
  const saidBy = placesOf(messages);
  out(`As of ${asOf}\n`);
  out('Messages');
  for (const message of messages) printMessage(message, out);
  out('\nRegister');
  for (const entry of register) printEntry(entry, out, { saidBy, nameOf });
  out('\nWhat each body would be sent');
  if (publications.length === 0) out('  nothing');
  for (const { to, nhsNumber, resources } of publications) {
    const list = resources.map((r) => `${r.resourceType} ${r.status}`).join(', ');
    out(`  ${to}  about ${nhsNumber}: ${list}`);
  }
  if (hints.length > 0) out('\nStated facts that do nothing yet');
  for (const hint of hints) out(`  ${hintText(hint)}`);
}

function printMessage(message: ExplainedMessage, out: Terminal['out']): void {
  const { file, index, sender, trigger, controlId, outcome, fault, note, facts } = message;
  out(
    `  ${file} [${index}] ${sender ?? '?'} ${trigger ?? '?'} ${controlId ?? '?'}: ${outcome}${note ? ` (${note})` : ''}`,
  );
  if (fault) out(`    ${fault.where}: ${fault.text}; ${fault.next} [${fault.code}]`);
  for (const fact of facts) out(`    ${fact.kind} ${fact.effectiveAt}`);
}

/** One stated fact of a file that does nothing, and why. */
export const hintText = ({ nth, fact, text }: Hint): string => `Fact ${nth} of the file (${fact}): ${text}.`;

/** Which sender said it, and in which file. */
function placesOf(messages: readonly ExplainedMessage[]): SaidBy {
  const places = new Map<string, string>();
  for (const { file, index, sender, facts } of messages) {
    for (const { id } of facts) if (!places.has(id)) places.set(id, `${sender ?? '?'} (${file} [${index}])`);
  }
  return (factId) => places.get(factId) ?? null;
}
