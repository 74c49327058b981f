import { auditStore } from '../store/audit.js';
import { deliveryStore } from '../store/deliveries.js';
import { type Command, isSet, textOption } from './command.js';
import { rowIds } from './options.js';
import { counted } from './table.js';
import { usageFault } from './usage.js';

export const deliverCommand: Command = {
  name: 'deliver',
  summary: 'hand over again what waits, was parked, or was lost; the service sends it within seconds',
  usage: 'aftercare deliver ID... | --council CODE [--confirmed] [--json]',
  example: 'aftercare deliver --council E08000025',
  options: {
    council: { type: 'string', says: 'everything that this council (or ICB) has not confirmed' },
    confirmed: {
      type: 'boolean',
      says: 'with --council: also what it has confirmed, for a council that lost its data',
    },
  },
  async run(line, terminal, context) {
    const council = textOption(line, 'council');
    const ids = rowIds(line.words);
    if (ids.length > 0 === (council !== null)) {
      throw usageFault('deliver', 'give ids as "aftercare deliveries" prints them, or --council');
    }
    const { site } = context.tables(null);
    const councils = site.councils.flatMap(({ gss }) => [gss, `${gss}-children`]);
    const known = [...councils, ...site.icbs.map(({ ods }) => ods)];
    if (council !== null && !known.includes(council)) {
      throw usageFault(`--council ${council}`, 'the site file names no such council or ICB');
    }
    const { pool } = await context.database();
    const subjects = council === null ? ids : [council];
    await auditStore(pool).recordAll(
      subjects.map((subject) => ({
        who: context.operator,
        role: 'engineer',
        action: 'handed-over-again',
        subject,
        reason: null,
      })),
    );
    const due = await deliveryStore(pool).requeue(
      council === null
        ? { publicationIds: ids, confirmedToo: true }
        : { bodies: [council], confirmedToo: isSet(line, 'confirmed') },
    );

    if (isSet(line, 'json')) terminal.out(JSON.stringify({ handedOver: due.length }));
    else if (due.length > 0)
      terminal.out(`${counted(due.length, 'version')} will be sent at the next sweep of the service.`);
    else terminal.out('Nothing to hand over: it is on its way, overtaken by a newer version, or does not exist.');
    return due.length === 0 && ids.length > 0 ? 1 : 0;
  },
};
