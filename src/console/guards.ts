import type { RequestHandler } from 'express';
import helmet from 'helmet';
import { problem } from './problem.js';

/** `styles`: hashes of styles within a page, each of which names one text. */
type Loosened = { base?: string; styles?: readonly string[] };

/**
 * Nothing but our own style sheets, icon and script, nothing written into the page itself, in nobody's frame.
 * `same-origin` and not `no-referrer`: with the latter browsers say `Origin: null` when a form is posted, and the origin
 * check below would refuse our own.
 */
export const securityHeaders = ({ base = "'none'", styles = [] }: Loosened = {}): RequestHandler =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'", ...styles],
        scriptSrc: ["'self'"],
        connectSrc: ["'self'"],
        imgSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: [base],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
  });

/** A page of another site that is open in the same browser can change nothing here. */
export const refuseForeignPosts: RequestHandler = (req, _res, next) => {
  if (req.method === 'GET' || req.method === 'HEAD') return next();
  const { origin } = req.headers;
  const foreign =
    origin === undefined ? req.headers['sec-fetch-site'] === 'cross-site' : hostOf(origin) !== req.headers.host;
  next(
    foreign ? problem(403, 'this form was sent from another site', 'open the page here, and send it again') : undefined,
  );
};

/** Without sign-in, a name that an attacker points at this machine must not open it to the attacker's pages. */
export const loopbackNamesOnly: RequestHandler = (req, _res, next) => {
  const name = hostOf(`http://${req.headers.host ?? ''}`)?.replace(/:\d+$/, '');
  const own = name === 'localhost' || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name ?? '');
  next(
    own
      ? undefined
      : problem(
          403,
          'this address is not one of this machine',
          'open http://127.0.0.1 or http://localhost, or set AUTH_MODE=token',
        ),
  );
};

const hostOf = (url: string): string | null => (URL.canParse(url) ? new URL(url).host : null);
