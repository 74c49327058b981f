import type { Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { Fault } from '../fault.js';
import type { ServerCertificate } from './server-certificate.js';

export type TlsDoor = {
  /** Takes a connection that has just been accepted. */
  enter(socket: Socket): void;
  /** Ends the handshakes that are under way. */
  close(): void;
};

type Steps = { opened: (socket: TLSSocket) => void; failed: (fault: Fault, address: string) => void };

/** From an accepted connection to one over TLS, or out: with a certificate that proves nothing, and with none at all. */
export function tlsDoor(certificate: ServerCertificate, { opened, failed }: Steps): TlsDoor {
  const server = createServer({ ...certificate.options(), rejectUnauthorized: certificate.asksClients });
  certificate.follow(server);
  const underWay = new Map<string, Socket>();
  server.on('secureConnection', (socket) => {
    underWay.delete(addressOf(socket));
    socket.allowHalfOpen = true;
    opened(socket);
  });
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
    const address = addressOf(socket);
    socket.destroy();
    // a certificate that cannot be trusted is named only here; the error is then a plain hang-up
    const refused = socket.authorizationError as unknown;
    const code = typeof refused === 'string' ? refused : (error.code ?? 'unknown');
    // a load balancer that looks whether we listen hangs up like this every few seconds
    if (code !== 'ECONNRESET') failed(handshakeFault(code, address, error), address);
  });
  return {
    enter(socket) {
      socket.allowHalfOpen = false; // who leaves in the middle of the handshake is not owed anything
      const address = addressOf(socket);
      underWay.set(address, socket);
      socket.once('close', () => underWay.delete(address));
      server.emit('connection', socket);
    },
    close() {
      for (const socket of underWay.values()) socket.destroy();
    },
  };
}

const addressOf = (socket: Socket): string => `${socket.remoteAddress}:${socket.remotePort}`;

const SPEAKS_PLAIN = 'what came is not TLS';
const USES_PLAIN = 'the sender switches TLS on, or uses the port for plain MLLP';
const TRUST = 'let the authority in TLS_CLIENT_CA_FILE sign it, or add its authority there';

/** The library's codes that an operator meets, as what is wrong and what mends it. */
const REASONS: Readonly<Record<string, readonly [text: string, next: string]>> = {
  ERR_SSL_WRONG_VERSION_NUMBER: [SPEAKS_PLAIN, USES_PLAIN],
  ERR_SSL_HTTP_REQUEST: [SPEAKS_PLAIN, USES_PLAIN],
  ERR_SSL_UNSUPPORTED_PROTOCOL: ['it offers only TLS older than 1.2', 'the sender uses TLS 1.2 or 1.3'],
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: ['it shows no client certificate', 'the sender sets its certificate'],
  CERT_HAS_EXPIRED: ['its client certificate has expired', 'the sender renews it'],
  CERT_NOT_YET_VALID: ['its client certificate is not valid yet', 'compare the clocks'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['nobody signed its client certificate', TRUST],
  SELF_SIGNED_CERT_IN_CHAIN: ['its client certificate is signed by an unknown authority', TRUST],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['its client certificate is signed by an unknown authority', TRUST],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['its client certificate is signed by an unknown authority', TRUST],
  INVALID_PURPOSE: ['its certificate may not be used by clients', 'issue one with the extended use clientAuth'],
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: ['it does not trust our certificate', 'give it the authority of TLS_CERT_FILE'],
  ERR_SSL_TLSV1_ALERT_BAD_CERTIFICATE: ['it refuses our certificate', 'compare TLS_CERT_FILE with its address book'],
  ERR_TLS_HANDSHAKE_TIMEOUT: ['it did not finish the handshake in time', 'look at what runs at this address'],
};

function handshakeFault(code: string, address: string, cause: Error): Fault {
  const [text, next] = REASONS[code] ?? [`it ended (${code})`, 'look at what runs at this address'];
  return new Fault({ code: 'handshake-failed', where: `TLS from ${address}`, text, next }, { cause });
}
