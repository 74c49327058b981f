import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { type Command, ROLES, type Role, textOption } from './command.js';
import { usageFault } from './usage.js';

export const serveCommand: Command = {
  name: 'serve',
  summary: 'the service',
  usage: 'aftercare serve [--only listen,work,console]',
  example: 'aftercare serve --only listen',
  optionsOnly: true,
  options: { only: { type: 'string', says: 'roles of this process, separated by commas (default: all)' } },
  async run(line, terminal, context) {
    const roles = rolesOf(textOption(line, 'only'));
    collectFrugally();
    // Heard from now on: a start that is broken off would leave its database running.
    const told = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
    const service = await context.start(roles);
    if (service.mllpPort !== null) terminal.err(`HL7 v2 over MLLP on port ${service.mllpPort}`);
    if (service.mllpTlsPort !== null) terminal.err(`HL7 v2 over MLLP with TLS on port ${service.mllpTlsPort}`);
    if (service.httpPort !== null) terminal.err(`HTTP on port ${service.httpPort}`);
    if (service.httpsPort !== null) terminal.err(`HTTPS on port ${service.httpsPort}`);
    terminal.err(`ready: ${roles.join(', ')}`);
    await told;
    terminal.err('stopping: what was received is answered, what was begun is finished');
    await service.close();
    return 0;
  },
};

/**
 * Young garbage is little: four helpers that look for it together take more of the processors than it is worth. Old garbage
 * is collected before it is most of what is held: a tenth less memory, at no speed that could be measured.
 */
function collectFrugally(): void {
  setFlagsFromString('--no-parallel-scavenge');
  setFlagsFromString('--heap-growing-percent=75');
}

function rolesOf(only: string | null): readonly Role[] {
  if (only === null) return ROLES;
  const asked = only.split(',').map((role) => role.trim());
  const known = ROLES.filter((role) => asked.includes(role));
  if (known.length === asked.length) return known;
  throw usageFault('--only', `give roles out of ${ROLES.join(', ')}, separated by commas`);
}
