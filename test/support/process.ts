import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';

/** A program of ours in its own process, so that a test can kill it the way a machine would. */
export type Started = {
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** The first match in standard output or standard error; fails when the process ends or time runs out before. */
  waitFor(pattern: RegExp, withinMs?: number): Promise<RegExpExecArray>;
  /** Resolves when the process has ended. `SIGKILL` is the default: nothing is given time to tidy up. */
  kill(signal?: NodeJS.Signals): Promise<Ended>;
  ended: Promise<Ended>;
};

export type Ended = { code: number | null; signal: NodeJS.Signals | null };

const started = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of started) child.kill('SIGKILL');
});

/** Starts `node dist/<program>`; the environment is exactly PATH, HOME and what is given. */
export function startProgram(program: string, args: readonly string[] = [], env: Record<string, string> = {}): Started {
  const file = `dist/${program}`;
  if (!existsSync(file)) throw new Error(`${file} is missing: run "npm run build" first`);
  return start(process.execPath, [file, ...args], env);
}

/** Starts `aftercare …`. */
export const startCli = (args: readonly string[], env: Record<string, string> = {}): Started =>
  startProgram('cli.js', args, env);

export function start(command: string, args: readonly string[], env: Record<string, string> = {}): Started {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(command, args, { env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  started.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      started.delete(child);
      resolve({ code, signal });
    });
  });
  ended.catch(() => {});

  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    kill(signal = 'SIGKILL') {
      child.kill(signal);
      return ended;
    },
    async waitFor(pattern, withinMs = 30_000) {
      const found = () => pattern.exec(stdout) ?? pattern.exec(stderr);
      const over = ended.then((end) => ({ end }));
      const deadline = Date.now() + withinMs;
      for (;;) {
        const match = found();
        if (match) return match;
        const end = await Promise.race([over, pause(20)]);
        const last = found();
        if (last) return last;
        if (end || Date.now() > deadline) {
          throw new Error(
            `${command} ${args.join(' ')}: ${end ? 'ended' : 'ran on'} without ${pattern}:\n${stdout}\n${stderr}`,
          );
        }
      }
    },
  };
}

/** Asks until the condition holds; for what a process or a server does by itself. */
export async function until(holds: () => boolean | Promise<boolean>, what: string, withinMs = 30_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited ${withinMs} ms in vain for ${what}`);
    await pause(20);
  }
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address();
      server.close(() => (typeof bound === 'object' && bound ? resolve(bound.port) : reject(new Error('no port'))));
    });
  });
}

export const pause = (ms: number): Promise<undefined> => new Promise((resolve) => setTimeout(resolve, ms));
