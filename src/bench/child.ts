import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/** `stdoutTo`: a file that takes what it prints, for what is long. */
export type Program = { command?: string; args: readonly string[]; env?: Record<string, string>; stdoutTo?: string };

/** A program in a process of its own. */
export type Child = {
  pid: number;
  /** The first match in what it has printed so far; fails, with the last that it printed, when it ends before. */
  waitFor(shape: RegExp): Promise<RegExpExecArray>;
  /** The last that it has printed. */
  printed(): string;
  /** Its exit code; null when a signal ended it. */
  ended: Promise<number | null>;
  /** Asks it to end, and after a while insists. */
  stop(): Promise<void>;
};

const INSIST_AFTER_MS = 30_000;
const KEPT_CHARACTERS = 16_384;

/** Node.js where no other command is given. Of our environment it gets what every program needs, and no setting. */
export function startChild({ command = process.execPath, args, env = {}, stdoutTo }: Program): Child {
  const file = stdoutTo === undefined ? null : openSync(stdoutTo, 'w');
  const child = spawn(command, args, {
    stdio: ['ignore', file ?? 'pipe', 'pipe'],
    env: { ...bareEnvironment(), ...env },
  });
  if (file !== null) closeSync(file);
  const printed = lastOf(child);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  ended.catch(() => undefined); // told by whoever waits for it
  return {
    pid: child.pid ?? -1,
    ended,
    printed: printed.text,
    waitFor: (shape) => firstMatch(shape, printed, ended),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      child.kill('SIGTERM');
      const insist = setTimeout(() => child.kill('SIGKILL'), INSIST_AFTER_MS);
      await ended.catch(() => undefined);
      clearTimeout(insist);
    },
  };
}

const NEEDED = ['PATH', 'HOME', 'TMPDIR', 'USER', 'LANG'];

const bareEnvironment = (): Record<string, string> =>
  Object.fromEntries(NEEDED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));

type Printed = { text(): string; onMore(listener: () => void): void };

/** Reads for as long as it prints, so that it never waits for us. */
function lastOf(child: ChildProcess): Printed {
  let text = '';
  let listener = () => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text = `${text}${chunk}`.slice(-KEPT_CHARACTERS);
      listener();
    });
  }
  return {
    text: () => text,
    onMore: (more) => {
      listener = more;
    },
  };
}

function firstMatch(shape: RegExp, printed: Printed, ended: Promise<number | null>): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const found = shape.exec(printed.text());
      if (found) resolve(found);
    };
    printed.onMore(look);
    look();
    ended.then(() => {
      look();
      reject(new Error(`a process ended before it was ready:\n${printed.text().slice(-2_000)}`));
    }, reject);
  });
}
