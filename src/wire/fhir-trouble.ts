import type { FaultCode, FaultDetail } from '../fault.js';

/**
 * Why a council did not confirm. `outcome` is its OperationOutcome, for the row of the delivery only: councils quote
 * what they were sent. `retryAfterMs` is what it asked us to wait.
 */
export type FhirTrouble = {
  kind: 'trouble';
  detail: FaultDetail;
  httpStatus: number | null;
  retryAfterMs: number | null;
  outcome: Record<string, unknown> | null;
};

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** Marks an answer of status 200 in which nothing can be read. */
export const unreadableAnswer = Symbol('unreadable answer');

/** A day: a council that asks for more is tried again sooner. */
const LONGEST_WAIT_MS = 86_400_000;

/** What failed before a byte of the request was sent: no connection, no name, no trusted certificate. */
const NOTHING_SENT =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|\w*SELF_SIGNED_CERT\w*|UNABLE_TO_\w+|ERR_TLS_CERT_ALTNAME_INVALID)$/;

/** What the client threw, as trouble. What is neither an answer nor the network is thrown on: it is a fault of ours. */
export function troubleOf(to: string, error: unknown, nowMs = Date.now()): FhirTrouble {
  if (error === unreadableAnswer)
    return unanswered(to, UNSURE, 'answered with something that is not the FHIR asked for');
  if (!isObject(error)) throw error;
  if (isObject(error.response) && typeof error.response.status === 'number') {
    const { status, data } = error.response;
    if (status < 300) return troubleOf(to, unreadableAnswer);
    return troubleOfStatus(to, ruleFor(status), { status, outcome: data, retryAfterMs: retryAfter(error, nowMs) });
  }
  if (error.name === 'TimeoutError' || error.name === 'AbortError')
    return unanswered(to, UNSURE, 'did not answer in time');
  const code = networkCode(error);
  // The client stumbles over an answer that is JSON but no object, such as `null`.
  if (code === null && error instanceof TypeError) return troubleOf(to, unreadableAnswer);
  if (code === null) throw error;
  if (!NOTHING_SENT.test(code)) return unanswered(to, UNSURE, `the connection was lost (${code})`);
  return unanswered(to, OUT_OF_REACH, `cannot be connected to (${code})`);
}

/** One entry of a transaction's answer with an error status: nothing of the transaction stands. */
export function troubleOfEntry(to: string, response: Record<string, unknown>): FhirTrouble {
  const status = Number.parseInt(String(response.status), 10);
  const rule = status === 409 || status === 412 ? CHANGED_MEANWHILE : REFUSED;
  return troubleOfStatus(to, rule, { status, outcome: response.outcome, retryAfterMs: null });
}

type StatusRule = { code: FaultCode; text: string; next: string };
type Answer = { status: number; outcome: unknown; retryAfterMs: number | null };

const BUSY: StatusRule = {
  code: 'council-unavailable',
  text: 'it takes nothing at the moment',
  next: 'it is tried again by itself',
};
const OUT_OF_REACH = {
  code: 'council-unavailable',
  next: 'it is tried again by itself; check its address in the site file if it stays so',
} as const;
const UNSURE: StatusRule = {
  code: 'no-reply',
  text: 'whether it took the request is not known',
  next: 'what it holds is read before it is sent again',
};
const CHANGED_MEANWHILE: StatusRule = {
  code: 'version-conflict',
  text: 'it holds another version than the one read',
  next: 'it is read again, then sent again',
};
const REDIRECTED: StatusRule = {
  code: 'council-refused',
  text: 'a redirect, which is not followed',
  next: 'set the address to which it redirects in the site file',
};
const NOT_LET_IN: StatusRule = {
  code: 'council-refused',
  text: 'it does not let us in',
  next: 'ask the council which credentials it expects',
};
const REFUSED: StatusRule = {
  code: 'council-refused',
  text: 'it does not accept the request',
  next: 'read its OperationOutcome on the delivery, mend the cause, then deliver again',
};

/** A gateway that answers 502 or 504, and a server that fails (500), may have taken the request before. */
function ruleFor(status: number): StatusRule {
  if (status === 429 || status === 503) return BUSY;
  if (status === 408 || status >= 500) return UNSURE;
  if (status === 409 || status === 412) return CHANGED_MEANWHILE;
  if (status === 401 || status === 403) return NOT_LET_IN;
  return status < 400 ? REDIRECTED : REFUSED;
}

function troubleOfStatus(to: string, { code, text, next }: StatusRule, answer: Answer): FhirTrouble {
  const { status, outcome, retryAfterMs } = answer;
  return {
    kind: 'trouble',
    detail: { code, where: to, text: `answered ${status}: ${text}`, next },
    httpStatus: status,
    retryAfterMs,
    outcome: isObject(outcome) && outcome.resourceType === 'OperationOutcome' ? outcome : null,
  };
}

function unanswered(to: string, { code, next }: Pick<StatusRule, 'code' | 'next'>, text: string): FhirTrouble {
  return {
    kind: 'trouble',
    detail: { code, where: to, text, next },
    httpStatus: null,
    retryAfterMs: null,
    outcome: null,
  };
}

/** `fetch` says only that it failed; the reason is its cause, or the first of several. */
function networkCode(error: Record<string, unknown>): string | null {
  const { cause } = error;
  if (!isObject(cause)) return null;
  return typeof cause.code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(cause.code) ? cause.code : 'UNKNOWN';
}

/**
 * `Retry-After` in whole milliseconds: seconds, or a date by the clock of the council, which `Date` tells (RFC 9110,
 * 10.2.3 and 6.6.1). Null when absent or unreadable.
 */
function retryAfter(error: Record<string, unknown>, nowMs: number): number | null {
  const headers = isObject(error.config) ? error.config.headers : undefined;
  if (!(headers instanceof Headers)) return null;
  const text = headers.get('retry-after')?.trim();
  if (!text) return null;
  const answeredMs = Date.parse(headers.get('date') ?? '');
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - (answeredMs || nowMs);
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(Math.round(waitMs), 0), LONGEST_WAIT_MS);
}
