import type { FrameEvent } from './mllp-frame.js';

/** Whether a frame may be received now: `close` ends the connection without an answer, a hold makes it wait its turn. */
export type Passage = 'go' | 'close' | { cancel(): void };

/** Asked for each frame of a connection `C`, in order; the next is asked for once the one before it went through. */
export type Gate<C> = {
  /** `go` is called once, later, when the answer is a hold that nobody cancelled. */
  enter(frame: Uint8Array, connection: C, go: () => void): Passage;
  /** The connection is gone. */
  left(connection: C): void;
};

type Waiting = {
  add(events: FrameEvent[]): void;
  /** While it is, there is no use in reading on. */
  isHeld(): boolean;
  /** Forgets what waits. */
  drop(): void;
};

type Steps = {
  pass: (event: FrameEvent, go: () => void) => Passage;
  through: (events: FrameEvent[]) => void;
  refused: () => void;
  /** The hold is over, and what it held went through. */
  released: () => void;
};

/** Frames before a gate: they go through in the order in which they came. */
export function atGate({ pass, through, refused, released }: Steps): Waiting {
  let waiting: FrameEvent[] = [];
  let hold: { cancel(): void } | null = null;

  function letIn() {
    let passed = 0;
    for (const event of waiting) {
      const passage = pass(event, onTurn);
      if (passage === 'close') {
        through(waiting.slice(0, passed));
        waiting = [];
        return refused();
      }
      if (passage !== 'go') {
        hold = passage;
        break;
      }
      passed += 1;
    }
    through(waiting.splice(0, passed));
  }
  function onTurn() {
    hold = null;
    through(waiting.splice(0, 1));
    letIn();
    if (!hold) released();
  }
  return {
    add(events) {
      waiting.push(...events);
      if (!hold) letIn();
    },
    isHeld: () => hold !== null,
    drop() {
      hold?.cancel();
      hold = null;
      waiting = [];
    },
  };
}
