import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type ConnectionOptions, type Peer, serveConnection } from './mllp-connection.js';
import type { Room } from './room.js';
import type { ServerCertificate } from './server-certificate.js';
import { tlsDoor } from './tls-door.js';

/** Port 0 takes a free one. Listeners that are given the same room share it. */
export type MllpOptions = Omit<ConnectionOptions, 'onError'> & {
  host: string;
  port: number;
  room: Room;
  /** With it every connection is over TLS. */
  tls?: ServerCertificate;
  /** Trouble with one connection or with accepting them; never ends the listener. */
  onError: (error: unknown, address: string) => void;
};

export type MllpListener = {
  port: number;
  connections(): number;
  /** Stops accepting, lets the frames that were read be answered, then closes; after `frameTimeoutMs` in any case. */
  close(): Promise<void>;
};

/** Listens for HL7 v2 over MLLP. Rejects with the system's error when the address cannot be taken. */
export async function listenMllp(options: MllpOptions): Promise<MllpListener> {
  const { room, tls } = options;
  const open = new Map<Socket, { finish: () => void }>();
  const serve = (socket: Socket) => {
    const peer: Peer = { address: addressOf(socket), certificate: tls?.clientOf(socket) ?? null };
    const onError = (error: unknown) => options.onError(error, peer.address);
    open.set(socket, serveConnection(socket, peer, { ...options, onError }, room.budget));
    socket.once('close', () => open.delete(socket));
  };
  const door = tls ? tlsDoor(tls, { opened: serve, failed: options.onError }) : { enter: serve, close: () => {} };
  // half-open: a peer may end its side as soon as it has sent, and still be owed its answers
  const server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 });
  server.on('connection', (socket: Socket) => {
    if (!room.enter()) {
      options.onError(new Error(`refused: ${room.maxConnections} connections are open already`), addressOf(socket));
      socket.destroy();
      return;
    }
    socket.once('close', () => room.leave());
    door.enter(socket);
  });
  const port = await listening(server, options);
  server.on('error', (error) => options.onError(error, 'listener'));

  return {
    port,
    connections: () => open.size,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      door.close();
      for (const connection of open.values()) connection.finish();
      const limit = setTimeout(() => {
        for (const socket of open.keys()) socket.destroy();
      }, options.frameTimeoutMs);
      await closed;
      clearTimeout(limit);
    },
  };
}

const addressOf = (socket: Socket): string => `${socket.remoteAddress}:${socket.remotePort}`;

async function listening(server: Server, { host, port }: MllpOptions): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening'); // rejects on 'error'
  return (server.address() as AddressInfo).port;
}
