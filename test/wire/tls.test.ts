import { X509Certificate } from 'node:crypto';
import { readFileSync, renameSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Fault } from '../../src/fault.js';
import { createLog } from '../../src/log.js';
import type { Peer as At } from '../../src/wire/mllp-connection.js';
import type { MllpOptions } from '../../src/wire/mllp-listener.js';
import { openRoom } from '../../src/wire/room.js';
import { type ServerCertificate, serverCertificate } from '../../src/wire/server-certificate.js';
import { type Authority, authority, type Files, filesOf, type Issued, replace } from './certificates.js';
import { bytes, frame, gate, type Listening, listening, type Peer, peerOf, peerOn, text, until } from './mllp-peer.js';

let trust: Authority;
let stranger: Authority;
let server: Issued;
let client: Issued;

beforeAll(async () => {
  trust = await authority('Invented Trust CA');
  stranger = await authority('Somebody Else CA');
  server = await trust.issue('bridge.example');
  client = await trust.issue('epr.rxt.example');
});

let files: Files;
let certificate: ServerCertificate;
let listener: Listening;
let log: string[];
let faults: Fault[];
let seen: At[];
const peers: Peer[] = [];

async function listen(options: Partial<MllpOptions> = {}, asksClients = true): Promise<void> {
  certificate = serverCertificate(
    { ...files, clientCaFile: asksClients ? files.clientCaFile : null },
    { log: createLog('info', { write: (line) => void log.push(line) }), pollMs: 10 },
  );
  listener = await listening({
    tls: certificate,
    onError: (error) => void (error instanceof Fault && faults.push(error)),
    receive: async (message, peer) => {
      seen.push(peer);
      return [bytes(`ok:${text(message)}`)];
    },
    ...options,
  });
}

beforeEach(() => {
  files = filesOf(server, trust.cert);
  log = [];
  faults = [];
  seen = [];
});
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.socket.destroy();
  await listener.close();
  certificate.close();
});

async function tlsPeer(shown: Issued | null, options: ConnectionOptions = {}): Promise<Peer & { socket: TLSSocket }> {
  const socket = connect({ port: listener.port, host: '127.0.0.1', ca: [trust.cert], ...shown, ...options });
  const peer = { ...peerOn(socket), socket };
  peers.push(peer);
  await new Promise((resolve) => socket.on('secureConnect', resolve).on('close', resolve));
  return peer;
}

const refusals = () => faults.map(({ code, detail }) => `${code}: ${detail.text}`);

describe('who gets in', () => {
  test('a client with a certificate of our authority, and the message comes with who it is', async () => {
    await listen();
    const peer = await tlsPeer(client);
    peer.write(frame('one') + frame('two'));
    expect(await peer.answers(2)).toEqual(['ok:one', 'ok:two']);
    const { fingerprint256 } = new X509Certificate(client.cert);
    expect(seen[0]?.certificate).toEqual({ fingerprint256, subject: 'O=An Invented Trust\nCN=epr.rxt.example' });
    expect(seen[1]?.certificate).toBe(seen[0]?.certificate);
  });

  test('with TLS 1.2 as with TLS 1.3; with anything older nobody', async () => {
    await listen();
    const peer = await tlsPeer(client, { maxVersion: 'TLSv1.2' });
    peer.write(frame('one'));
    expect(await peer.answers(1)).toEqual(['ok:one']);
    const old = await tlsPeer(client, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
    expect(await old.untilClosed()).toEqual([]);
    expect(refusals()).toEqual(['handshake-failed: it offers only TLS older than 1.2']);
  });

  test('where no authority is named, clients are not asked', async () => {
    await listen({}, false);
    const peer = await tlsPeer(null);
    peer.write(frame('one'));
    expect(await peer.answers(1)).toEqual(['ok:one']);
    expect(seen[0]?.certificate).toBeNull();
  });

  test('one who ends its side at once still gets its answers', async () => {
    const { opened: stored, open: store } = gate();
    await listen({ receive: async (message) => stored.then(() => [bytes(`ok:${text(message)}`)]) });
    const peer = await tlsPeer(client);
    peer.socket.end(frame('one') + frame('two'), 'latin1');
    await until(() => listener.received.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 20)); // its end has come too
    store();
    expect(await peer.untilClosed()).toEqual(['ok:one', 'ok:two']);
  });
});

describe('who does not', () => {
  test('no client certificate, one of another authority, an expired one: nothing is received, and why is said', async () => {
    await listen();
    const expired = await trust.issue('epr.rxt.example', { from: -30, to: -1 });
    for (const shown of [null, await stranger.issue('epr.rxt.example'), expired]) {
      const peer = await tlsPeer(shown);
      peer.write(frame('one'));
      expect(await peer.untilClosed()).toEqual([]);
    }
    expect(refusals()).toEqual([
      'handshake-failed: it shows no client certificate',
      'handshake-failed: its client certificate is signed by an unknown authority',
      'handshake-failed: its client certificate has expired',
    ]);
    expect(seen).toEqual([]);
    await until(() => listener.connections() === 0);
  });

  test('plain MLLP on the port for TLS is closed, and the line says so', async () => {
    await listen();
    const peer = await peerOf(listener.port);
    peers.push(peer);
    peer.write(frame('one'));
    expect(await peer.untilClosed()).toEqual([]);
    expect(refusals()).toEqual(['handshake-failed: what came is not TLS']);
  });

  test('TLS on the port for plain MLLP is closed at once instead of being waited for', async () => {
    await listen({ tls: undefined });
    const peer = await tlsPeer(client);
    expect(await peer.untilClosed()).toEqual([]);
    expect(refusals()).toEqual(['handshake-failed: what came is TLS, and this port is for plain MLLP']);
  });

  test('a second handshake on the same connection', async () => {
    await listen();
    const peer = await tlsPeer(client, { maxVersion: 'TLSv1.2' });
    const refused = new Promise<Error | null>((resolve) => {
      peer.socket.on('error', resolve);
      peer.socket.renegotiate({}, resolve);
    });
    expect(await refused).toMatchObject({ code: 'ERR_SSL_NO_RENEGOTIATION' });
  });
});

describe('handshakes that are never finished', () => {
  test('take a place like every connection, so that there is a bound, and give it back', async () => {
    const room = openRoom(2);
    let left = 0;
    const leave = () => {
      left += 1;
      room.leave();
    };
    await listen({ room: { ...room, leave } });
    const mute = [await peerOf(listener.port), await peerOf(listener.port)];
    peers.push(...mute);
    const turnedAway = await tlsPeer(client);
    await turnedAway.untilClosed();
    for (const peer of mute) peer.socket.destroy();
    await until(() => left === 2);
    const peer = await tlsPeer(client);
    peer.write(frame('one'));
    expect(await peer.answers(1)).toEqual(['ok:one']);
  });

  test('are ended after a while', async () => {
    const options = () => ({ ...certificate.options(), handshakeTimeout: 50 });
    await listen();
    await listener.close();
    listener = await listening({
      tls: { ...certificate, options },
      onError: (error) => void (error instanceof Fault && faults.push(error)),
    });
    const mute = await peerOf(listener.port);
    expect(await mute.untilClosed()).toEqual([]);
    expect(refusals()).toEqual(['handshake-failed: it did not finish the handshake in time']);
  });

  test('do not keep the listener from closing', async () => {
    await listen();
    const mute = await peerOf(listener.port);
    peers.push(mute);
    await listener.close();
    expect(await mute.untilClosed()).toEqual([]);
  });
});

describe('a certificate that is renewed', () => {
  const shownTo = async (peer: Peer & { socket: TLSSocket }) => peer.socket.getPeerX509Certificate()?.fingerprint256;
  const fingerprintOf = ({ cert }: Issued) => new X509Certificate(cert).fingerprint256;
  const said = (what: string) => log.filter((line) => line.includes(what)).length;

  test('is shown to new connections; one that is open lives on', async () => {
    await listen();
    const early = await tlsPeer(client);
    early.write(frame('one'));
    await early.answers(1);
    const renewed = await trust.issue('bridge.example');
    replace(files.certFile, renewed.cert);
    replace(files.keyFile, renewed.key);
    await until(() => said('a new certificate is in use') === 1);

    const late = await tlsPeer(client);
    expect(await shownTo(early)).toBe(fingerprintOf(server));
    expect(await shownTo(late)).toBe(fingerprintOf(renewed));
    early.write(frame('two'));
    late.write(frame('three'));
    expect(await early.answers(2)).toEqual(['ok:one', 'ok:two']);
    expect(await late.answers(1)).toEqual(['ok:three']);
  });

  test('at once, on SIGHUP', async () => {
    await listen();
    const renewed = await trust.issue('bridge.example');
    replace(files.certFile, renewed.cert);
    replace(files.keyFile, renewed.key);
    process.emit('SIGHUP', 'SIGHUP');
    expect(said('a new certificate is in use')).toBe(1);
    expect(await shownTo(await tlsPeer(client))).toBe(fingerprintOf(renewed));
  });

  test('by a link that is moved to another folder, as secrets in containers are renewed', async () => {
    const [first, second] = [filesOf(server, trust.cert), filesOf(await trust.issue('bridge.example'), trust.cert)];
    const link = `${dirname(first.certFile)}-now`;
    const moveTo = ({ certFile }: Files) => {
      symlinkSync(dirname(certFile), `${link}.new`);
      renameSync(`${link}.new`, link);
    };
    moveTo(first);
    files = {
      certFile: join(link, 'tls.crt'),
      keyFile: join(link, 'tls.key'),
      clientCaFile: join(link, 'ca.crt'),
    };
    await listen();
    moveTo(second);
    await until(() => said('a new certificate is in use') === 1);
    const peer = await tlsPeer(client);
    expect(await shownTo(peer)).toBe(new X509Certificate(readFileSync(second.certFile)).fingerprint256);
  });

  test('with another authority for clients: who it does not know comes in no more', async () => {
    await listen();
    replace(files.clientCaFile, stranger.cert);
    await until(() => said('a new certificate is in use') === 1);
    const own = await tlsPeer(client);
    expect(await own.untilClosed()).toEqual([]);
    const other = await tlsPeer(await stranger.issue('epr.rxt.example'));
    other.write(frame('one'));
    expect(await other.answers(1)).toEqual(['ok:one']);
  });

  test.each([
    ['a broken file', async () => 'not a certificate', /holds no certificate/],
    ['an expired one', async () => (await trust.issue('x', { from: -9, to: -1 })).cert, /expired on/],
    ['one without its key', async () => (await trust.issue('x')).cert, /not the key of the first certificate/],
  ])('%s changes nothing and is said once', async (_what, made, why) => {
    await listen();
    replace(files.certFile, await made());
    await until(() => said('cannot be used') > 0);
    await new Promise((resolve) => setTimeout(resolve, 60)); // several looks
    expect(said('cannot be used')).toBe(1);
    expect(log.join()).toMatch(why);
    const peer = await tlsPeer(client);
    expect(await shownTo(peer)).toBe(fingerprintOf(server));
    peer.write(frame('one'));
    expect(await peer.answers(1)).toEqual(['ok:one']);
    expect(certificate.state()).toMatchObject([
      { setting: 'TLS_CERT_FILE', subject: 'O=An Invented Trust, CN=bridge.example', daysLeft: 364 },
      { setting: 'TLS_CLIENT_CA_FILE', subject: 'CN=Invented Trust CA' },
    ]);
  });
});
