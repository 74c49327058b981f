import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { type AttemptCounter, attemptCounter } from './attempts.js';
import { type AppDeps, ROLES, type Who } from './deps.js';
import { type Problem, problem } from './problem.js';
import type { Render } from './render.js';
import { cookieIn, SESSION_COOKIE, SESSION_SECONDS, type Sessions, sessionsOf } from './session.js';

const UNNAMED = 'operator';
const HOLDER: Who = { name: UNNAMED, role: 'operator' };
const LIMITS = { failures: 10, windowMs: 60_000 };

type Deps = Pick<AppDeps, 'token' | 'now'> & { render: Render };
type SignIn = { routes: Router; required: RequestHandler };
type Door = { sessions: Sessions; attempts: AttemptCounter; now: () => Date };

/** `routes` are open to everybody; behind `required` somebody is signed in, and `res.locals.who` says who. */
export function signIn({ token, now = () => new Date(), render }: Deps): SignIn {
  if (token === null) return { routes: Router(), required: asLocalUser };
  const door = { sessions: sessionsOf(token), attempts: attemptCounter(LIMITS), now };
  return { routes: signInRoutes(door, render), required: requireSignIn(door) };
}

/** Who looks, for the record. Only called behind the sign-in. */
export const whoOf = (res: Response): Who => res.locals.who as Who;

/** An auditor reads everything and changes nothing. */
export const mayChange: RequestHandler = (_req, res, next) =>
  next(
    whoOf(res).role === 'auditor'
      ? problem(403, 'an auditor changes nothing', 'ask an engineer or an officer to do it')
      : undefined,
  );

const asLocalUser: RequestHandler = (_req, res, next) => {
  res.locals.who = { name: 'local user', role: 'operator' } satisfies Who;
  next();
};

const SignInForm = z.object({
  token: z.string().max(1_000),
  name: z.string().trim().max(60).default(''),
  role: z.enum(ROLES).default('operator'),
  next: z.string().default(''),
});

function signInRoutes(door: Door, render: Render): Router {
  const form = (res: Response, status: number, model: { next: string; trouble?: string }) =>
    render(res.status(status), 'sign-in', { title: 'Sign in', ...model });

  return Router()
    .get('/console/sign-in', (req, res) => form(res, 200, { next: consolePath(req.query.next) }))
    .post('/console/sign-in', express.urlencoded({ extended: false, limit: '8kb' }), (req, res) => {
      const { token, name, role, next } = SignInForm.parse(req.body ?? {});
      if (!door.sessions.isToken(token.trim())) {
        const wait = door.attempts.waitSeconds(addressOf(req), door.now());
        if (wait > 0) {
          res.set('Retry-After', String(wait));
          return form(res, 429, { next, trouble: `Too many wrong tokens. Try again in ${wait} seconds.` });
        }
        door.attempts.failed(addressOf(req), door.now());
        return form(res, 401, { next, trouble: 'This is not the operator token of this service.' });
      }
      setCookie(req, res, door.sessions.issue({ name: name || UNNAMED, role }, door.now()), SESSION_SECONDS);
      res.redirect(303, consolePath(next));
    })
    .post('/console/sign-out', (req, res) => {
      setCookie(req, res, '', 0);
      res.redirect(303, '/console/sign-in');
    });
}

type Claim = { kind: 'signed-in'; who: Who } | { kind: 'refused'; why: Problem } | { kind: 'nobody' };

const requireSignIn =
  (door: Door): RequestHandler =>
  (req, res, next) => {
    const claim = claimOf(req, door);
    if (claim.kind === 'signed-in') {
      res.locals.who = claim.who;
      return next();
    }
    if (claim.kind === 'nobody' && req.method === 'GET' && isPage(req)) {
      return res.redirect(303, `/console/sign-in?next=${encodeURIComponent(consolePath(req.path))}`);
    }
    res.set('WWW-Authenticate', 'Bearer');
    next(claim.kind === 'refused' ? claim.why : notSignedIn);
  };

const notSignedIn = problem(
  401,
  'you are not signed in',
  'sign in, or send the operator token as Authorization: Bearer',
);

function claimOf(req: Request, { sessions, attempts, now }: Door): Claim {
  const [scheme = '', bearer = ''] = (req.headers.authorization ?? '').split(' ');
  if (scheme.toLowerCase() === 'bearer') {
    // Whoever knows the token is not kept out by others' wrong ones; it is too long to be found by trying.
    if (sessions.isToken(bearer)) return { kind: 'signed-in', who: HOLDER };
    const wait = attempts.waitSeconds(addressOf(req), now());
    if (wait > 0)
      return { kind: 'refused', why: problem(429, 'too many wrong tokens', `try again in ${wait} seconds`) };
    attempts.failed(addressOf(req), now());
    return { kind: 'refused', why: notSignedIn };
  }
  const cookie = cookieIn(req.headers.cookie, SESSION_COOKIE);
  const who = cookie === null ? null : sessions.whoIn(cookie, now());
  return who === null ? { kind: 'nobody' } : { kind: 'signed-in', who };
}

/** Never readable by a script, never sent along from another site. */
function setCookie(req: Request, res: Response, value: string, maxAgeSeconds: number): void {
  res.cookie(SESSION_COOKIE, value, {
    httpOnly: true,
    sameSite: 'strict',
    secure: req.secure,
    path: '/',
    maxAge: maxAgeSeconds * 1000,
  });
}

/** Only within the console: an address that somebody else made up leads nowhere else. */
const consolePath = (given: unknown): string =>
  typeof given === 'string' && /^\/console(?:\/[\w-]+)*$/.test(given) && !given.startsWith('/console/sign-')
    ? given
    : '/console';

const isPage = (req: Request): boolean => req.path === '/' || req.path.startsWith('/console');
const addressOf = (req: Request): string => req.ip ?? '';
