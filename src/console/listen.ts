import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TlsOptions, Server as TlsServer } from 'node:tls';
import type { Express } from 'express';
import { Fault } from '../fault.js';

export type HttpListener = { port: number; close(): Promise<void> };

/** How long requests that run may take to end when the service stops. */
const GRACE_MS = 5_000;

const TIMES = { requestTimeout: 60_000, headersTimeout: 20_000, keepAliveTimeout: 10_000 };
const MAX_CONNECTIONS = 1_000;

/** The certificate of a listener with TLS; who follows it shows each new one to new connections. */
type Certificate = { options(): TlsOptions; follow(server: TlsServer): void };

export type HttpPlace = { setting: 'HTTP_PORT' | 'HTTPS_PORT'; host: string; port: number; certificate?: Certificate };

/** Throws `config-invalid` where the port cannot be taken. */
export async function listenHttp(app: Express, place: HttpPlace): Promise<HttpListener> {
  const server = serverFor(app, place.certificate);
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(notTaken(place, cause)));
    server.listen(place.port, place.host, resolve);
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

/**
 * A client may show a certificate and need not: people with a browser have none. Whoever sends messages is judged by it
 * when the message comes.
 */
function serverFor(app: Express, certificate: Certificate | undefined) {
  if (!certificate) return createServer(TIMES, app);
  const server = createSecureServer({ ...TIMES, ...certificate.options(), rejectUnauthorized: false }, app);
  certificate.follow(server);
  server.on('tlsClientError', (_error, socket: Socket) => socket.destroy());
  return server;
}

const notTaken = ({ setting, host, port }: HttpPlace, cause: NodeJS.ErrnoException): Fault =>
  new Fault(
    {
      code: 'config-invalid',
      where: `${setting} ${port} on HOST ${host}`,
      text:
        cause.code === 'EADDRINUSE' ? 'another program listens there' : `cannot be taken (${cause.code ?? 'unknown'})`,
      next: `stop what uses it, or set ${setting} to another one`,
    },
    { cause },
  );
