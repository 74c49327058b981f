import type { Pool } from 'pg';
import type { FaultDetail } from '../fault.js';
import type { Bundle } from '../fhir/bundle.js';
import type { Resource, Task } from '../fhir/resources.js';
import { type Found, resourcesIn } from '../interpret/fhir/resolve.js';
import { answeredBy, versionSaid } from '../interpret/fhir/task.js';
import type { Mappings } from '../interpret/mappings.js';
import type { Directory } from '../organisations/directory.js';
import { addDays, type Day, londonDay } from '../register/day.js';
import type { MessageFact } from '../register/fact.js';
import { knownBody } from '../register/known-body.js';
import { nodesOf } from '../register/nodes.js';
import type { Sender } from '../site.js';
import { ledgerStore } from '../store/ledger.js';
import { personKeyStore } from '../store/person-keys.js';
import { type FhirRefusal, fhirInterpretation, refused } from './admit-fhir.js';

/** A message that may hold answers of bodies, and who sends it. */
export type Answering = { bytes: Uint8Array; message: Resource | Bundle; sender: Sender };

/** Null where every answer in it can be understood, and is about something that its sender was told. */
export type ReplyCheck = (answering: Answering, at: Date) => Promise<FhirRefusal | null>;

type Deps = { pool: Pool; mappings: Mappings; directory: Directory };

/**
 * What a body answers is about what it was told, and of that person: an answer to anything else would be filed where nobody
 * could tell whose it is, and its sender is the one who can put it right.
 */
export function replyCheck(deps: Deps): ReplyCheck {
  return async ({ bytes, message, sender }, at) => {
    const tasks = resourcesIn(message).filter(({ resource }) => resource.resourceType === 'Task');
    if (tasks.length === 0) return null;
    if (message.resourceType === 'Task' && answeredBy(message) === null) return refused(NO_FOCUS, 'required');
    const odd = tasks.find(({ resource }) => isAnswer(resource) && versionSaid(resource) === 'odd');
    if (odd) return refused({ ...ODD_VERSION, where: `${odd.place}.extension.valuePositiveInt` }, 'business-rule');
    const { fault, facts } = fhirInterpretation(bytes, sender, deps.mappings, at);
    if (fault !== null) return isIn(tasks, fault) ? refused(fault, 'business-rule') : null;
    const replies = facts.flatMap((fact) => (fact.kind === 'replied' ? [fact] : []));
    const today = londonDay(at.toISOString());
    for (const reply of replies) {
      const task = tasks.find(({ resource }) => resource.resourceType === 'Task' && answeredBy(resource) === reply.of);
      if (londonDay(reply.source.sentAt) > addDays(today, 1))
        return refused({ ...NOT_YET, where: `${task?.place}.meta.lastUpdated` }, 'business-rule');
      if (!(await wasTold(reply, today, deps)))
        return refused({ ...NOT_TOLD, where: `${task?.place}.focus.identifier` }, 'business-rule');
    }
    return null;
  };
}

const isAnswer = (resource: Resource): resource is Task =>
  resource.resourceType === 'Task' && answeredBy(resource) !== null;

const isIn = (tasks: readonly Found[], { where }: FaultDetail): boolean =>
  tasks.some(({ place }) => where.startsWith(`${place}.`));

type Replied = Extract<MessageFact, { kind: 'replied' }>;

/** Under every key of the person: what was told of a number that was merged away since is answered too. */
async function wasTold(reply: Replied, today: Day, { pool, directory }: Deps): Promise<boolean> {
  const personKeys = personKeyStore(pool);
  const answering = new Set((await personKeys.keysGiven(nodesOf(reply))).values());
  const keys = await Promise.all([...answering].map((key) => personKeys.keysUnder(key)));
  const given = await ledgerStore(pool).idsGiven(keys.flat());
  const theirs = codesOf(reply.source.sender, today, directory);
  return given.some(
    ({ body, episode, flag, carePlan }) =>
      [episode, flag, carePlan].includes(reply.of) &&
      codesOf(body.split('-')[0] ?? body, today, directory).some((code) => theirs.includes(code)),
  );
}

/** Every code under which a body answers today: itself, and whoever came after it. */
function codesOf(code: string, today: Day, directory: Directory): string[] {
  const { council, icb } = knownBody(code, today, today, directory);
  return [code, ...council, ...icb];
}

const NO_FOCUS: FaultDetail = {
  code: 'field-missing',
  where: 'Task.focus.identifier',
  text: 'is missing, or is none that we gave: a task is taken that answers what was sent',
  next: 'give the identifier of the EpisodeOfCare, the Flag or the CarePlan as it was sent',
};

const NOT_TOLD = {
  code: 'field-invalid',
  text: 'is of nothing that this organisation was sent about this person',
  next: 'give the identifier as it was sent, and in Task.for the NHS number of its subject',
} as const;

const ODD_VERSION = {
  code: 'field-invalid',
  text: 'is no version',
  next: 'give the s117-record-version that the resources have which it answers, a whole number; or leave the extension out',
} as const;

/** Nothing would come of it until that day, and then it would outdo what is answered meanwhile. A clock may be fast by hours. */
const NOT_YET = {
  code: 'field-invalid',
  text: 'is a day still to come: the answer would not count before it',
  next: 'give the time at which it was answered; set the clock right',
} as const;
