import { describe, expect, test } from '@jest/globals';
import { acknowledge, acknowledgementBytes, acknowledgeUnreadable } from '../../src/hl7v2/acknowledgement.js';
import { readHeader } from '../../src/hl7v2/header.js';
import { bytesOf, headerOf, MSH, read } from './adt.js';

const AT = new Date('2026-03-01T10:00:05.250Z');

const answered = (msh: string, answer: Parameters<typeof acknowledge>[1]) =>
  acknowledge(headerOf(msh), answer, AT, 'AB1').split('\r');

test('a positive answer goes back the way the message came, in its version', () => {
  const msh = 'MSH|^~\\&|EPR^1.2^ISO|RXT|BRIDGE|QHL&x|20260301100000||ADT^A03^ADT_A03|M0001|P^T|2.4^GBR||||||UNICODE';
  expect(answered(msh, { code: 'AA' })).toEqual([
    'MSH|^~\\&|BRIDGE|QHL&x|EPR^1.2^ISO|RXT|20260301100005+0000||ACK^A03^ACK|AB1|P^T|2.4^GBR||||||UNICODE',
    'MSA|AA|M0001',
    '',
  ]);
});

test('a refusal from version 2.5 says where and why in ERR-2, 3 and 8', () => {
  const answer = {
    code: 'AR',
    text: 'no sender — RXT|EPR',
    errorLocation: 'MSH-4',
    errorCode: 'sender-unknown',
  } as const;
  expect(answered(MSH.replace(/2\.4$/, '2.5.1'), answer)).toEqual([
    'MSH|^~\\&|BRIDGE|QHL|EPR|RXT|20260301100005+0000||ACK^A03^ACK|AB1|P|2.5.1',
    'MSA|AR|M0001|no sender - RXT\\F\\EPR',
    'ERR||MSH^1^4|207^^HL70357|E|sender-unknown|||no sender - RXT\\F\\EPR',
    '',
  ]);
});

test('a code of HL7 table 0357 is given as that, a component is told apart from its field', () => {
  const rows = answered(MSH.replace(/2\.4$/, '2.10'), { code: 'AE', errorLocation: 'PID-3.1', errorCode: '101' });
  expect(rows[2]).toBe('ERR||PID^1^3^1^1|101^^HL70357|E');
});

test('a refusal before version 2.5 has all of it in ERR-1', () => {
  const rows = answered(MSH, { code: 'CR', text: 'not for us', errorLocation: 'MSH-6', errorCode: 'not-for-us' });
  expect(rows.slice(1)).toEqual(['MSA|CR|M0001|not for us', 'ERR|MSH^1^6^207&&HL70357', '']);
});

test('the sender’s separators are used, and kept out of our text', () => {
  const msh = 'MSH#!@%*#EPR#RXT#BRIDGE#QHL#20260301##ADT!A03#M0001#P#2.5';
  expect(answered(msh, { code: 'AE', text: 'a # b\r\nc!', errorLocation: 'PID-3' })).toEqual([
    'MSH#!@%*#BRIDGE#QHL#EPR#RXT#20260301100005+0000##ACK!A03!ACK#AB1#P#2.5',
    'MSA#AE#M0001#a %F% b c%S%',
    'ERR##PID!1!3#207!!HL70357#E####a %F% b c%S%',
    '',
  ]);
});

test('a message without a trigger gets a plain ACK', () => {
  expect(answered(MSH.replace('ADT^A03^ADT_A03', 'ADT'), { code: 'AA' })[0]).toContain('||ACK|AB1|');
});

describe('the bytes of what is echoed', () => {
  test.each(['utf8', 'latin1'] as const)('%s', (encoding) => {
    const header = readHeader(bytesOf(MSH.replace('M0001', 'M\u00e9 1'), encoding));
    if (!header) throw new Error('no header');
    const bytes = acknowledgementBytes(acknowledge(header, { code: 'AA' }, AT, 'AB1'), header);
    expect(Buffer.from(bytes).toString(encoding)).toContain('MSA|AA|M\u00e9 1\r');
  });
});

test('what has no header is refused with nothing to echo', () => {
  const text = acknowledgeUnreadable(AT, 'AB1', 'no MSH');
  expect(text).toBe('MSH|^~\\&|||||20260301100005+0000||ACK|AB1|P|2.5\rMSA|AR||no MSH\r');
  expect(Buffer.from(acknowledgementBytes(text, null)).toString()).toBe(text);
});

test('every acknowledgement can be read back', () => {
  const text = acknowledge(headerOf(MSH), { code: 'AR', text: 'a^b', errorLocation: 'PID-3' }, AT, 'AB1');
  const { message, warnings } = read(text);
  expect(message.header).toMatchObject({ sendingFacility: 'QHL', receivingFacility: 'RXT', messageCode: 'ACK' });
  expect(message.value('MSA-3')).toBe('a^b');
  expect(warnings).toEqual([]);
});
