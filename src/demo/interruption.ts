/** A wish of the person at the keyboard, or of the system, that this should end. */
export type Interruption = { signal: AbortSignal; happened: Promise<void>; forget(): void };

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Listens until `forget`. Asked again (npm passes a Ctrl-C on that has already come), it changes nothing. A reader that
 * has gone (`| head`) ends us too, in good order.
 */
export function interruption(): Interruption {
  const controller = new AbortController();
  const end = () => controller.abort();
  const happened = new Promise<void>((resolve) => {
    controller.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  for (const name of SIGNALS) process.on(name, end);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', end);
  return {
    signal: controller.signal,
    happened,
    forget: () => {
      for (const name of SIGNALS) process.off(name, end);
    },
  };
}
