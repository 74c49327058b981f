import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Config, readConfig } from '../src/config.js';

const noFile = () => false;

function configOf(env: Record<string, string>): Config {
  const result = readConfig(env, noFile);
  if (result.kind === 'problems') throw new Error(result.problems.join('\n'));
  return result.config;
}

function problemsOf(env: Record<string, string>): string[] {
  const result = readConfig(env, noFile);
  return result.kind === 'problems' ? result.problems : [];
}

describe('configuration from the environment', () => {
  test('with nothing set, the service is embedded, on loopback, with a token to sign in', () => {
    expect(configOf({})).toEqual({
      databaseUrl: null,
      redisUrl: null,
      dataDir: expect.stringMatching(/\/data$/),
      siteFile: null,
      host: '127.0.0.1',
      httpPort: 8117,
      mllp: { port: 2575, maxBytes: 4 * 1024 * 1024 },
      tls: null,
      logLevel: 'info',
      authMode: 'token',
    });
  });

  test('site.yaml of the working folder is taken when it is there, and SITE_FILE before it', () => {
    const beside = readConfig({}, (file) => file === 'site.yaml');
    const named = readConfig({ SITE_FILE: 'other.yaml' }, () => true);
    expect(beside).toMatchObject({ config: { siteFile: 'site.yaml' } });
    expect(named).toMatchObject({ config: { siteFile: 'other.yaml' } });
  });

  test('every value can be set', () => {
    const env = {
      DATABASE_URL: 'postgresql://aftercare@db/aftercare',
      REDIS_URL: 'rediss://cache:6380',
      DATA_DIR: '/var/lib/aftercare',
      SITE_FILE: '/etc/aftercare/site.yaml',
      HOST: '0.0.0.0',
      HTTP_PORT: '80',
      MLLP_PORT: '0',
      MLLP_MAX_BYTES: '65536',
      TLS_CERT_FILE: '/run/secrets/tls.crt',
      TLS_KEY_FILE: '/run/secrets/tls.key',
      TLS_CLIENT_CA_FILE: '/run/secrets/ca.crt',
      MLLP_TLS_PORT: '6661',
      HTTPS_PORT: 'off',
      LOG_LEVEL: 'warn',
      AUTH_MODE: 'token',
    };
    expect(configOf(env)).toEqual({
      databaseUrl: env.DATABASE_URL,
      redisUrl: env.REDIS_URL,
      dataDir: env.DATA_DIR,
      siteFile: env.SITE_FILE,
      host: env.HOST,
      httpPort: 80,
      mllp: { port: 0, maxBytes: 65536 },
      tls: {
        certFile: env.TLS_CERT_FILE,
        keyFile: env.TLS_KEY_FILE,
        clientCaFile: env.TLS_CLIENT_CA_FILE,
        mllpPort: 6661,
        httpsPort: null,
      },
      logLevel: 'warn',
      authMode: 'token',
    });
  });

  test('an empty variable is as good as none', () => {
    expect(configOf({ DATABASE_URL: '', HTTP_PORT: '', AUTH_MODE: '' })).toEqual(configOf({}));
  });

  test('every wrong value has its line, also those that are wrong only together', () => {
    const problems = problemsOf({
      DATABASE_URL: 'mysql://db/aftercare',
      REDIS_URL: 'cache:6379',
      HOST: '0.0.0.0',
      HTTP_PORT: '99999',
      MLLP_PORT: '-1',
      MLLP_MAX_BYTES: '4MB',
      LOG_LEVEL: 'loud',
      AUTH_MODE: 'none',
    });
    const named = problems.map((line) => line.slice(0, line.indexOf(':')));
    expect(named.sort()).toEqual(
      ['AUTH_MODE', 'DATABASE_URL', 'HTTP_PORT', 'LOG_LEVEL', 'MLLP_MAX_BYTES', 'MLLP_PORT', 'REDIS_URL'].sort(),
    );
  });

  test('the longest message may be of 128 MiB and no more', () => {
    expect(configOf({ MLLP_MAX_BYTES: '134217728' }).mllp.maxBytes).toBe(134_217_728);
    expect(problemsOf({ MLLP_MAX_BYTES: '134217729' })).toEqual([
      expect.stringMatching(/^MLLP_MAX_BYTES: .*134217728/),
    ]);
  });

  test.each(['127.0.0.1', '127.8.8.8', 'localhost', '::1'])('nobody signs in on loopback %s', (host) => {
    expect(configOf({ HOST: host, AUTH_MODE: 'none' }).authMode).toBe('none');
  });

  test.each(['0.0.0.0', '::', '10.0.0.1', 'aftercare.example', '127.0.0.1.example'])(
    'a console without sign-in is refused on %s',
    (host) => {
      expect(problemsOf({ HOST: host, AUTH_MODE: 'none' })).toEqual([expect.stringMatching(/^AUTH_MODE: is none/)]);
    },
  );

  test('oidc is refused as not yet there, another word as unknown', () => {
    expect(problemsOf({ AUTH_MODE: 'oidc' })).toEqual([expect.stringMatching(/does not have: use token/)]);
    expect(problemsOf({ AUTH_MODE: 'password' })).toEqual([expect.stringMatching(/is not a way to sign in/)]);
  });

  test('one port for both listeners is refused, but both may take any free one', () => {
    expect(problemsOf({ HTTP_PORT: '2575' })).toEqual([expect.stringMatching(/^MLLP_PORT: is the same/)]);
    expect(configOf({ HTTP_PORT: '0', MLLP_PORT: '0' }).mllp.port).toBe(0);
  });

  test('with a certificate TLS has ports of its own, and the plain ones may be off', () => {
    const env = { TLS_CERT_FILE: 'tls.crt', TLS_KEY_FILE: 'tls.key', MLLP_PORT: 'off', HTTP_PORT: 'off' };
    expect(configOf(env)).toMatchObject({
      httpPort: null,
      mllp: { port: null },
      tls: { clientCaFile: null, mllpPort: 2576, httpsPort: 8443 },
    });
    expect(problemsOf({ ...env, MLLP_TLS_PORT: '8443' })).toEqual([
      'HTTPS_PORT: is the same as MLLP_TLS_PORT: give each its own',
    ]);
    expect(problemsOf({ ...env, MLLP_TLS_PORT: '2575', HTTPS_PORT: '8117' })).toEqual([]);
    expect(problemsOf({ MLLP_PORT: '8443' })).toEqual([]);
  });

  test.each<{ given: Record<string, string>; problem: RegExp }>([
    { given: { TLS_CERT_FILE: 'tls.crt' }, problem: /^TLS_KEY_FILE: is missing/ },
    { given: { TLS_KEY_FILE: 'tls.key' }, problem: /^TLS_CERT_FILE: is missing/ },
    { given: { TLS_CLIENT_CA_FILE: 'ca.crt' }, problem: /^TLS_CLIENT_CA_FILE: needs TLS_CERT_FILE/ },
    { given: { MLLP_TLS_PORT: '2576' }, problem: /^MLLP_TLS_PORT: needs TLS_CERT_FILE/ },
    { given: { HTTPS_PORT: 'of' }, problem: /^HTTPS_PORT: is not a port/ },
  ])('half of TLS is refused: $given', ({ given, problem }) => {
    expect(problemsOf(given)[0]).toMatch(problem);
  });

  test.each(['*', 'fhir-kit-client:error', 'express,fhir-kit*'])(
    'DEBUG=%s is refused: the FHIR client would print what councils answer',
    (names) => {
      expect(problemsOf({ DEBUG: names })).toEqual([expect.stringMatching(/^DEBUG: .*unset it/)]);
      expect(problemsOf({ DEBUG: 'express:router' })).toEqual([]);
    },
  );

  test('a problem never repeats the value, which may hold a password', () => {
    const names = ['DATABASE_URL', 'REDIS_URL', 'HTTP_PORT', 'MLLP_MAX_BYTES', 'LOG_LEVEL', 'AUTH_MODE'];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.stringMatching(/^hunter[a-z]{6}$/), (name, secret) => {
        const problems = problemsOf({ [name]: `mysql://sa:${secret}@db` });
        expect(problems).toHaveLength(1);
        expect(problems.join()).not.toContain(secret);
      }),
    );
  });
});
