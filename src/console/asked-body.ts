import { bodyAsked } from '../flow/asked.js';
import { londonDay } from '../register/day.js';
import type { AppDeps } from './deps.js';
import { unknownBody } from './problem.js';

/** The code of a body that a list is asked for; throws a problem where no body ever had it. */
export function askedBody(
  written: string | undefined,
  { tables, now = () => new Date() }: Pick<AppDeps, 'tables' | 'now'>,
): string | undefined {
  if (written === undefined) return undefined;
  const code = bodyAsked(written, tables, londonDay(now().toISOString()));
  if (code === null) throw unknownBody;
  return code;
}
