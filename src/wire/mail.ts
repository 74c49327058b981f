import { createTransport } from 'nodemailer';
import type { Told } from './webhook.js';

/** `closing` ends the wait for an attempt that is under way. */
type Options = { smtpUrl: string; from: string; timeoutMs: number; closing: AbortSignal };

export type Mail = { to: string; subject: string; text: string; messageId: string };

/**
 * Sends plain text to one recipient. Told means that the mail server has taken it for this very recipient: one that is
 * refused was not told, whatever happened to others.
 */
export function mailer({ smtpUrl, from, timeoutMs, closing }: Options) {
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    send: async ({ to, subject, text, messageId }: Mail): Promise<Told> => {
      try {
        const sending = transport.sendMail({ from, to, subject, text, messageId });
        const { accepted, rejected } = await Promise.race([sending, closed(closing)]);
        const taken = accepted.length === 1 && rejected.length === 0;
        return taken ? { kind: 'told' } : { kind: 'not-told', reason: 'recipient refused' };
      } catch (error) {
        return { kind: 'not-told', reason: reasonOf(error) };
      }
    },
  };
}

const closed = (closing: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const end = () => reject(new Error('closing'));
    if (closing.aborted) end();
    closing.addEventListener('abort', end, { once: true });
  });

/** The server's own words may quote anything; its code says enough. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('responseCode' in error && typeof error.responseCode === 'number') return `SMTP ${error.responseCode}`;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
