import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Fault } from '../fault.js';

/** An invented council and the address of its FHIR server. */
export type RunningCouncil = { gss: string; name: string; url: string; stop(): Promise<void> };

const PROGRAM = fileURLToPath(new URL('./council-main.js', import.meta.url));

/**
 * Starts a council's FHIR server in a process of its own. It is not of our process group, so that a Ctrl-C is for us
 * alone: the service first finishes what it is sending.
 */
export async function startCouncilServer({ gss, name }: { gss: string; name: string }): Promise<RunningCouncil> {
  const child = spawn(process.execPath, [PROGRAM, '--name', name], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const url = await firstLine(child);
  if (url === null) throw notStarted(name);
  return { gss, name, url, stop: () => end(child) };
}

function firstLine(child: ChildProcess): Promise<string | null> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(null)).once('exit', () => resolve(null));
    if (child.stdout) createInterface(child.stdout).once('line', resolve);
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

const notStarted = (name: string): Fault =>
  new Fault({
    code: 'system-unreachable',
    where: name,
    text: 'its FHIR server could not be started',
    next: 'run npm ci, which installs what it needs, and npm run build',
  });
