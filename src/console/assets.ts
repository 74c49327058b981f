import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import express, { type RequestHandler, Router } from 'express';

// Two folders up from src/console and from dist/console alike.
const OWN = fileURLToPath(new URL('../../src/console/assets/', import.meta.url));

/** The folder that Nunjucks finds `nhsuk/components/…` in. */
export const NHSUK = fileURLToPath(new URL('..', import.meta.resolve('nhsuk-frontend')));

/** Style sheets, icon and the one script: nothing in them asks another host for anything. */
export function assetRoutes(): Router {
  return Router()
    .get('/nhsuk.css', styleSheet())
    .use(express.static(OWN, { maxAge: '1h', index: false, redirect: false }));
}

/** The NHS.UK look without its fonts, which come from assets.nhs.uk, and without what names files that are not served. */
export const withoutOutside = (css: string): string =>
  css
    .replace(/@font-face\s*\{[^}]*\}/g, '')
    .replace(/\/\*# sourceMappingURL=.*?\*\//g, '')
    .replace(/url\(\/assets\/[^)]*\)/g, 'none');

function styleSheet(): RequestHandler {
  const css = Buffer.from(withoutOutside(readFileSync(join(NHSUK, 'nhsuk/nhsuk-frontend.min.css'), 'utf8')));
  const zipped = gzipSync(css);
  return (req, res) => {
    res.set({ 'Cache-Control': 'public, max-age=3600', Vary: 'Accept-Encoding' }).type('css');
    if (req.acceptsEncodings('gzip') === 'gzip') res.set('Content-Encoding', 'gzip').send(zipped);
    else res.send(css);
  };
}
