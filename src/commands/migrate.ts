import { type Command, isSet } from './command.js';

export const migrateCommand: Command = {
  name: 'migrate',
  summary: 'bring the database schema up to date',
  usage: 'aftercare migrate [--json]',
  example: 'aftercare migrate',
  optionsOnly: true,
  options: {},
  async run(line, terminal, context) {
    const { pool, embedded } = await context.database();
    const { rows } = await pool.query<{ name: string }>('select name from schema_migrations order by version');
    const names = rows.map(({ name }) => name);
    if (isSet(line, 'json')) terminal.out(JSON.stringify({ embedded, applied: names }));
    else terminal.out(`The schema is up to date: ${names.join(', ')}.`);
    return 0;
  },
};
