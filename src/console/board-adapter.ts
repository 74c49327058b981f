import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { createBullBoard } from '@bull-board/api';
import express, { Router } from 'express';

type ServerAdapter = Parameters<typeof createBullBoard>[0]['serverAdapter'];
type Given<Name extends keyof ServerAdapter> = Parameters<ServerAdapter[Name]>[0];

/**
 * Serves BullMQ's dashboard under `path`. Not by its own adapter for Express: that one sends a page that asks Google for
 * fonts and holds styles of its own, which our content security policy forbids.
 */
export function boardAdapter(path: string): { adapter: ServerAdapter; routes: Router } {
  const routes = Router().use(express.json({ limit: '100kb' }));
  let queues: Given<'setQueues'> = new Map();
  let uiConfig: Given<'setUIConfig'> = {};
  let views = '';
  const adapter: ServerAdapter = {
    setQueues(given) {
      queues = given;
      return adapter;
    },
    setUIConfig(given) {
      uiConfig = given;
      return adapter;
    },
    setViewsPath(given) {
      views = given;
      return adapter;
    },
    setStaticPath(route, folder) {
      routes.use(route, express.static(folder, { maxAge: '1h', index: false, redirect: false }));
      return adapter;
    },
    setEntryRoute({ route, handler }) {
      routes.get(route, (_req, res) => {
        const { name, params } = handler({ basePath: path, uiConfig });
        res.type('html').send(pageOf(readFileSync(join(views, name), 'utf8'), params));
      });
      return adapter;
    },
    setApiRoutes(all) {
      for (const { method, route, handler } of all) {
        for (const verb of [method].flat()) {
          routes[verb](route, async ({ query, params, body, headers }, res) => {
            const answer = await handler({ queues, uiConfig, query, params, body, headers: stringsOf(headers) });
            res.status(answer.status ?? 200).json(answer.body);
          });
        }
      }
      return adapter;
    },
    // What fails is told and logged like everything else that fails here.
    setErrorHandler: () => adapter,
  };
  return { adapter, routes };
}

/** Without the fonts and without styles of its own. */
export function pageOf(template: string, values: Readonly<Record<string, string>>): string {
  return template
    .replace(/<link [^>]*https?:[^>]*>/g, '')
    .replace(/<style>[\s\S]*?<\/style>/g, '')
    .replace(/ style="[^"]*"/g, '')
    .replace(/<%[=-] (\w+) %>/g, (_, name: string) => values[name] ?? '');
}

const stringsOf = (headers: NodeJS.Dict<string | string[]>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]));
