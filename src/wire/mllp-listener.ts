import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { byteBudget } from './byte-budget.js';
import { type ConnectionOptions, serveConnection } from './mllp-connection.js';

/** Port 0 takes a free one. */
export type MllpOptions = ConnectionOptions & {
  host: string;
  port: number;
  maxConnections: number;
  /** Messages being received at one time, over all connections; default 64 MiB. One message is always taken. */
  maxBytesInFlight?: number;
};

const MAX_BYTES_IN_FLIGHT = 64 * 1024 * 1024;

export type MllpListener = {
  port: number;
  connections(): number;
  /** Stops accepting, lets the frames that were read be answered, then closes; after `frameTimeoutMs` in any case. */
  close(): Promise<void>;
};

/** Listens for HL7 v2 over MLLP. Rejects with the system's error when the address cannot be taken. */
export async function listenMllp(options: MllpOptions): Promise<MllpListener> {
  const open = new Map<Socket, { finish: () => void }>();
  const budget = byteBudget(options.maxBytesInFlight ?? MAX_BYTES_IN_FLIGHT);
  // half-open: a peer may end its side as soon as it has sent, and still be owed its answers
  const server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 });
  server.maxConnections = options.maxConnections;
  server.on('connection', (socket: Socket) => {
    open.set(socket, serveConnection(socket, options, budget));
    socket.once('close', () => open.delete(socket));
  });
  server.on('drop', (dropped) => {
    const address = `${dropped?.remoteAddress}:${dropped?.remotePort}`;
    options.onError(new Error(`refused: ${options.maxConnections} connections are open already`), { address });
  });
  const port = await listening(server, options);
  server.on('error', (error) => options.onError(error, { address: 'listener' }));

  return {
    port,
    connections: () => open.size,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const connection of open.values()) connection.finish();
      const limit = setTimeout(() => {
        for (const socket of open.keys()) socket.destroy();
      }, options.frameTimeoutMs);
      await closed;
      clearTimeout(limit);
    },
  };
}

async function listening(server: Server, { host, port }: MllpOptions): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening'); // rejects on 'error'
  return (server.address() as AddressInfo).port;
}
