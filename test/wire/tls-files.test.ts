import { chmodSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import { readTlsFiles } from '../../src/wire/tls-files.js';
import { type Authority, authority, type Files, filesOf, type Issued, replace } from './certificates.js';

let trust: Authority;
let server: Issued;
beforeAll(async () => {
  trust = await authority('Invented Trust CA');
  server = await trust.issue('bridge.example');
});

const filesWith = (change: (files: Files) => void): Files => {
  const files = filesOf(server, trust.cert);
  change(files);
  return files;
};
function problemsWith(change: (files: Files) => void): string[] {
  const read = readTlsFiles(filesWith(change), new Date());
  return read.kind === 'problems' ? read.problems : [];
}

test('files that belong together are read, with who they are and until when', () => {
  const read = readTlsFiles(filesOf(server, trust.cert), new Date());
  expect(read).toMatchObject({
    kind: 'material',
    material: {
      certificates: [
        { setting: 'TLS_CERT_FILE', subject: 'O=An Invented Trust, CN=bridge.example', daysLeft: 364 },
        { setting: 'TLS_CLIENT_CA_FILE', subject: 'CN=Invented Trust CA', daysLeft: 399 },
      ],
    },
  });
});

test('a chain behind the certificate and several authorities are read whole', () => {
  const read = readTlsFiles(
    filesWith(({ certFile, clientCaFile }) => {
      replace(certFile, `${server.cert}\n${trust.cert}`);
      replace(clientCaFile, `# two authorities\n${trust.cert}\n${server.cert}`);
    }),
    new Date(),
  );
  expect(read).toMatchObject({ kind: 'material', material: { certificates: [{}, {}, {}] } });
});

describe('what keeps them from being used has a line', () => {
  test('each, and all at once', async () => {
    const old = await trust.issue('bridge.example', { from: -30, to: -1 });
    const problems = problemsWith((files) => {
      replace(files.certFile, old.cert);
      replace(files.keyFile, 'no key');
      files.clientCaFile = '/nowhere/ca.crt';
    });
    expect(problems.sort()).toEqual([
      expect.stringMatching(/^TLS_CERT_FILE: expired on \d{4}-\d\d-\d\d: give a renewed one$/),
      expect.stringMatching(/^TLS_CLIENT_CA_FILE: \/nowhere\/ca\.crt does not exist/),
      expect.stringMatching(/^TLS_KEY_FILE: holds no private key/),
    ]);
  });

  test('a certificate that is not valid yet', async () => {
    const early = await trust.issue('bridge.example', { from: 2, to: 30 });
    const problems = problemsWith((files) => {
      replace(files.certFile, early.cert);
      replace(files.keyFile, early.key);
    });
    expect(problems).toEqual([expect.stringMatching(/^TLS_CERT_FILE: is not valid before .* set the clock right/)]);
  });

  test('a key of another certificate', async () => {
    const other = await trust.issue('bridge.example');
    expect(problemsWith(({ keyFile }) => replace(keyFile, other.key))).toEqual([
      expect.stringMatching(/^TLS_KEY_FILE: is not the key of the first certificate/),
    ]);
  });

  test('a key behind a passphrase', async () => {
    const locked = await generate([{ name: 'commonName', value: 'x' }], { keyType: 'ec', passphrase: 'invented' });
    const problems = problemsWith((files) => {
      replace(files.certFile, locked.cert);
      replace(files.keyFile, locked.private);
    });
    expect(problems).toEqual([expect.stringMatching(/^TLS_KEY_FILE: is locked with a passphrase/)]);
  });

  test('files that hold something else, or nothing', () => {
    const problems = problemsWith((files) => {
      replace(files.certFile, server.key);
      replace(files.clientCaFile, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----');
    });
    expect(problems).toEqual([
      expect.stringMatching(/^TLS_CERT_FILE: holds no certificate/),
      expect.stringMatching(/^TLS_CLIENT_CA_FILE: holds a certificate that cannot be read/),
    ]);
    expect(problemsWith(({ keyFile }) => replace(keyFile, ''))).toEqual([
      expect.stringMatching(/^TLS_KEY_FILE: holds no private key/),
    ]);
  });

  test('an authority that has expired', async () => {
    const old = await trust.issue('An old authority', { from: -30, to: -1 });
    expect(problemsWith(({ clientCaFile }) => replace(clientCaFile, old.cert))).toEqual([
      expect.stringMatching(/^TLS_CLIENT_CA_FILE: every certificate in it has expired/),
    ]);
    expect(problemsWith(({ clientCaFile }) => replace(clientCaFile, `${old.cert}\n${trust.cert}`))).toEqual([]);
  });

  test('a key that the service may not read', () => {
    if (process.getuid?.() === 0) return; // root may read everything
    expect(problemsWith(({ keyFile }) => chmodSync(keyFile, 0o000))).toEqual([
      expect.stringMatching(/^TLS_KEY_FILE: .* cannot be read \(EACCES\)/),
    ]);
  });
});
