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
        retryAfter: answered['retry-after'],
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

type Answer = { status: number; retryAfter: string | string[] | undefined; text: string };

function read({ status, retryAfter, text }: Answer): unknown {
  const data = parsed(text);
  if (status >= 200 && status < 300 && data !== undefined) return data;
  const headers = new Headers(typeof retryAfter === 'string' ? { 'retry-after': retryAfter } : {});
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
