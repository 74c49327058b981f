import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { Fault } from '../fault.js';

export type HttpListener = { port: number; close(): Promise<void> };

/** How long requests that run may take to end when the service stops. */
const GRACE_MS = 5_000;

/** Throws `config-invalid` where the port cannot be taken. */
export async function listenHttp(app: Express, host: string, port: number): Promise<HttpListener> {
  const server = createServer({ requestTimeout: 60_000, headersTimeout: 20_000, keepAliveTimeout: 10_000 }, app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(notTaken(host, port, cause)));
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

const notTaken = (host: string, port: number, cause: NodeJS.ErrnoException): Fault =>
  new Fault(
    {
      code: 'config-invalid',
      where: `HTTP_PORT ${port} on HOST ${host}`,
      text:
        cause.code === 'EADDRINUSE' ? 'another program listens there' : `cannot be taken (${cause.code ?? 'unknown'})`,
      next: 'stop what uses it, or set HTTP_PORT to another one',
    },
    { cause },
  );
