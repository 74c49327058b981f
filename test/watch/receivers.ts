import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export type Posted = { headers: Record<string, string>; text: string; body: PostedBody };
export type PostedBody = {
  site: string;
  text: string;
  alerts: { id: string; event: string; kind: string; subject: string; text: string; endedAt: string | null }[];
};

export type WebhookReceiver = {
  url: string;
  posted: Posted[];
  /** `kind subject event` of everything that was taken, in order. */
  taken(): string[];
  answerWith(status: number): void;
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
};

/** A real HTTP server that takes alerts, or answers what it is told to. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const posted: Posted[] = [];
  let status = 204;
  const taken: string[] = [];
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const body: PostedBody = JSON.parse(text);
    const headers = Object.fromEntries(Object.entries(req.headers).map(([name, value]) => [name, String(value)]));
    posted.push({ headers, text, body });
    if (status < 300) taken.push(...body.alerts.map(({ kind, subject, event }) => `${kind} ${subject} ${event}`));
    res.writeHead(status).end();
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  const down = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/alerts?key=invented`,
    posted,
    taken: () => taken,
    answerWith: (next) => {
      status = next;
    },
    down,
    up: () => listen(port),
    close: down,
  };
}

export type MailServer = {
  url: string;
  letters: { to: string[]; text: string }[];
  refuse(address: string): void;
  admit(address: string): void;
  close(): Promise<void>;
};

/** A real mail server that keeps what it is given, and refuses whom it is told to. */
export async function startMailServer(): Promise<MailServer> {
  const letters: { to: string[]; text: string }[] = [];
  const refused = new Set<string>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo({ address }, _session, done) {
      done(refused.has(address) ? Object.assign(new Error('no such mailbox'), { responseCode: 550 }) : undefined);
    },
    async onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk);
      letters.push({ to: envelope.rcptTo.map(({ address }) => address), text: Buffer.concat(chunks).toString() });
      done();
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    letters,
    refuse: (address) => void refused.add(address),
    admit: (address) => void refused.delete(address),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
