import { Fault } from '../fault.js';

/** The command was used wrongly: exit code 2. */
export const usageFault = (where: string, text: string): Fault =>
  new Fault({ code: 'usage', where, text, next: 'see aftercare --help' });
