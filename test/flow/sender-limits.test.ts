import { describe, expect, test } from '@jest/globals';
import { senderLimits } from '../../src/flow/sender-limits.js';
import { senderProof } from '../../src/flow/sender-proof.js';
import { createLog } from '../../src/log.js';
import { type Site, siteFromObject } from '../../src/site.js';
import { adt } from '../scenarios/adt.js';
import { handClock } from './hand-clock.js';

const FINGERPRINT = Array(32).fill('AB').join(':');
const OTHER = Array(32).fill('CD').join(':');
const certificate = (fingerprint256: string, subject = 'CN=somebody.example') => ({ fingerprint256, subject });

function siteWith(...senders: object[]): Site {
  const read = siteFromObject({
    name: 'Site',
    senders: senders.map((each) => ({ name: 'A trust', feed: 'zmh', ...each })),
  });
  if (read.kind === 'problems') throw new Error(read.problems.join('\n'));
  return read.site;
}

describe('who may speak for a sender', () => {
  const site = siteWith(
    { ods: 'RXT', certificate: [{ fingerprint256: FINGERPRINT }, { subject: 'CN=epr.rxt.example, O=The Trust' }] },
    { ods: 'RRK', certificate: { subject: 'CN=epr.rrk.example' } },
    { ods: 'RAE' },
  );
  const proof = senderProof(site);
  const judged = (ods: string, shown: Parameters<typeof proof>[1]) => {
    const sender = site.senders.find((each) => each.ods === ods);
    if (!sender) throw new Error(ods);
    return proof(sender, shown)?.text ?? 'may';
  };

  test.each([
    { story: 'the very certificate', ods: 'RXT', shown: certificate(FINGERPRINT) },
    {
      story: 'another one of the same subject, which may say more',
      ods: 'RXT',
      shown: certificate(OTHER, 'C=GB\nO=The Trust\nCN=epr.rxt.example'),
    },
    {
      story: 'attributes that share a line',
      ods: 'RXT',
      shown: certificate(OTHER, 'O=The Trust + CN=epr.rxt.example'),
    },
    { story: 'no certificate, by who needs none', ods: 'RAE', shown: null },
    { story: 'a certificate that is nobody’s, by who needs none', ods: 'RAE', shown: certificate(OTHER) },
  ])('$story', ({ ods, shown }) => {
    expect(judged(ods, shown)).toBe('may');
  });

  test.each([
    { story: 'no certificate', ods: 'RXT', shown: null, why: /the connection shows none/ },
    { story: 'none where one was asked for', ods: 'RAE', shown: 'missing' as const, why: /no client certificate/ },
    {
      story: 'a certificate that is nobody’s',
      ods: 'RXT',
      shown: certificate(OTHER),
      why: /not one that the site file/,
    },
    {
      story: 'half of the subject',
      ods: 'RXT',
      shown: certificate(OTHER, 'O=Another Trust\nCN=epr.rxt.example'),
      why: /not one that the site file/,
    },
    {
      story: 'the subject within another name',
      ods: 'RRK',
      shown: certificate(OTHER, 'CN=epr.rrk.example.evil\nOU=CN=epr.rrk.example'),
      why: /not one that the site file/,
    },
    { story: 'another sender’s', ods: 'RRK', shown: certificate(FINGERPRINT), why: /belongs to another/ },
    { story: 'a sender’s, for who needs none', ods: 'RAE', shown: certificate(FINGERPRINT), why: /belongs to another/ },
  ])('not with $story', ({ ods, shown, why }) => {
    expect(judged(ods, shown)).toMatch(why);
  });
});

describe('limits', () => {
  const message = (sender: string, controlId: string) =>
    Buffer.from(adt({ trigger: 'A08', sentAt: '20260301', sender, controlId }));
  const open = (...senders: object[]) => {
    const site = siteWith(...senders);
    const clock = handClock();
    const lines: string[] = [];
    const log = createLog('info', { write: (line) => void lines.push(line) });
    const limits = senderLimits(site, { proof: senderProof(site), log, clock });
    if (!limits) throw new Error('nobody has limits');
    return { ...limits, clock, lines };
  };
  const connection = (shown: ReturnType<typeof certificate> | null = null) => ({ certificate: shown });
  const never = () => {
    throw new Error('nothing waits');
  };

  test('where nobody has any, nothing is asked', () => {
    const site = siteWith({ ods: 'RXT' });
    expect(senderLimits(site, { proof: senderProof(site), log: createLog('silent') })).toBeNull();
  });

  test('a rate is one sender’s, over all its connections; others and what is refused pass', () => {
    const { gate, clock } = open({ ods: 'RXT', limits: { messagesPerSecond: 2 } }, { ods: 'RRK' });
    const [one, two] = [connection(), connection()];
    expect(gate.enter(message('RXT', '1'), one, never)).toBe('go');
    expect(gate.enter(message('RXT', '2'), two, never)).toBe('go');
    const served: string[] = [];
    expect(gate.enter(message('RXT', '3'), one, () => served.push('3'))).toHaveProperty('cancel');
    expect(gate.enter(message('RXT', '4'), two, () => served.push('4'))).toHaveProperty('cancel');
    expect(gate.enter(message('RRK', '5'), connection(), never)).toBe('go');
    expect(gate.enter(message('RAE', '6'), one, never)).toBe('go');
    expect(gate.enter(Buffer.from('not HL7'), one, never)).toBe('go');
    clock.pass(500);
    expect(served).toEqual(['3']);
    clock.pass(500);
    expect(served).toEqual(['3', '4']);
  });

  test('who cannot prove to be a sender uses up nothing of it', () => {
    const { gate } = open({
      ods: 'RXT',
      certificate: { fingerprint256: FINGERPRINT },
      limits: { messagesPerSecond: 1, connections: 1 },
    });
    for (const shown of [null, certificate(OTHER)])
      for (const id of ['1', '2', '3']) expect(gate.enter(message('RXT', id), connection(shown), never)).toBe('go');
    expect(gate.enter(message('RXT', '4'), connection(certificate(FINGERPRINT)), never)).toBe('go');
  });

  test('one connection too many is closed, with one line a minute, until another leaves', () => {
    const { gate, clock, lines } = open({ ods: 'RXT', limits: { connections: 2 } }, { ods: 'RRK' });
    const [one, two, three] = [connection(), connection(), connection()];
    expect([one, two, one].map((each) => gate.enter(message('RXT', '1'), each, never))).toEqual(['go', 'go', 'go']);
    expect([1, 2, 3].map(() => gate.enter(message('RXT', '1'), three, never))).toEqual(['close', 'close', 'close']);
    expect(gate.enter(message('RRK', '1'), three, never)).toBe('go');
    expect(lines).toHaveLength(1);
    clock.pass(60_000);
    gate.enter(message('RXT', '1'), three, never);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { msg: 'a connection above the limit of its sender was closed', sender: 'RXT', count: 1 },
      { sender: 'RXT', count: 3 },
    ]);
    gate.left(one);
    expect(gate.enter(message('RXT', '1'), three, never)).toBe('go');
  });

  test('over HTTP it is told how long to wait, in whole seconds', () => {
    const { secondsToWait, clock } = open({ ods: 'RXT', limits: { messagesPerSecond: 2 } }, { ods: 'RRK' });
    expect([1, 2, 3].map(() => secondsToWait(message('RXT', '1'), null))).toEqual([0, 0, 1]);
    expect(secondsToWait(message('RRK', '1'), null)).toBe(0);
    clock.pass(1_000);
    expect(secondsToWait(message('RXT', '1'), null)).toBe(0);
  });
});
