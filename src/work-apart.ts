import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Config } from './config.js';
import { asThrown, Fault } from './fault.js';
import type { Attempt } from './flow/attempts.js';
import { sharedPace } from './flow/pace.js';
import type { Log } from './log.js';
import type { SiteText } from './site.js';
import type { WorkTimes } from './work.js';
import type { ThreadData, ThreadSays } from './work-thread.js';

type Options = {
  config: Config;
  /** As it was when the process started: a thread that is started again must not differ from the rest. */
  siteText: SiteText;
  times: WorkTimes;
  attempted: (attempt: Attempt) => void;
  log: Log;
};
type OnClose = (end: () => Promise<void>) => void;

/**
 * Far more than it needs: about 40 MB live. With the usual limit, a share of the whole machine, what is no longer used is
 * left lying until it is several times as much.
 */
const MEMORY = { maxOldGenerationSizeMb: 1_024, maxYoungGenerationSizeMb: 24 };

/** A thread that dies at once must not be started in a circle. */
const AGAIN_AFTER_MS = 1_000;

export type WorkApart = {
  /** Resolves once it works; rejects with what the first thread could not open. */
  start(onClose: OnClose): Promise<void>;
  /** Throws while nothing works. */
  check(): Promise<void>;
};

/**
 * Does the work in a thread beside the one that takes messages and serves pages, so that no acknowledgement waits for
 * it. A thread that dies is started again: what it had begun is given back like that of a process that died.
 */
export function workApart(options: Options): WorkApart {
  let isWorking = false;
  let isStopping = false;

  const start = async (onClose: OnClose) => {
    let thread = begin(options);
    onClose(async () => {
      isStopping = true;
      thread.stop();
      await thread.ended;
    });
    await thread.working;
    isWorking = true;
    void thread.ended.then(startAgain);

    async function startAgain(error: unknown): Promise<void> {
      isWorking = false;
      if (isStopping) return;
      options.log.error('the work has ended and is started again', { error });
      await sleep(AGAIN_AFTER_MS);
      if (isStopping) return;
      thread = begin(options);
      void thread.ended.then(startAgain);
      isWorking = await thread.working.then(
        () => true,
        () => false,
      );
    }
  };
  return {
    start,
    check: async () => {
      if (!isWorking) throw ENDED;
    },
  };
}

const ENDED = new Fault({
  code: 'system-unreachable',
  where: 'work',
  text: 'its thread has ended',
  next: 'it is started again by itself; the log says why it ended, and if it goes on ending, report that',
});

type Thread = {
  /** Rejects when it ends before. */
  working: Promise<void>;
  /** With what ended it; undefined after `stop`. */
  ended: Promise<unknown>;
  /** It finishes what it has begun. */
  stop(): void;
};

function begin({ config, siteText, times, attempted }: Options): Thread {
  const workerData: ThreadData = { config, siteText, times, pace: sharedPace() };
  const worker = new Worker(new URL('./work-thread.js', import.meta.url), { workerData, resourceLimits: MEMORY });
  let trouble: unknown;
  worker.once('error', (error) => {
    trouble = asThrown(error);
  });
  const ended = new Promise<unknown>((resolve) => worker.once('exit', () => resolve(trouble)));
  const working = new Promise<void>((resolve, reject) => {
    worker.on('message', (said: ThreadSays) => (said.kind === 'working' ? resolve() : attempted(said.attempt)));
    void ended.then((error) => reject(error));
  });
  return { working, ended, stop: () => worker.postMessage('stop') };
}
