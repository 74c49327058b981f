import { Fault } from '../fault.js';

export type Posted = {
  /** Place of the message in what was given, from 0. */
  index: number;
  status: number;
  /** The body of the answer, which is the acknowledgement; empty when none was asked for. */
  body: Uint8Array;
};

type Options = { token: string | null; timeoutMs: number };

/**
 * Posts messages one at a time, each once the one before it was answered. Throws `system-unreachable` when nobody
 * answers; what an answer says is the caller's to judge.
 */
export async function* postHl7(url: URL, messages: Iterable<Uint8Array>, options: Options): AsyncGenerator<Posted> {
  let index = 0;
  for (const message of messages) {
    yield { index, ...(await post(url, message, options)) };
    index += 1;
  }
}

async function post(url: URL, message: Uint8Array, { token, timeoutMs }: Options): Promise<Omit<Posted, 'index'>> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/hl7-v2',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      body: new Uint8Array(message),
      // A redirect would take a message about a person to an address that nobody named.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, body: new Uint8Array(await response.arrayBuffer()) };
  } catch (cause) {
    throw new Fault(
      {
        code: 'system-unreachable',
        where: `${url.origin}${url.pathname}`,
        text: `no answer (${reasonOf(cause)})`,
        next: 'check the address and that the service runs, then send again: an identical repeat is safe',
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
