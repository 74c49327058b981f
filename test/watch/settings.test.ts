import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../../src/config.js';
import { parseSite } from '../../src/site.js';

const SITE = `name: Here
senders: [{ ods: RXT, name: A trust, feed: zmh }]
`;
const problemsOf = (alerts: string): string[] => {
  const read = parseSite(`${SITE}alerts:\n${alerts}`, 'site.yaml');
  return read.kind === 'problems' ? read.problems : [];
};

describe('alerts in the site file', () => {
  test('with nothing said nobody is told, and the limits are the documented ones', () => {
    expect(parseSite(SITE, 'site.yaml')).toMatchObject({
      site: { alerts: { webhook: null, email: [], undeliveredMinutes: 60, parkedPercent: 10, quietDays: [] } },
    });
  });

  test('every mistake has its line', () => {
    const problems = problemsOf(
      [
        '  webhook: ftp://chat.example',
        '  email: [duty]',
        '  undeliveredMinutes: 0',
        '  parkedPercent: 100',
        '  quietDays: [christmas]',
        '  silent: true',
      ].join('\n'),
    );
    expect(problems.map((line) => line.split(' ').slice(0, 2).join(' ')).sort()).toEqual([
      'site.yaml:4: alerts.webhook',
      'site.yaml:5: alerts.email[1]',
      'site.yaml:6: alerts.undeliveredMinutes',
      'site.yaml:7: alerts.parkedPercent',
      'site.yaml:8: alerts.quietDays[1]',
      'site.yaml:9: alerts.silent',
    ]);
  });

  test('the address of a chat may have its key in the query', () => {
    expect(problemsOf('  webhook: "https://chat.example/hook?sig=abc"')).toEqual([]);
  });
});

describe('the mail server, the secret and the collector in the environment', () => {
  const read = (env: Record<string, string>) => readConfig(env, () => false);

  test('each can be set', () => {
    const env = {
      SMTP_URL: 'smtps://duty:secret@mail.example:465',
      ALERT_WEBHOOK_SECRET: 'an invented secret',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      OTEL_TRACES_SAMPLER_ARG: '0.05',
    };
    expect(read(env)).toMatchObject({
      config: {
        smtpUrl: env.SMTP_URL,
        alertWebhookSecret: env.ALERT_WEBHOOK_SECRET,
        tracing: { endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT, share: 0.05, serviceName: 'aftercare-bridge' },
      },
    });
  });

  test('a wrong one has its line, and is not repeated', () => {
    const result = read({
      SMTP_URL: 'mail.example',
      ALERT_WEBHOOK_SECRET: 'short',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318',
      OTEL_TRACES_SAMPLER_ARG: 'always',
    });
    const problems = result.kind === 'problems' ? result.problems : [];
    expect(problems.map((line) => line.slice(0, line.indexOf(':'))).sort()).toEqual(
      ['ALERT_WEBHOOK_SECRET', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_TRACES_SAMPLER_ARG', 'SMTP_URL'].sort(),
    );
    expect(problems.join()).not.toMatch(/short'|always|mail\.example/);
  });
});
