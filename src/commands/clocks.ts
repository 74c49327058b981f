import { AHEAD_DAYS, contactText, type Due, dueBy } from '../flow/clocks.js';
import { addDays, londonDay } from '../register/day.js';
import { CLOCK_KINDS } from '../register/entry.js';
import { auditStore } from '../store/audit.js';
import { type Command, type Context, isSet } from './command.js';
import { askedDayOption, bodyOption, wordsOption } from './options.js';
import { counted, tableText } from './table.js';

export const clocksCommand: Command = {
  name: 'clocks',
  summary: 'what is due and overdue: plans, follow-ups, reviews, decisions, notices; who is listed is recorded',
  usage: 'aftercare clocks [--council CODE] [--kind KIND,...] [--until DATE] [--json]',
  example: 'aftercare clocks --council E08000025 --kind review',
  optionsOnly: true,
  options: {
    council: { type: 'string', says: 'for whom this council (GSS) or ICB (ODS) is responsible' },
    kind: { type: 'string', says: `${CLOCK_KINDS.join(', ')}; several are separated by commas` },
    until: { type: 'string', says: `due by this day, YYYY-MM-DD (default: in ${AHEAD_DAYS} days)` },
  },
  async run(line, { out }, context) {
    const by = askedDayOption(line, 'until') ?? addDays(londonDay(new Date().toISOString()), AHEAD_DAYS);
    const { site } = context.tables(null);
    const body = (await bodyOption(line, context)) ?? undefined;
    const asked = { by, body, kinds: wordsOption(line, 'kind', CLOCK_KINDS) };
    const all: Due[] = [];
    const { pool } = await context.database();
    for await (const page of dueBy(asked, { pool, site })) {
      await recordLook(page, context);
      all.push(...page);
    }
    if (isSet(line, 'json')) out(JSON.stringify(all.map(row), null, 2));
    else out(all.length === 0 ? `Nothing is due by ${by}.` : table(all));
    return 0;
  },
};

const row = ({ personKey: _, name: __, ...due }: Due) => due;

const HEADINGS = ['NHS NUMBER', 'WHAT', 'DUE', 'STATE', 'COUNCIL', 'ICB', 'SINCE'];

const table = (all: readonly Due[]): string =>
  `${tableText(
    HEADINGS,
    all.map((due) => [
      due.nhsNumber ?? 'none',
      due.kind,
      due.dueOn ?? 'on leaving',
      due.state,
      due.council ?? 'unknown',
      due.icb ?? 'unknown',
      due.startedOn,
    ]),
  )}\n\n${contactLines(all)}${counted(all.length, 'thing')} due.`;

/** Whom to ask for, once for each two bodies of the list. */
function contactLines(all: readonly Due[]): string {
  const lines = all.flatMap(({ council, icb, contacts }) => [
    ...(contacts.council ? [`${council} (with ${icb}): ${contactText(contacts.council)}`] : []),
    ...(contacts.icb ? [`${icb} (with ${council}): ${contactText(contacts.icb)}`] : []),
  ]);
  return lines.length === 0 ? '' : `Contacts\n${[...new Set(lines)].map((line) => `  ${line}`).join('\n')}\n\n`;
}

async function recordLook(page: readonly Due[], { database, operator }: Context): Promise<void> {
  const seen = page.map(({ personKey }) => personKey);
  await auditStore((await database()).pool).recordListed(seen, { who: operator, role: 'officer' });
}
