import type { Millis, Sample } from '../core/sample.js';

/** So long samples are looked at before keys, timers and the screen have their turn. */
const SLICE_MS: Millis = 20;
/** Samples that are looked at in one go. */
const BATCH = 256;
/** What is waited for when all ends. */
const LAST_WORDS_MS: Millis = 2000;
/** A minute and a half of 20,000 a second, in some 600 MB. */
const MAX_WAITING = 2_000_000;
const SECOND: Millis = 1000;

interface BacklogPorts {
  take(samples: readonly Sample[]): void;
  /** What the user should know, at most once a second. */
  say(text: string): void;
}

/** Samples that are known and not looked at yet. Judging thousands of targets at once may take longer than probing them. */
export class Backlog {
  private readonly batches: (readonly Sample[])[] = [];
  private waiting = 0;
  private dropped = 0;
  private saidAt: Millis = -Infinity;
  private turn: NodeJS.Immediate | undefined;

  constructor(
    private readonly ports: BacklogPorts,
    private readonly most = MAX_WAITING,
  ) {}

  /** They are looked at now, unless others wait: then in their turn. */
  put(samples: readonly Sample[]): void {
    if (this.waiting + samples.length > this.most) this.drop(samples.length);
    else {
      for (let from = 0; from < samples.length; from += BATCH)
        this.batches.push(samples.slice(from, from + BATCH));
      this.waiting += samples.length;
    }
    if (!this.turn) this.work(SLICE_MS);
  }

  /** Looks at what waits, for a bounded time. */
  end(): void {
    clearImmediate(this.turn);
    this.work(LAST_WORDS_MS);
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
    if (this.batches.length > 0) this.turn = setImmediate(() => this.work(SLICE_MS));
  }

  private drop(count: number): void {
    this.dropped += count;
    const now = performance.now();
    if (now < this.saidAt + SECOND) return;
    this.saidAt = now;
    this.ports.say(
      `this machine can't keep up: ${this.dropped} samples were not looked at. Probe fewer targets, or less often (-i)`,
    );
  }
}
