import { Agent, fetch } from 'undici';
import { Fault } from '../fault.js';
import { type ClientTls, tlsOptionsFor, tlsTrouble } from './client-tls.js';

export type Posted = {
  /** Place of the message in what was given, from 0. */
  index: number;
  status: number;
  /** The body of the answer, which is the acknowledgement; empty when none was asked for. */
  body: Uint8Array;
};

type Options = { token: string | null; timeoutMs: number; tls?: ClientTls | null };

/** One message and how it is sent. */
export type Post = { url: URL; method: 'POST' | 'PUT'; type: string; message: Uint8Array };

/** HL7 v2 to one address, as `postEach` does it. */
export const postHl7 = (url: URL, messages: readonly Uint8Array[], options: Options): AsyncGenerator<Posted> =>
  postEach(
    messages.map((message) => ({ url, method: 'POST', type: 'application/hl7-v2', message })),
    options,
  );

/**
 * Posts messages one at a time, each once the one before it was answered, all to one host. Throws `system-unreachable`
 * when nobody answers; what an answer says is the caller's to judge.
 */
export async function* postEach(posts: readonly Post[], options: Options): AsyncGenerator<Posted> {
  const host = posts[0]?.url.hostname.replace(/^\[|\]$/g, '') ?? '';
  const agent = new Agent(options.tls ? { connect: tlsOptionsFor(host, options.tls) } : {});
  try {
    for (const [index, each] of posts.entries()) yield { index, ...(await post(each, { ...options, agent })) };
  } finally {
    await agent.destroy();
  }
}

async function post(
  { url, method, type, message }: Post,
  { token, timeoutMs, agent }: Options & { agent: Agent },
): Promise<Omit<Posted, 'index'>> {
  try {
    const response = await fetch(url, {
      method,
      headers: {
        'content-type': type,
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      body: new Uint8Array(message),
      // A redirect would take a message about a person to an address that nobody named.
      redirect: 'manual',
      dispatcher: agent,
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, body: new Uint8Array(await response.arrayBuffer()) };
  } catch (cause) {
    const why = reasonOf(cause);
    const known = tlsTrouble(why);
    throw new Fault(
      {
        code: 'system-unreachable',
        where: `${url.origin}${url.pathname}`,
        text: known?.text ?? `no answer (${why})`,
        next:
          known?.next ?? 'check the address and that the service runs, then send again: an identical repeat is safe',
      },
      { cause },
    );
  }
}

/** fetch says only "fetch failed"; the system's own code is its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return error.name === 'TimeoutError' ? 'no answer in time' : error.name;
}
