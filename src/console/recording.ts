import { rehearse, type Stated, type Statement, stateLines, stateOne } from '../flow/state.js';
import { londonDay } from '../register/day.js';
import type { StatedBy } from '../register/fact.js';
import { statementStore } from '../store/statements.js';
import type { AppDeps, Who } from './deps.js';
import { type Problem, problem } from './problem.js';
import type { FactsRecorded } from './schemas.js';
import { SESSION_SECONDS } from './session.js';

/** Facts of several people at once, all or nothing. Who recorded what is in the audit. */
export async function recordLines(
  deps: AppDeps,
  ndjson: string | Uint8Array,
  who: Who,
): Promise<FactsRecorded | Problem> {
  const done = await stateLines(ndjson, who.name, { ...statingWith(deps), role: who.role });
  if (done.kind === 'stated') return recorded(done);
  const title = `nothing was recorded: ${done.mistakes.length === 1 ? 'a line has' : `${done.mistakes.length} lines have`} mistakes`;
  return { ...problem(400, title, 'mend these lines and send all of them again'), mistakes: done.mistakes };
}

/** One fact of a form, or what is wrong with each field. */
export async function recordOne(deps: AppDeps, statement: Statement, who: Who) {
  const done = await stateOne(statement, who.name, { ...statingWith(deps), role: who.role });
  return done.kind === 'stated' ? { kind: 'recorded' as const, ...recorded(done) } : done;
}

/** What would come of one fact of a form. */
export const tryOne = (deps: AppDeps, statement: Statement) => rehearse(statement, statingWith(deps));

/** Who stated the last fact that this user recorded in this shift: the next one often has it from the same. */
export function lastStated({ pool, now = () => new Date() }: AppDeps, who: Who): Promise<StatedBy | null> {
  return statementStore(pool).lastStatedBy(who.name, new Date(now().getTime() - SESSION_SECONDS * 1000));
}

const statingWith = ({ pool, tables, now = () => new Date() }: AppDeps) => ({
  pool,
  ...tables,
  now,
  today: () => londonDay(now().toISOString()),
});

function recorded({ facts }: Stated): FactsRecorded {
  const rows = facts.map(({ fact, known, withdrawnBy, hint, personKey }) => ({
    id: fact.id,
    kind: fact.kind.replace(/-stated$/, ''),
    outcome: withdrawnBy.length > 0 ? ('withdrawn' as const) : known ? ('known' as const) : ('recorded' as const),
    withdrawnBy,
    hint,
    personKey,
  }));
  const count = (outcome: FactsRecorded['facts'][number]['outcome']) =>
    rows.filter((row) => row.outcome === outcome).length;
  return { recorded: count('recorded'), known: count('known'), withdrawn: count('withdrawn'), facts: rows };
}
