import express, { type Express, type RequestHandler } from 'express';
import { directoryToday } from '../flow/directory-today.js';
import { apiRoutes } from './api.js';
import { assetRoutes } from './assets.js';
import type { AppDeps } from './deps.js';
import { answerErrors, nothingHere } from './errors.js';
import { fhirErrors, fhirRoutes } from './fhir.js';
import { fhirPullRoutes } from './fhir-pull.js';
import { loopbackNamesOnly, refuseForeignPosts, securityHeaders } from './guards.js';
import { healthRoutes } from './health.js';
import { hl7Routes } from './hl7.js';
import { metricsRoutes } from './metrics.js';
import { pageRoutes } from './pages.js';
import { renderer } from './render.js';
import { requestLog } from './request-log.js';
import { signIn } from './sign-in.js';

/** Everything that is served over HTTP, by the roles of this process. The order is the order in which a request passes. */
export function createApp(deps: AppDeps): Express {
  const render = renderer(deps);
  const { routes: signInRoutes, required: signedIn } = signIn({ ...deps, render });
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', 'loopback'); // a proxy on this machine may say who asks, and that it was over TLS

  app.use(requestLog(deps.log), securityHeaders());
  app.use(healthRoutes(deps));
  if (deps.token === null) app.use(loopbackNamesOnly);
  app.use(refuseForeignPosts);
  if (deps.roles.includes('listen')) app.use(hl7Routes(deps));
  if (deps.roles.includes('listen') && deps.fhir) {
    if (deps.pull) app.use(fhirPullRoutes({ pull: deps.pull, signedIn }));
    app.use(fhirRoutes({ ...deps, door: deps.fhir })).use('/fhir', fhirErrors(deps.fhir, deps.log));
  }
  if (deps.roles.includes('console')) {
    app.use('/console/assets', assetRoutes());
    app.use(signInRoutes);
  }
  app.get('/metrics', signedIn);
  app.use(metricsRoutes(deps));
  if (deps.roles.includes('console')) {
    app.use(signedIn, asOfToday(deps), apiRoutes(deps));
    app.get('/', (_req, res) => res.redirect(303, '/console'));
    app.use('/console', pageRoutes(deps, render));
  }
  app.use(nothingHere, answerErrors(render, deps.log));
  return app;
}

/** Bodies are named as the changes say that were applied, by whichever process. Without a database each page says so itself. */
const asOfToday =
  ({ tables, pool }: AppDeps): RequestHandler =>
  (_req, _res, next) => {
    directoryToday(tables.directory, pool).then(
      () => next(),
      () => next(),
    );
  };
