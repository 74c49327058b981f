import type { CodeableConcept, Identifier } from '../../fhir/elements.js';
import type { Resource, Task } from '../../fhir/resources.js';
import { BASE, EXTENSION, NHS_NUMBER_SYSTEM, OURS_TOLD, REPLY_SYSTEM, TASK_OUTPUT_SYSTEM } from '../../fhir/s117.js';
import type { Answered, MessageFact } from '../../register/fact.js';
import { OUTCOMES } from '../../register/stated-words.js';
import { MOST_OF_CASE_ID, MOST_OF_REASON } from '../answer-length.js';
import type { Maker } from '../maker.js';
import { organisationOf } from './organisation.js';
import type { FhirReading } from './reading.js';
import type { Found, Resolve } from './resolve.js';

export type TaskTold = {
  task: Task;
  found: Found & { resource: Task & { contained?: Resource[] } };
  reading: FhirReading;
  maker: Maker;
  resolve: Resolve;
};

/** What a Task answers: the value of our identifier of an episode, a Flag or a plan; null for a task about anything else. */
export const answeredBy = ({ focus }: Task): string | null => {
  const { system, value } = focus?.identifier ?? {};
  return system !== undefined && OURS_TOLD.includes(system) ? (value?.toLowerCase() ?? null) : null;
};

/** R4 Task.status: how far the body has got with what it was told. `null`: it takes its answer back. */
const ANSWERS: Partial<Record<Task['status'], 'accepted' | 'rejected' | null>> = {
  accepted: 'accepted',
  'in-progress': 'accepted',
  completed: 'accepted',
  rejected: 'rejected',
  'entered-in-error': null,
};
/** Neither says whether the body has the person now: not doing a task is no answer to what it is about. */
const NO_ANSWER: readonly Task['status'][] = ['cancelled', 'failed'];

/** What a body answers to what it was told. */
export function replyFacts(told: TaskTold, of: string): MessageFact[] {
  const { task, found, reading, maker } = told;
  const { place } = found;
  const { status } = task;
  if (!isOwn(told)) return [];
  if (NO_ANSWER.includes(status)) {
    reading.fault('field-invalid', `${place}.status`, 'is no answer: accepted, in-progress, completed or rejected');
    return [];
  }
  const answer = ANSWERS[status];
  if (answer === undefined) return reading.tellsNothing('the task is not answered yet');
  const version = versionSaid(task);
  // Not a part of what is said: the same answer to the next version is the same answer.
  const read = typeof version === 'number' ? { version } : {};
  if (answer === null)
    return [{ ...maker.fact({ kind: 'replied', of, outcome: null, reason: null, caseId: null }), ...read }];
  const outcome = outcomeOf(answer, told);
  const caseId = caseIdOf(told);
  const reason = wordsOf(task.statusReason);
  if (outcome === 'rejected' && reason === null)
    reading.fault('field-missing', `${place}.statusReason`, 'is missing: why it is rejected');
  if ((reason?.length ?? 0) > MOST_OF_REASON)
    reading.fault('field-invalid', `${place}.statusReason`, `is longer than ${MOST_OF_REASON} characters`);
  return outcome === null ? [] : [{ ...maker.fact({ kind: 'replied', of, outcome, reason, caseId }), ...read }];
}

/** A body answers only for itself. */
function isOwn({ task, found, reading, maker, resolve }: TaskTold): boolean {
  const owner = organisationOf(task.owner, found, resolve);
  if (owner === null || owner === maker.sender) return true;
  const text = 'is another organisation than the one that sends it: a body answers only for itself';
  reading.fault('field-invalid', `${found.place}.owner`, text);
  return false;
}

/** Null, and a fault, where Task.businessStatus says what its status contradicts. */
function outcomeOf(answer: 'accepted' | 'rejected', { task, found, reading }: TaskTold): Answered['outcome'] | null {
  const said = (task.businessStatus?.coding ?? []).filter(({ system }) => system === REPLY_SYSTEM);
  const outcomes = said.map(({ code }) => OUTCOMES.find((outcome) => outcome === code));
  const [outcome = answer, ...more] = outcomes;
  const isKnown = !outcomes.includes(undefined) && more.every((other) => other === outcome);
  if (isKnown && (outcome === 'rejected') === (answer === 'rejected')) return outcome;
  const what = isKnown ? 'contradicts the status' : `is none, or several, of ${OUTCOMES.join(', ')}`;
  return reading.fault('field-invalid', `${found.place}.businessStatus`, what);
}

/** The body's own number of the case: as the task's output, else as the one identifier that is not ours. */
function caseIdOf({ task, found, reading }: TaskTold): string | null {
  const outputs = (task.output ?? []).flatMap(({ type, valueString, valueIdentifier }) =>
    isCaseId(type) ? [valueString ?? valueIdentifier?.value ?? ''] : [],
  );
  const own = (task.identifier ?? []).filter(isTheirs).flatMap(({ value }) => value ?? []);
  const [caseId = null, ...more] = new Set(outputs.length > 0 ? outputs : own);
  if (caseId === '')
    return reading.fault('field-missing', `${found.place}.output.value`, 'is missing: a string or an identifier');
  const place = `${found.place}.${outputs.length > 0 ? 'output' : 'identifier'}`;
  if ((caseId?.length ?? 0) > MOST_OF_CASE_ID)
    return reading.fault('field-invalid', place, `is longer than ${MOST_OF_CASE_ID} characters`);
  if (more.length === 0) return caseId;
  return reading.fault(
    'field-invalid',
    place,
    `has several: give one output of the type ${TASK_OUTPUT_SYSTEM}#case-id`,
  );
}

/**
 * The version that a body says to have read: what was sent has it in this extension, and a task may repeat it. Null where it
 * says none, `odd` where what it says is no number of a version (FHIR R4 positiveInt).
 */
export function versionSaid({ extension }: Task): number | 'odd' | null {
  const all: unknown[] = Array.isArray(extension) ? extension : [];
  const said = new Set(all.flatMap((each) => (isVersion(each) ? [each.valuePositiveInt] : [])));
  if (said.size === 0) return null;
  const [version, ...more] = said;
  const isNumber = typeof version === 'number' && Number.isInteger(version) && version > 0;
  return isNumber && version <= MOST_OF_POSITIVE_INT && more.length === 0 ? version : 'odd';
}

const isVersion = (extension: unknown): extension is { valuePositiveInt?: unknown } =>
  typeof extension === 'object' &&
  extension !== null &&
  'url' in extension &&
  extension.url === EXTENSION.recordVersion;

const MOST_OF_POSITIVE_INT = 2_147_483_647;

const isCaseId = ({ coding = [] }: CodeableConcept): boolean =>
  coding.some(({ system, code }) => system === TASK_OUTPUT_SYSTEM && code === 'case-id');

const isTheirs = ({ system, use }: Identifier): boolean =>
  use !== 'old' && system !== NHS_NUMBER_SYSTEM && !system?.startsWith(`${BASE}/`);

/** Nothing that anybody could read, such as U+200B alone. */
const UNSEEN = /^[\s\p{Cf}\p{Default_Ignorable_Code_Point}]*$/u;

function wordsOf(reason: CodeableConcept | undefined): string | null {
  const [coding] = reason?.coding ?? [];
  const words = (reason?.text ?? coding?.display ?? coding?.code)?.trim() ?? '';
  return UNSEEN.test(words) ? null : words;
}
