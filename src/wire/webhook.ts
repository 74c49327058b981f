import { createHmac } from 'node:crypto';

/** `reason` is a code of the system's or a status; never text of the other side, which may be anything. */
export type Told = { kind: 'told' } | { kind: 'not-told'; reason: string };

/** `closing` ends an attempt that is under way. */
type Options = { url: string; secret: string | null; timeoutMs: number; closing: AbortSignal; now: () => Date };

/**
 * Posts JSON. Any answer from 200 to 299 is a taking. With a secret the receiver can tell that it came from here, and
 * when: `Aftercare-Signature` is the HMAC-SHA-256, in hexadecimal, of `Aftercare-Timestamp`, a full stop, and the body.
 */
export function webhook({ url, secret, timeoutMs, closing, now }: Options) {
  return async (content: unknown): Promise<Told> => {
    const body = JSON.stringify(content);
    const timestamp = now().toISOString();
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'aftercare-timestamp': timestamp,
          ...(secret === null ? {} : { 'aftercare-signature': signatureOf(secret, timestamp, body) }),
        },
        body,
        // Who is on duty is named in the site file, and nowhere else.
        redirect: 'manual',
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), closing]),
      });
      await response.body?.cancel();
      return response.ok ? { kind: 'told' } : { kind: 'not-told', reason: `HTTP ${response.status}` };
    } catch (error) {
      return { kind: 'not-told', reason: reasonOf(error) };
    }
  };
}

const signatureOf = (secret: string, timestamp: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;

/** fetch says only "fetch failed"; the system's own code is its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return error.name === 'TimeoutError' ? 'no answer in time' : error.name;
}
