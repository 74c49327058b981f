import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';

/** PEM. `ca`: whom to trust instead of the authorities that Node.js brings; `identity`: who we are. */
export type ClientTls = { ca: Buffer | null; identity: { cert: Buffer; key: Buffer } | null };

/** For a connection to `host`, whose certificate has to name it. */
export const tlsOptionsFor = (host: string, { ca, identity }: ClientTls): ConnectionOptions => ({
  ...(ca ? { ca } : {}),
  ...identity,
  ...(isIP(host) ? {} : { servername: host }),
  minVersion: 'TLSv1.2',
});

export type Trouble = { text: string; next: string };

const UNTRUSTED: Trouble = {
  text: 'the certificate there is signed by an unknown authority',
  next: 'name that authority with --ca, after asking its owner',
};
const NOT_LET_IN: Trouble = {
  text: 'the listener asks who sends, and trusts no certificate of ours',
  next: 'give a client certificate that its authority signed, with --cert and --key',
};

const TROUBLES: Readonly<Record<string, Trouble>> = {
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  CERT_HAS_EXPIRED: { text: 'the certificate there has expired', next: 'ask its owner to renew it' },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    text: 'the certificate there is for another name',
    next: 'use an address that the certificate names',
  },
  ERR_SSL_WRONG_VERSION_NUMBER: {
    text: 'what listens there does not speak TLS',
    next: 'check the port, or use mllp:// or http://',
  },
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: NOT_LET_IN,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: NOT_LET_IN,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: NOT_LET_IN,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: NOT_LET_IN,
};

/** What a code of the TLS library means to who sends; null for every other code. */
export const tlsTrouble = (code: string): Trouble | null => TROUBLES[code] ?? null;
