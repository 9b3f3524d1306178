import type { Millis, Sample } from '../core/sample.js';

/** Samples are processed for at most this long before keys, timers and the screen get a turn. */
const SLICE_MS: Millis = 20;
/** Samples between two readings of the clock. */
const BATCH = 256;
/** How long waiting samples are processed at the end of a session. */
const END_TIMEOUT_MS: Millis = 2000;
/** A minute and a half at 20,000 samples a second, in some 600 MB. */
const MAX_WAITING = 2_000_000;
const SECOND: Millis = 1000;

interface BacklogPorts {
  take(samples: readonly Sample[]): void;
  /** Gets a message for the user, at most once a second. */
  notice(text: string): void;
  /** Called when samples begin to wait, and when none waits any more. */
  waits?(waiting: boolean): void;
}

/** A queue of samples that are not processed yet: judging thousands of targets may take longer than probing them. */
export class Backlog {
  private readonly batches: (readonly Sample[])[] = [];
  private waiting = 0;
  private dropped = 0;
  private noticedAt: Millis = -Infinity;
  private turn: NodeJS.Immediate | undefined;

  constructor(
    private readonly ports: BacklogPorts,
    private readonly capacity = MAX_WAITING,
  ) {}

  /** Processes the samples now, or after those that wait already. */
  put(samples: readonly Sample[]): void {
    if (this.waiting + samples.length > this.capacity) this.drop(samples.length);
    else {
      for (let from = 0; from < samples.length; from += BATCH)
        this.batches.push(samples.slice(from, from + BATCH));
      this.waiting += samples.length;
    }
    if (this.turn) return;
    this.work(SLICE_MS);
    if (this.turn) this.ports.waits?.(true);
  }

  /** Processes waiting samples for a bounded time, and drops the rest. */
  end(): void {
    clearImmediate(this.turn);
    this.work(END_TIMEOUT_MS);
    clearImmediate(this.turn);
    this.turn = undefined;
    if (this.waiting > 0) this.drop(this.waiting);
    this.batches.length = this.waiting = 0;
  }

  private work(forMs: Millis): void {
    this.turn = undefined;
    const end = performance.now() + forMs;
    let done = 0;
    while (done < this.batches.length && performance.now() < end) {
      const batch = this.batches[done++]!;
      this.waiting -= batch.length;
      this.ports.take(batch);
    }
    this.batches.splice(0, done);
    if (this.batches.length > 0) this.turn = setImmediate(() => this.goOn());
  }

  private goOn(): void {
    this.work(SLICE_MS);
    if (!this.turn) this.ports.waits?.(false);
  }

  private drop(count: number): void {
    this.dropped += count;
    const now = performance.now();
    if (now < this.noticedAt + SECOND) return;
    this.noticedAt = now;
    this.ports.notice(
      `this machine can't keep up: dropped ${this.dropped} samples. Probe fewer targets, or less often (-i)`,
    );
  }
}
