import type { Socket } from 'node:net';
import type { Express } from 'express';
import type { Ports, Role } from './commands/command.js';
import type { Config } from './config.js';
import { listenHttp } from './console/listen.js';
import { Fault } from './fault.js';
import { type From, type Receive, tooLong } from './flow/receive.js';
import { type SenderLimits, senderLimits } from './flow/sender-limits.js';
import { type SenderProof, senderProof } from './flow/sender-proof.js';
import { type Log, sparing } from './log.js';
import type { Site } from './site.js';
import { listenMllp } from './wire/mllp-listener.js';
import { openRoom, type Room } from './wire/room.js';
import { type ServerCertificate, serverCertificate } from './wire/server-certificate.js';
import type { CertificateState } from './wire/tls-files.js';

/** The ways in: who may come through them, as whom and how fast, and the listeners themselves. */
export type Doors = {
  proof: SenderProof;
  fromHttp(socket: Socket): From;
  secondsToWait(bytes: Uint8Array, socket: Socket): number;
  /** The certificates in use and when they expire; none without TLS. */
  certificates(): CertificateState[];
  /** Opens what the configuration says. Throws `config-invalid` for a port that cannot be taken. */
  listen(app: Express, receive: Receive): Promise<Ports>;
};

type OnClose = (end: () => Promise<void>) => void;
type Options = { config: Config; site: Site; roles: readonly Role[]; log: Log };
type Inside = Options & { certificate: ServerCertificate | null; limits: SenderLimits | null };

const FRAME_TIMEOUT_MS = 30_000;
const MAX_CONNECTIONS = 1_000;

/** Checks the certificate before anything else is opened; listens only when told to. */
export function openDoors(options: Options, onClose: OnClose): Doors {
  const { config, site, roles, log } = options;
  if (roles.includes('listen')) refuseUnprovable(config, site);
  const certificate = config.tls ? serverCertificate(config.tls, { log }) : null;
  onClose(async () => certificate?.close());
  const proof = senderProof(site);
  const limits = senderLimits(site, { proof, log });
  const clientOf = (socket: Socket) => certificate?.clientOf(socket) ?? null;
  const inside = { ...options, certificate, limits, log: sparing(log) };
  return {
    proof,
    fromHttp: (socket) => ({
      transport: 'http',
      peer: socket.remoteAddress ?? '',
      certificate: clientOf(socket),
    }),
    secondsToWait: (bytes, socket) => limits?.secondsToWait(bytes, clientOf(socket)) ?? 0,
    certificates: () => certificate?.state() ?? [],
    listen: (app, receive) => listen(inside, { app, receive }, onClose),
  };
}

/** A sender that could never prove itself would be refused for ever, and nobody would know before its first message. */
function refuseUnprovable({ tls }: Config, { senders }: Site): void {
  const bound = senders.filter(({ certificates }) => certificates.length > 0);
  if (bound.length === 0 || (tls && tls.clientCaFile !== null)) return;
  throw new Fault({
    code: 'config-invalid',
    where: 'TLS_CLIENT_CA_FILE',
    text: `is not set, and ${bound.map(({ ods }) => ods).join(', ')} must prove itself by certificate in the site file`,
    next: 'name the authority that signs the client certificates, with TLS_CERT_FILE and TLS_KEY_FILE',
  });
}

async function listen(
  { config, roles, certificate, limits, log }: Inside,
  { app, receive }: { app: Express; receive: Receive },
  onClose: OnClose,
): Promise<Ports> {
  const { host, tls } = config;
  const isListening = roles.includes('listen');
  const room = openRoom(MAX_CONNECTIONS);
  const mllp = async (setting: string, port: number | null | undefined, secured: ServerCertificate | null) => {
    if (!isListening || port === null || port === undefined) return null;
    const place = { host, port, room, maxBytes: config.mllp.maxBytes };
    const listener = await takingPort(setting, startMllp(place, { receive, certificate: secured, limits, log }));
    onClose(() => listener.close());
    return listener.port;
  };
  const http = async (setting: 'HTTP_PORT' | 'HTTPS_PORT', port: number | null | undefined) => {
    if (port === null || port === undefined) return null;
    const secured = setting === 'HTTPS_PORT' && certificate ? { certificate } : {};
    const listener = await listenHttp(app, { setting, host, port, ...secured });
    onClose(() => listener.close());
    return listener.port;
  };
  return {
    mllpPort: await mllp('MLLP_PORT', config.mllp.port, null),
    mllpTlsPort: await mllp('MLLP_TLS_PORT', tls?.mllpPort, certificate),
    httpPort: await http('HTTP_PORT', config.httpPort),
    httpsPort: await http('HTTPS_PORT', tls?.httpsPort),
  };
}

type Place = { host: string; port: number; room: Room; maxBytes: number };
type Behind = {
  receive: Receive;
  certificate: ServerCertificate | null;
  limits: SenderLimits | null;
  log: Log;
};

function startMllp({ host, port, room, maxBytes }: Place, { receive, certificate, limits, log }: Behind) {
  return listenMllp({
    host,
    port,
    room,
    ...(certificate ? { tls: certificate } : {}),
    ...(limits ? { gate: limits.gate } : {}),
    maxFrameBytes: maxBytes,
    frameTimeoutMs: FRAME_TIMEOUT_MS,
    receive: async (frame, { address, certificate: shown }) =>
      (await receive(frame, { transport: 'mllp', peer: address, certificate: shown })).acknowledgements,
    oversize: async (head, { address, certificate: shown }) => {
      const from = { transport: 'mllp', peer: address, certificate: shown } as const;
      const { acknowledgements } = await receive.refuse(head, from, tooLong(maxBytes));
      return Buffer.concat(acknowledgements);
    },
    onError: (error) => log.warn('a connection had trouble', { system: 'mllp', error }),
  });
}

/** The system's refusal of an address, as the setting that mends it. */
async function takingPort<T>(setting: string, listening: Promise<T>): Promise<T> {
  try {
    return await listening;
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    const text = code === 'EADDRINUSE' ? 'another program listens there' : `the address cannot be taken (${code})`;
    const next = `stop that program, or set ${setting} or HOST to something else`;
    throw new Fault({ code: 'config-invalid', where: setting, text, next }, { cause });
  }
}
