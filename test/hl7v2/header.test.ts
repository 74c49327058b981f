import { describe, expect, test } from '@jest/globals';
import { readHeader } from '../../src/hl7v2/header.js';
import { bytesOf, er7, headerOf, MSH } from './adt.js';

test('the header says who sent what to whom', () => {
  const msh =
    'MSH|^~\\&|EPR^1.2.3^ISO|RXT^trust|BRIDGE|QHL|20260301100000+0000||ADT^A03^ADT_A03|M0001|P^T|2.4^GBR|||NE|AL||UNICODE UTF-8~8859/1';
  expect(headerOf(msh)).toEqual({
    encoding: 'utf8',
    sendingApplication: 'EPR',
    sendingFacility: 'RXT',
    receivingApplication: 'BRIDGE',
    receivingFacility: 'QHL',
    sentAt: '20260301100000+0000',
    messageCode: 'ADT',
    trigger: 'A03',
    controlId: 'M0001',
    processingId: 'P',
    version: '2.4',
    acceptAck: 'NE',
    applicationAck: 'AL',
    charset: 'UNICODE UTF-8',
    raw: {
      msh3: 'EPR^1.2.3^ISO',
      msh4: 'RXT^trust',
      msh5: 'BRIDGE',
      msh6: 'QHL',
      msh11: 'P^T',
      msh12: '2.4^GBR',
      msh18: 'UNICODE UTF-8~8859/1',
    },
    separators: { field: '|', component: '^', repetition: '~', escape: '\\', subcomponent: '&' },
  });
});

test.each([
  { story: 'segments end in LF', bytes: `${MSH}\nPID|1\n` },
  { story: 'segments end in CRLF', bytes: `${MSH}\r\nPID|1\r\n` },
  { story: 'nothing after MSH', bytes: MSH },
  { story: 'a byte order mark first', bytes: `\ufeff${MSH}\r` },
  { story: 'framing bytes left on', bytes: `\v${MSH}\x1c\r` },
  { story: 'blank lines first', bytes: `\r\n\r\n  ${MSH}\r` },
  { story: 'MSH ends after the control ID', bytes: 'MSH|^~\\&|EPR|RXT|||20260301||ADT^A03|M0001' },
])('read although: $story', ({ bytes }) => {
  expect(readHeader(bytesOf(bytes))).toMatchObject({ sendingFacility: 'RXT', trigger: 'A03', controlId: 'M0001' });
});

test('unusual separators are the sender’s right', () => {
  const header = headerOf('MSH#!@%*#EPR#RXT#BRIDGE#QHL#20260301##ADT!A03#M0001#P#2.5');
  expect(header).toMatchObject({ sendingFacility: 'RXT', trigger: 'A03', controlId: 'M0001', version: '2.5' });
  expect(header.separators).toEqual({ field: '#', component: '!', repetition: '@', escape: '%', subcomponent: '*' });
});

test('version 2.7 adds a truncation character, older senders leave out what they do not use', () => {
  expect(headerOf(MSH.replace('^~\\&', '^~\\&#')).separators.subcomponent).toBe('&');
  expect(headerOf(MSH.replace('^~\\&', '^~')).separators).toMatchObject({
    repetition: '~',
    escape: '',
    subcomponent: '',
  });
});

test('a control ID keeps its bytes, whatever their character set', () => {
  const latin1 = bytesOf(MSH.replace('M0001', 'M\u00e9^1 '), 'latin1');
  const header = readHeader(latin1);
  expect(header?.encoding).toBe('latin1');
  expect(Buffer.from(header?.controlId ?? '', 'latin1')).toEqual(Buffer.from('M\u00e9^1 ', 'latin1'));
});

describe('no usable header', () => {
  test.each([
    { story: 'nothing at all', bytes: '' },
    { story: 'not HL7', bytes: 'GET / HTTP/1.1\r\n' },
    { story: 'no MSH', bytes: 'PID|1||9990000018\r' },
    { story: 'MSH in small letters', bytes: MSH.toLowerCase() },
    { story: 'three letters only', bytes: 'MSH' },
    { story: 'no separators', bytes: 'MSH|' },
    { story: 'separators empty', bytes: 'MSH||EPR|RXT|||20260301||ADT^A03|M0001|P|2.4' },
    { story: 'a separator twice', bytes: MSH.replace('^~\\&', '^^\\&') },
    { story: 'a letter as separator', bytes: MSH.replace('^~\\&', '^~x&') },
    { story: 'the segment name runs on', bytes: MSH.replace('MSH', 'MSHX') },
    { story: 'cut off before the control ID', bytes: 'MSH|^~\\&|EPR|RXT|BRIDGE|QHL|20260301100000||ADT^A03' },
    { story: 'control ID empty', bytes: MSH.replace('M0001', '') },
    { story: 'control ID blank', bytes: MSH.replace('M0001', '  ') },
    { story: 'control ID deleted', bytes: MSH.replace('M0001', '""') },
    { story: 'a NUL in MSH', bytes: MSH.replace('M0001', 'M\x001') },
    { story: 'a batch envelope', bytes: er7('BHS|^~\\&|EPR', MSH, 'BTS|1') },
    { story: 'two messages in one frame', bytes: er7(MSH, 'PID|1', MSH, 'PID|1') },
    { story: 'UTF-16', bytes: Buffer.from(MSH, 'utf16le').toString('latin1') },
  ])('$story', ({ bytes }) => {
    expect(readHeader(bytesOf(bytes))).toBeNull();
  });
});
