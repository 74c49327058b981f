import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { isNativeError } from 'node:util/types';

/** PEM files: the certificate with its chain, its key, and the authorities that may sign client certificates. */
export type TlsFiles = { certFile: string; keyFile: string; clientCaFile: string | null };

/** `setting` names the variable that names the file. Instants are ISO 8601; days are whole, negative once it has expired. */
export type CertificateState = { setting: string; subject: string; notAfter: string; daysLeft: number };

export type TlsMaterial = { cert: Buffer; key: Buffer; ca: Buffer | null; certificates: CertificateState[] };

export type TlsRead = { kind: 'material'; material: TlsMaterial } | { kind: 'problems'; problems: string[] };

const DAY_MS = 86_400_000;
const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Reads and checks the files as they are now. One line for each thing that keeps them from being used. */
export function readTlsFiles({ certFile, keyFile, clientCaFile }: TlsFiles, now: Date): TlsRead {
  const problems: string[] = [];
  const say = (setting: string, text: string) => void problems.push(`${setting}: ${text}`);
  const read = (setting: string, file: string) => contentOf(file, (why) => say(setting, why));

  const cert = read('TLS_CERT_FILE', certFile);
  const key = read('TLS_KEY_FILE', keyFile);
  const ca = clientCaFile === null ? null : read('TLS_CLIENT_CA_FILE', clientCaFile);
  const [own] = cert ? certificatesIn(cert, (why) => say('TLS_CERT_FILE', why)) : [];
  const authorities = ca ? certificatesIn(ca, (why) => say('TLS_CLIENT_CA_FILE', why)) : [];

  if (own) for (const why of datesAgainst(own, now)) say('TLS_CERT_FILE', why);
  if (authorities.length > 0 && authorities.every((each) => expiresAt(each) < now.getTime())) {
    say('TLS_CLIENT_CA_FILE', 'every certificate in it has expired: give the authority that signs client certificates');
  }
  const privateKey = key && keyIn(key, (why) => say('TLS_KEY_FILE', why));
  if (own && privateKey && !own.checkPrivateKey(privateKey)) {
    say('TLS_KEY_FILE', 'is not the key of the first certificate in TLS_CERT_FILE: give the two that belong together');
  }
  if (!cert || !key || problems.length > 0) return { kind: 'problems', problems };
  const unfit = refusalOf({ cert, key, ca });
  if (unfit !== null)
    return { kind: 'problems', problems: [`TLS_CERT_FILE: cannot be used (${unfit}): give another one`] };

  const state = (setting: string) => (each: X509Certificate) => stateOf(setting, each, now);
  const certificates = [
    ...(own ? [own].map(state('TLS_CERT_FILE')) : []),
    ...authorities.map(state('TLS_CLIENT_CA_FILE')),
  ];
  return { kind: 'material', material: { cert, key, ca, certificates } };
}

/** The same certificate on a later day. */
export const onDay = (state: CertificateState, now: Date): CertificateState => ({
  ...state,
  daysLeft: Math.floor((Date.parse(state.notAfter) - now.getTime()) / DAY_MS),
});

type Say = (why: string) => void;

function contentOf(file: string, say: Say): Buffer | null {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = isNativeError(error) && 'code' in error ? String(error.code) : 'unknown';
    say(`${file} ${code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`}: name a PEM file`);
    return null;
  }
}

function certificatesIn(pem: Buffer, say: Say): X509Certificate[] {
  const blocks = pem.toString('latin1').match(BLOCK);
  if (!blocks) {
    say('holds no certificate: give PEM, which begins with -----BEGIN CERTIFICATE-----');
    return [];
  }
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    say('holds a certificate that cannot be read: give PEM as the authority issued it');
    return [];
  }
}

function keyIn(pem: Buffer, say: Say): KeyObject | null {
  try {
    return createPrivateKey(pem);
  } catch {
    const isLocked = pem.includes('ENCRYPTED');
    say(
      isLocked
        ? 'is locked with a passphrase: give the key without one, in a file that only the service may read'
        : 'holds no private key: give PEM, which begins with -----BEGIN PRIVATE KEY-----',
    );
    return null;
  }
}

function datesAgainst(certificate: X509Certificate, now: Date): string[] {
  const [from, to] = [Date.parse(certificate.validFrom), expiresAt(certificate)];
  if (to < now.getTime()) return [`expired on ${dayOf(to)}: give a renewed one`];
  if (from > now.getTime()) return [`is not valid before ${dayOf(from)}: give one that is, or set the clock right`];
  return [];
}

/** What only the TLS library judges, such as a key that is too short. */
function refusalOf({ cert, key, ca }: { cert: Buffer; key: Buffer; ca: Buffer | null }): string | null {
  try {
    createSecureContext({ cert, key, ...(ca ? { ca } : {}) });
    return null;
  } catch (error) {
    return isNativeError(error) && 'code' in error ? String(error.code) : 'unknown';
  }
}

const expiresAt = (certificate: X509Certificate): number => Date.parse(certificate.validTo);
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

const stateOf = (setting: string, certificate: X509Certificate, now: Date): CertificateState =>
  onDay(
    {
      setting,
      subject: certificate.subject.split('\n').join(', '),
      notAfter: new Date(expiresAt(certificate)).toISOString(),
      daysLeft: 0,
    },
    now,
  );
