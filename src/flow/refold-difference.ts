import { differences } from '../interpret/difference.js';
import { type EpisodeContent, type Publication, sameEpisode } from '../publish/content.js';
import type { Entry, QuestionKind } from '../register/entry.js';
import { registerRow } from './explain.js';
import type { Change } from './replay.js';

/** In what an entry differs. `reasons`: in nothing but them. */
export const FIELDS = [
  'new in the register',
  'no longer in the register',
  'status',
  'council',
  'icb',
  'episodes',
  'questions',
  'clocks',
  'other',
  'reasons',
] as const;
export type Field = (typeof FIELDS)[number];

/** One body's new version, and what its Flags and CarePlans say otherwise: `Flag active → inactive (joint-decision)`. */
export type SentVersion = { to: string; recordVersion: number; says: string[] };

/** A person whose entry is another one, or of whom some body hears. */
export type ChangedEntry = {
  personKey: string;
  nhsNumber: string | null;
  localId: string | null;
  fields: Field[];
  opened: QuestionKind[];
  closed: QuestionKind[];
  changes: Change[];
  sent: SentVersion[];
};

type Row = ReturnType<typeof registerRow>;

/** Null where nothing differs and nothing is sent. */
export function changedEntry(
  personKey: string,
  { was, is }: { was: Entry | null; is: Entry | null },
  sent: readonly SentVersion[],
): ChangedEntry | null {
  const [before, after] = [was && registerRow(was), is && registerRow(is)];
  const row = after ?? before;
  const changes = differences(before ?? undefined, after ?? undefined).map(
    ({ at, expected, found }): Change => ({ at, before: expected, after: found }),
  );
  if (!row || (changes.length === 0 && sent.length === 0)) return null;
  const [asked, asks] = [before?.questions ?? [], after?.questions ?? []];
  return {
    personKey,
    nhsNumber: row.nhsNumber,
    localId: row.localId,
    fields: fieldsOf(before, after, changes),
    opened: without(asks, asked).map(({ kind }) => kind),
    closed: without(asked, asks).map(({ kind }) => kind),
    changes,
    sent: [...sent],
  };
}

const without = (questions: Row['questions'], others: Row['questions']): Row['questions'] =>
  questions.filter(({ id }) => !others.some((other) => other.id === id));

const NAMED: readonly Field[] = ['status', 'council', 'icb', 'episodes', 'questions', 'clocks'];

function fieldsOf(before: Row | null, after: Row | null, changes: readonly Change[]): Field[] {
  if (!before) return ['new in the register'];
  if (!after) return ['no longer in the register'];
  const places = new Set(changes.map(({ at }) => at.split(/[.[]/)[0] ?? ''));
  const named = NAMED.filter((field) => places.delete(field));
  const because = places.delete('because');
  const fields: Field[] = places.size > 0 ? [...named, 'other'] : named;
  return fields.length === 0 && because ? ['reasons'] : fields;
}

/** What a body's new version says otherwise than the last, each once. */
export function saysOtherwise(now: Publication, before: Publication | null): string[] {
  const said = now.episodes.flatMap((episode) => {
    const last = before?.episodes.find((other) => sameEpisode(episode, other));
    return [
      ...changed('Flag', last && flagText(last), flagText(episode)),
      ...changed('CarePlan', last?.carePlan, episode.carePlan),
    ];
  });
  return said.length > 0 ? [...new Set(said)] : ['content alone'];
}

const changed = (type: string, before: string | undefined, now: string): string[] =>
  before === now || (before === undefined && now === 'none') ? [] : [`${type} ${before ?? 'none'} → ${now}`];

function flagText({ flag }: EpisodeContent): string {
  if (flag === null) return 'none';
  return flag.reason === null ? flag.status : `${flag.status} (${flag.reason})`;
}
