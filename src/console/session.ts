import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { ROLES, type Who } from './deps.js';

export const SESSION_COOKIE = 'aftercare_session';
/** A shift. */
export const SESSION_SECONDS = 8 * 60 * 60;

/**
 * Sessions are signed and not stored: every console process behind a load balancer knows them, and a new operator
 * token ends them all. The cookie never holds the token.
 */
export function sessionsOf(token: string) {
  const key = createHmac('sha256', token).update('aftercare console session').digest();
  const seal = (payload: string): string => createHmac('sha256', key).update(payload).digest('base64url');
  return {
    isToken: (candidate: string): boolean => sameText(candidate, token),

    issue({ name, role }: Who, now: Date): string {
      const until = Math.floor(now.getTime() / 1000) + SESSION_SECONDS;
      const payload = Buffer.from(JSON.stringify({ name, role, until })).toString('base64url');
      return `${payload}.${seal(payload)}`;
    },

    /** As whom somebody signed in; null for what we did not sign and for what is over. */
    whoIn(cookie: string, now: Date): Who | null {
      const [payload = '', mac = ''] = cookie.split('.');
      if (!sameText(mac, seal(payload))) return null;
      const { name, role, until } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Who & { until: number };
      return until * 1000 > now.getTime() && ROLES.includes(role) ? { name, role } : null;
    },
  };
}

export type Sessions = ReturnType<typeof sessionsOf>;

export function cookieIn(header: string | undefined, name: string): string | null {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
}

/** In the same time whatever differs, also the length. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
