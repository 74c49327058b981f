import { constants } from 'node:crypto';
import { statSync } from 'node:fs';
import type { Socket } from 'node:net';
import { type Server, TLSSocket, type TlsOptions } from 'node:tls';
import { Fault } from '../fault.js';
import type { Log } from '../log.js';
import { type CertificateState, onDay, readTlsFiles, type TlsFiles, type TlsMaterial } from './tls-files.js';

/** What a verified client certificate says. `fingerprint256` as `AB:CD:…`, `subject` one attribute a line. */
export type ClientCertificate = { fingerprint256: string; subject: string };

/** `missing`: one was asked for, and none that can be trusted was given. Null: none was asked for. */
export type ProvenBy = ClientCertificate | 'missing' | null;

/** The certificate that this service shows. New connections get the files as they are now; open ones live on. */
export type ServerCertificate = {
  asksClients: boolean;
  /** For a server that starts now; `follow` it, so that it gets what comes after. */
  options(): TlsOptions;
  follow(server: Server): void;
  /** Who is at the other end. The same object each time for one connection. */
  clientOf(socket: Socket): ProvenBy;
  /** Of the files in use. */
  state(): CertificateState[];
  /** Looks at the files now. */
  look(): void;
  close(): void;
};

type Options = { log: Pick<Log, 'info' | 'warn'>; pollMs?: number; now?: () => Date };

const HANDSHAKE_TIMEOUT_MS = 10_000;
const POLL_MS = 5_000;

/** Throws `config-invalid`, with a line for each problem, where the files cannot be used now. */
export function serverCertificate(
  files: TlsFiles,
  { log, pollMs = POLL_MS, now = () => new Date() }: Options,
): ServerCertificate {
  let used = usable(files, now());
  let known = signatureOf(files);
  let changing: string | null = null;
  const followers = new Set<Server>();
  const clients = new WeakMap<Socket, ProvenBy>();

  function take() {
    known = signatureOf(files);
    changing = null;
    try {
      used = usable(files, now());
      for (const server of followers) server.setSecureContext(contextOf(used));
      log.info('a new certificate is in use for new connections');
    } catch (error) {
      log.warn('the new certificate cannot be used; the one before it stays in use', { error });
    }
  }
  /** Files of one change are written one after the other: they are read once they stand still. */
  function poll() {
    const seen = signatureOf(files);
    if (seen === known) changing = null;
    else if (seen === changing) take();
    else changing = seen;
  }
  const look = () => {
    if (signatureOf(files) !== known) take();
  };
  const timer = setInterval(poll, pollMs);
  timer.unref();
  process.on('SIGHUP', look);

  return {
    asksClients: files.clientCaFile !== null,
    options: () => ({
      ...contextOf(used),
      requestCert: files.clientCaFile !== null,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    }),
    follow: (server) => void followers.add(server),
    clientOf(socket) {
      if (files.clientCaFile === null || !(socket instanceof TLSSocket)) return null;
      const found = clients.get(socket) ?? provenBy(socket);
      clients.set(socket, found);
      return found;
    },
    state: () => used.certificates.map((each) => onDay(each, now())),
    look,
    close() {
      clearInterval(timer);
      process.off('SIGHUP', look);
      followers.clear();
    },
  };
}

function usable(files: TlsFiles, now: Date): TlsMaterial {
  const read = readTlsFiles(files, now);
  if (read.kind === 'material') return read.material;
  throw new Fault({
    code: 'config-invalid',
    where: 'TLS',
    text: `the files cannot be used\n${read.problems.join('\n')}`,
    next: 'correct these files or settings',
  });
}

/** A handshake costs the server most of all, so nobody may ask for another one on the same connection. */
const contextOf = ({ cert, key, ca }: TlsMaterial): TlsOptions => ({
  cert,
  key,
  ...(ca ? { ca } : {}),
  minVersion: 'TLSv1.2',
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
});

/** `authorized` alone is not enough: a resumed session without a certificate counts as authorized too. */
function provenBy(socket: TLSSocket): ProvenBy {
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  if (!certificate) return 'missing';
  return { fingerprint256: certificate.fingerprint256, subject: certificate.subject };
}

/** Follows links, so that a secret whose link is moved to a new folder is seen. A missing file is a state like others. */
const signatureOf = ({ certFile, keyFile, clientCaFile }: TlsFiles): string =>
  [certFile, keyFile, clientCaFile].map((file) => (file === null ? '' : stateOf(file))).join(' ');

function stateOf(file: string): string {
  try {
    const { dev, ino, mtimeMs, size } = statSync(file);
    return `${dev}:${ino}:${mtimeMs}:${size}`;
  } catch {
    return 'cannot be looked at'; // reading it says why
  }
}
