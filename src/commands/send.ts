import { readFileSync } from 'node:fs';
import { Fault } from '../fault.js';
import { messagesIn } from '../flow/files.js';
import { type Address, addressFrom, type ClientTls, type SentMessage, sendMessages } from '../flow/send.js';
import { type Command, type CommandLine, isSet, type Terminal, textOption } from './command.js';
import { countOption } from './options.js';
import { counted } from './table.js';
import { usageFault } from './usage.js';

export const sendCommand: Command = {
  name: 'send',
  summary: 'plays messages to a listener and prints each acknowledgement',
  usage:
    'aftercare send FILE... --to mllp(s)://HOST:PORT|http(s)://... [--ca FILE] [--cert FILE --key FILE] [--token TOKEN] [--timeout SECONDS] [--json]',
  example: 'aftercare send discharge.hl7 --to mllp://127.0.0.1:2575',
  options: {
    to: {
      type: 'string',
      says: 'the listener: mllp://HOST:PORT, mllps:// with TLS, or the address to POST to, such as http://HOST/hl7',
    },
    token: { type: 'string', says: 'bearer token, where an HTTP listener asks for one' },
    ca: { type: 'string', says: 'PEM file: the authority that signed the certificate of the listener' },
    cert: { type: 'string', says: 'PEM file: the client certificate that proves who sends, with --key' },
    key: { type: 'string', says: 'PEM file: the key of --cert' },
    timeout: { type: 'string', says: 'seconds to wait for an acknowledgement (default: 30)' },
  },
  async run(line, terminal) {
    if (line.words.length === 0) throw usageFault('send', 'name at least one file');
    const to = addressFrom(textOption(line, 'to') ?? '');
    if (to === null) throw usageFault('--to', 'give mllp(s)://HOST:PORT or an http address, without user and password');
    const tls = tlsOf(line, to);
    const given = line.words.flatMap(messagesIn);
    if (given.length === 0) throw usageFault('send', 'the files hold no message');

    const asJson = isSet(line, 'json');
    const timeoutMs = 1000 * countOption(line, 'timeout', { otherwise: 30, most: 3600 });
    const sent: SentMessage[] = [];
    const trouble = await play(
      sendMessages(given, to, { token: textOption(line, 'token'), timeoutMs, tls }),
      (message) => {
        sent.push(message);
        if (!asJson) printSent(message, terminal);
      },
    );
    if (asJson) terminal.out(JSON.stringify(sent, null, 2));
    if (trouble) {
      terminal.err(`${trouble.message}\n${counted(sent.length, 'message')} out of ${given.length} answered.`);
      return trouble.code === 'usage' ? 2 : 3;
    }
    return sent.every(({ accepted }) => accepted) ? 0 : 1;
  },
};

function tlsOf(line: CommandLine, to: Address): ClientTls {
  const [ca, cert, key] = [pemOption(line, 'ca'), pemOption(line, 'cert'), pemOption(line, 'key')];
  if (!to.isSecure && (ca || cert || key))
    throw usageFault('--to', 'certificates need an address with TLS: mllps or https');
  if ((cert === null) !== (key === null)) throw usageFault('--cert', 'give --cert and --key together');
  return { ca, identity: cert && key ? { cert, key } : null };
}

function pemOption(line: CommandLine, name: string): Buffer | null {
  const file = textOption(line, name);
  if (file === null) return null;
  try {
    return readFileSync(file);
  } catch {
    throw usageFault(`--${name}`, `${file} cannot be read: give a PEM file`);
  }
}

/** What was answered before the trouble stays answered, and is printed. */
async function play(sending: AsyncIterable<SentMessage>, each: (sent: SentMessage) => void): Promise<Fault | null> {
  try {
    for await (const sent of sending) each(sent);
    return null;
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

function printSent({ file, index, controlId, acknowledgements }: SentMessage, { out }: Terminal): void {
  const about = `${file} [${index}] ${controlId ?? '?'}`;
  if (acknowledgements.length === 0) out(`${about}: sent; it asks for no acknowledgement`);
  for (const { code, controlId: answered, text } of acknowledgements) {
    out(`${about}: ${code ?? 'no acknowledgement'} ${answered ?? ''}${text ? ` ${text}` : ''}`.trimEnd());
  }
}
