import { auditStore } from '../store/audit.js';
import { overviewStore } from '../store/overview.js';
import { questionStore } from '../store/questions.js';
import type { AppDeps, Who } from './deps.js';
import type { QuestionQuery } from './queries.js';
import { nameText } from './register.js';
import type { QuestionListView } from './schemas.js';

/** The open questions, by person. Whoever is on the list has been looked at, and that is recorded before it is shown. */
export async function listQuestions(deps: AppDeps, query: QuestionQuery, who: Who): Promise<QuestionListView> {
  const { kind, after, limit } = query;
  const [kinds, rows] = await Promise.all([
    overviewStore(deps.pool).questions(),
    questionStore(deps.pool).list({ kind, after, limit: limit + 1 }),
  ]);
  const shown = rows.slice(0, limit);
  await auditStore(deps.pool).recordAll(
    shown.map(({ personKey }) => ({
      who: who.name,
      role: who.role,
      action: 'person-listed',
      subject: personKey,
      reason: null,
    })),
  );
  return {
    kinds,
    asked: shown.flatMap(({ personKey, name, nhsNumber, status, questions }) =>
      questions
        .filter((question) => kind === undefined || question.kind === kind)
        .map(({ id, kind: asked, text, options }) => ({
          personKey,
          name: nameText(name),
          nhsNumber,
          status,
          id,
          kind: asked,
          text,
          options,
        })),
    ),
    nextAfter: rows.length > limit ? (shown.at(-1)?.personKey ?? null) : null,
  };
}
