import { isNativeError } from 'node:util/types';
import { type DestinationStream, pino } from 'pino';
import { FAULTS, Fault } from './fault.js';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const ROW = /^(?:\d{1,9}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const BODY = /^(?:[A-Z0-9]{3}|(?=[A-Z]*\d)[A-Z0-9]{4,9}(?:-children)?)$/; // an ODS or GSS code; longer ones without a digit are words
const POSTCODE = /^[A-Z]{1,2}\d[A-Z0-9]?\d[A-Z]{2}$/;

const oneOf = (words: readonly string[]) => (value: string) => words.includes(value);
const like = (shape: RegExp) => (value: string) => shape.test(value) && !POSTCODE.test(value);

/** The fields that may be logged, and what each may hold. Whatever has another name or another form is left out. */
const TEXTS = {
  messageRow: like(ROW),
  deliveryRow: like(ROW),
  nodeRow: like(ROW),
  sealRow: like(ROW),
  head: like(/^[0-9a-f]{64}$/),
  sender: like(BODY),
  council: like(BODY),
  trigger: like(/^[A-Z]\d{2}$/),
  ack: like(/^[AC][AER]$/),
  fault: oneOf(Object.keys(FAULTS)),
  state: oneOf([
    'received',
    'interpreted',
    'ignored',
    'parked',
    'rejected',
    'due',
    'sending',
    'handed-over',
    'confirmed',
    'overtaken',
  ]),
  role: oneOf(['listen', 'work', 'console']),
  system: oneOf(['database', 'queue', 'redis', 'mllp', 'http', 'council']),
  alert: oneOf([
    'feed-silent',
    'undelivered',
    'delivery-parked',
    'uninterpreted',
    'unfolded',
    'folded-otherwise',
    'due-chased',
    'due-escalated',
    'charge-new',
    'parked-rate',
    'sender-refused',
    'disk-low',
    'certificate-expiring',
  ]),
  channel: oneOf(['webhook', 'email']),
  outcome: oneOf(['stored', 'repeat', 'reused']),
  queue: like(/^(?:interpret|fold|sweep|deliver(?:-[A-Z0-9]{3,9}(?:-children)?)?)$/),
} as const satisfies Record<string, (value: string) => boolean>;

const NUMBERS = [
  'attempt',
  'bytes',
  'connections',
  'count',
  'durationMs',
  'httpStatus',
  'port',
  'recordVersion',
  'retryAfterMs',
] as const;

export type LogFields = Partial<Record<keyof typeof TEXTS, string> & Record<(typeof NUMBERS)[number], number>> & {
  error?: unknown;
};

/** Only text written in the source: a `string` that was made at run time, or a template with one in it, is no event. */
type Literal<Text extends string> = Record<never, never> extends Record<Text, true> ? never : Text;

type Write = <Event extends string>(event: Literal<Event>, fields?: LogFields) => void;

/**
 * A logger that cannot print patient data. What is logged is a fixed event and fields of known name and shape;
 * an error loses its message (which may quote what was being read) unless it is our own `Fault`.
 */
export type Log = Record<'debug' | 'info' | 'warn' | 'error', Write> & { child(fields: LogFields): Log };

/** Writes JSON lines to standard error: standard output belongs to the answers of commands. */
export function createLog(level: LogLevel, destination: DestinationStream = standardError()): Log {
  const options = { level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime };
  return logOver(pino(options, destination), {});
}

/** Calls back once, after a while. */
type Later = (work: () => void) => void;

/** Does not keep the process alive: what is held back at the end is lost with it. */
const inAMinute: Later = (work) => void setTimeout(work, 60_000).unref();

/**
 * The same log, sparing with trouble: of warnings and errors with one cause (event, fault and error code) the first is
 * written at once, and then one a minute with the `count` of those it stands for. An outage that every message meets
 * would otherwise fill the disk, and hide what else is wrong.
 */
export function sparing(log: Log, later: Later = inAMinute): Log {
  return sparingOver(log, new Map(), later);
}

/** Of each cause, how many lines were held back since the last one. */
type Held = Map<string, number>;

function sparingOver(log: Log, held: Held, later: Later): Log {
  const at =
    (level: 'warn' | 'error'): Write =>
    (event, fields) => {
      const cause = [level, event, fields?.fault ?? '', codeOf(fields?.error)].join(' ');
      const before = held.get(cause);
      if (before !== undefined) return void held.set(cause, before + 1);
      log[level](event, fields);
      const rest = () => {
        held.set(cause, 0);
        later(() => {
          const count = held.get(cause) ?? 0;
          held.delete(cause);
          if (count === 0) return;
          log[level](event, { ...fields, count });
          rest();
        });
      };
      rest();
    };
  return {
    ...log,
    warn: at('warn'),
    error: at('error'),
    child: (fields) => sparingOver(log.child(fields), held, later),
  };
}

const codeOf = (error: unknown): string =>
  isNativeError(error) && 'code' in error ? String(error.code) : isNativeError(error) ? error.name : '';

type Sink = Record<'debug' | 'info' | 'warn' | 'error', (fields: object, event: string) => void>;

const standardError = () => pino.destination({ dest: 2, sync: true });

function logOver(sink: Sink, always: LogFields): Log {
  const at =
    (level: keyof Sink): Write =>
    (event, fields) =>
      sink[level](allowed({ ...always, ...fields }), eventText(event));
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => logOver(sink, { ...always, ...fields }),
  };
}

/** The type forbids made-up events; this is for those who go round the type. Events are small words, without digits. */
const eventText = (event: string): string =>
  /^[a-z]+(?:[ ,;-]{1,2}[a-z]+){0,24}$/.test(event) ? event : 'event withheld';

function allowed(fields: LogFields): Record<string, unknown> {
  const kept: Record<string, unknown> = safeFields(fields);
  if (fields.error !== undefined) kept.error = errorForLog(fields.error, 3);
  return kept;
}

/** Those of the fields, errors aside, that may leave the service: in a log, or beside a trace. */
export function safeFields(fields: LogFields): Record<string, string | number> {
  const kept: Record<string, string | number> = {};
  for (const [name, mayHold] of Object.entries(TEXTS)) {
    const value: unknown = fields[name as keyof typeof TEXTS];
    if (typeof value === 'string' && mayHold(value)) kept[name] = value;
  }
  for (const name of NUMBERS) {
    const value: unknown = fields[name];
    if (typeof value === 'number' && Number.isFinite(value) && Math.abs(value) < 1e9) kept[name] = value;
  }
  return kept;
}

function errorForLog(error: unknown, depth: number): Record<string, unknown> {
  if (!isNativeError(error)) return { name: 'not an Error' };
  const code: unknown = 'code' in error ? error.code : undefined;
  return {
    name: /^[A-Za-z]{1,40}$/.test(error.name) ? error.name : 'Error',
    ...(typeof code === 'string' && /^[A-Za-z_][A-Za-z0-9_-]{1,39}$|^[0-9A-Z]{5}$/.test(code) ? { code } : {}),
    ...(error instanceof Fault ? { message: error.message } : {}),
    stack: framesOf(error),
    ...(error.cause !== undefined && depth > 1 ? { cause: errorForLog(error.cause, depth - 1) } : {}),
  };
}

/** The stack begins with the message, which may span lines: that is cut away, then only what looks like a frame stays. */
function framesOf(error: Error): string[] {
  const stack = typeof error.stack === 'string' ? error.stack : '';
  const from = error.message === '' ? 0 : stack.indexOf(error.message) + error.message.length;
  return stack
    .slice(Math.max(from, 0))
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^at (?:[\w.$<>[\] ]+ \()?(?:file:\/\/|node:|\/)[^()\s]+:\d+:\d+\)?$/.test(line));
}
