import { FAULTS } from '../fault.js';
import { type DeliveryRow, type DeliveryState, deliveryStore } from '../store/deliveries.js';
import { type Command, isSet } from './command.js';
import { bodyOption, countOption, wordsOption } from './options.js';
import { counted, tableText } from './table.js';
import { usageFault } from './usage.js';

const STATES: readonly DeliveryState[] = ['due', 'sending', 'handed-over', 'confirmed', 'parked', 'overtaken'];
type Counted = { body: string; state: DeliveryState; count: number };

/** The body has it, or has something newer. */
const DELIVERED = new Set<DeliveryState>(['confirmed', 'overtaken']);

export const deliveriesCommand: Command = {
  name: 'deliveries',
  summary: 'what each council has confirmed and has not; exit 1 when something is not delivered',
  usage: 'aftercare deliveries [--council CODE] [--state STATE,...] [--limit N] [--json]',
  example: 'aftercare deliveries --council E08000025 --state parked',
  optionsOnly: true,
  options: {
    council: { type: 'string', says: 'GSS code of a council, or ODS code of an ICB' },
    state: { type: 'string', says: `${STATES.join(', ')}; several are separated by commas` },
    limit: { type: 'string', says: 'how many at most, newest first (default: 50)' },
  },
  async run(line, terminal, context) {
    if (line.words.length > 0) throw usageFault('deliveries', 'takes options only');
    const council = await bodyOption(line, context);
    const states = wordsOption(line, 'state', STATES);
    const limit = countOption(line, 'limit', { otherwise: 50, most: 10_000 });
    const store = deliveryStore((await context.database()).pool);
    const summary = (await store.counts()).filter(
      ({ body, state }) => (council === null || body === council) && (states?.includes(state) ?? true),
    );
    const rows = await store.list({ bodies: council === null ? undefined : [council], states, limit });

    if (isSet(line, 'json')) terminal.out(JSON.stringify({ summary, deliveries: rows.map(plain) }, null, 2));
    else if (summary.length === 0) terminal.out('There is no delivery like this.');
    else {
      terminal.out(`${table(rows)}\n`);
      terminal.out(summaryTable(summary));
      const total = summary.reduce((sum, { count }) => sum + count, 0);
      if (total > rows.length) terminal.out(`\nThe newest ${rows.length} of ${counted(total, 'version')} are listed.`);
    }
    const ended = (await store.parked()).filter(({ isEnded }) => isEnded);
    const isSettled = ({ body, state, count }: Counted) =>
      DELIVERED.has(state) || (state === 'parked' && ended.some((each) => each.body === body && each.count === count));
    return summary.every(isSettled) ? 0 : 1;
  },
};

const plain = ({ publicationId, personKey, body, recordVersion, state, attempt, ...row }: DeliveryRow) => ({
  id: publicationId,
  personKey,
  body,
  recordVersion,
  state,
  attempt,
  fault: row.lastFault,
  publishedAt: row.publishedAt.toISOString(),
  nextAttemptAt: state === 'due' ? row.nextAttemptAt.toISOString() : null,
  settledAt: row.settledAt?.toISOString() ?? null,
});

const table = (rows: readonly DeliveryRow[]): string =>
  tableText(
    ['id', 'to', 'person', 'version', 'state', 'attempts', 'published', 'last fault'],
    rows.map((row) => [
      row.publicationId,
      row.body,
      row.personKey,
      String(row.recordVersion),
      row.state,
      String(row.attempt),
      row.publishedAt.toISOString(),
      row.lastFault === null || DELIVERED.has(row.state) ? '' : `${row.lastFault}: ${FAULTS[row.lastFault].text}`,
    ]),
  );

const summaryTable = (summary: readonly Counted[]): string =>
  tableText(
    ['to', 'state', 'versions'],
    summary.map(({ body, state, count }) => [body, state, String(count)]),
  );
