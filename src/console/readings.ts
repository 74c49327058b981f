import { Counter, Gauge, type Registry } from 'prom-client';

/** One look at the tables, or at the machine, that sets some figures. `reset` takes away what is no longer so. */
export type Reading = { read: () => Promise<() => void>; figures: readonly { reset(): void }[] };

const AT_MOST_EVERY_MS = 5_000;
/** A reading may cost this share of the time: one that took a second is used for twenty. */
const REST_TIMES = 20;

/**
 * Refreshes figures no more often than they are cheap. Scrapes that come together share one reading. Resolves to whether
 * every reading that was due went well; figures that could not be read are absent, for an old one would look like news.
 */
export function refresher(readings: readonly Reading[], clock: () => number): () => Promise<boolean> {
  const all = readings.map((reading) => refreshOne(reading, clock));
  return async () => (await Promise.all(all.map((refresh) => refresh()))).every((well) => well);
}

function refreshOne({ read, figures }: Reading, clock: () => number): () => Promise<boolean> {
  let dueAt = Number.NEGATIVE_INFINITY;
  let running: Promise<boolean> | null = null;
  const run = async () => {
    const began = clock();
    try {
      const set = await read();
      for (const figure of figures) figure.reset();
      set();
      return true;
    } catch {
      for (const figure of figures) figure.reset();
      return false;
    } finally {
      const ended = clock();
      dueAt = ended + Math.max(AT_MOST_EVERY_MS, REST_TIMES * (ended - began));
      running = null;
    }
  };
  let well = true;
  return async () => {
    if (running === null && clock() < dueAt) return well;
    running ??= run();
    well = await running;
    // What failed is tried again at the next scrape: an outage ends when it ends.
    if (!well) dueAt = Number.NEGATIVE_INFINITY;
    return well;
  };
}

/** Makers of figures that a reading sets; a counter's value is counted elsewhere, so it is reset and put. */
export function figuresIn(registry: Registry) {
  const registers = [registry];
  return {
    gauge: <Label extends string>(name: string, help: string, labelNames: Label[] = []): Gauge<Label> =>
      new Gauge({ name: `aftercare_${name}`, help, labelNames, registers }),
    counter: <Label extends string>(name: string, help: string, labelNames: Label[] = []): Counter<Label> =>
      new Counter({ name: `aftercare_${name}`, help, labelNames, registers }),
  };
}
