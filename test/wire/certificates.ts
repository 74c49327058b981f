import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** PEM. */
export type Issued = { cert: string; key: string };
export type Authority = Issued & { issue(name: string, days?: { from: number; to: number }): Promise<Issued> };

const DAY_MS = 86_400_000;
const dayFromNow = (days: number): Date => new Date(Date.now() + days * DAY_MS);
const KEYS = { keyType: 'ec', algorithm: 'sha256' } as const;

/** A private authority, made for one test run. `days` are counted from today; yesterday to a year by default. */
export async function authority(name: string): Promise<Authority> {
  const own = await generate([{ name: 'commonName', value: name }], {
    ...KEYS,
    notBeforeDate: dayFromNow(-400),
    notAfterDate: dayFromNow(400),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return {
    cert: own.cert,
    key: own.private,
    async issue(commonName, days = { from: -1, to: 365 }) {
      const { cert, private: key } = await generate(
        [
          { name: 'organizationName', value: 'An Invented Trust' },
          { name: 'commonName', value: commonName },
        ],
        {
          ...KEYS,
          ca: { key: own.private, cert: own.cert },
          notBeforeDate: dayFromNow(days.from),
          notAfterDate: dayFromNow(days.to),
          extensions: [
            { name: 'basicConstraints', cA: false },
            { name: 'keyUsage', digitalSignature: true },
            { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
            {
              name: 'subjectAltName',
              altNames: [
                { type: 2, value: 'localhost' },
                { type: 7, ip: '127.0.0.1' },
              ],
            },
          ],
        },
      );
      return { cert, key };
    },
  };
}

export type Files = { certFile: string; keyFile: string; clientCaFile: string };

/** Files as a service reads them, in a folder of their own. */
export function filesOf({ cert, key }: Issued, clientCa: string): Files {
  const folder = mkdtempSync(join(tmpdir(), 'aftercare-tls-'));
  const files = {
    certFile: join(folder, 'tls.crt'),
    keyFile: join(folder, 'tls.key'),
    clientCaFile: join(folder, 'ca.crt'),
  };
  replace(files.certFile, cert);
  replace(files.keyFile, key);
  replace(files.clientCaFile, clientCa);
  return files;
}

/** In one step, as whoever renews a file does it. */
export function replace(file: string, content: string): void {
  writeFileSync(`${file}.new`, content);
  renameSync(`${file}.new`, file);
}
