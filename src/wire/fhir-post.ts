import { isNativeError } from 'node:util/types';
import type { Agent } from 'undici';

type Post = { agent: Agent; url: URL; headers: Record<string, string>; timeoutMs: number };

const FHIR_JSON = 'application/fhir+json';

/**
 * One POST to a FHIR server's base, and the JSON that it answers. The general client spends several times as much on a
 * request as on what is in it, and this one request is most of what is sent. Throws in the shapes in which that client
 * throws, so that trouble is judged in one place: `response` of a status that is no success, `cause` of the network's.
 */
export async function postBundle(body: object, { agent, url, headers, timeoutMs }: Post): Promise<unknown> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(new DOMException('no answer in time', 'TimeoutError')), timeoutMs);
  try {
    const answer = await agent
      .request({
        origin: url.origin,
        path: url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`,
        method: 'POST',
        headers: { accept: FHIR_JSON, 'content-type': FHIR_JSON, ...headers },
        body: JSON.stringify(body),
        signal: patience.signal,
      })
      .then(async ({ statusCode, headers: answered, body: content }) => ({
        status: statusCode,
        headers: whenToTryAgain(answered),
        text: await content.text(),
      }));
    return read(answer);
  } catch (error) {
    if (patience.signal.aborted) throw patience.signal.reason;
    if (isNativeError(error) && 'code' in error) throw new TypeError('the request failed', { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** When to try again, and what the clock is by which that is told. */
const TIMES = ['retry-after', 'date'];

const whenToTryAgain = (answered: Record<string, string | string[] | undefined>): Headers =>
  new Headers(TIMES.flatMap((name) => (typeof answered[name] === 'string' ? [[name, answered[name]]] : [])));

type Answer = { status: number; headers: Headers; text: string };

function read({ status, headers, text }: Answer): unknown {
  const data = parsed(text);
  if (status >= 200 && status < 300 && data !== undefined) return data;
  throw Object.assign(new Error(`HTTP ${status}`), { response: { status, data }, config: { headers } });
}

function parsed(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
