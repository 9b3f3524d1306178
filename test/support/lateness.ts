import type { Millis } from '../../src/core/sample.js';

const STEP_MS: Millis = 20;

/** How late this process gets its turns. A busy machine does the same to every process, so limits of time grow with it. */
export class Lateness {
  /** The longest that a turn was late so far. */
  worstMs: Millis = 0;
  private due = performance.now() + STEP_MS;
  private readonly timer = setInterval(() => this.look(), STEP_MS).unref();

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const now = performance.now();
    this.worstMs = Math.max(this.worstMs, now - this.due);
    this.due = now + STEP_MS;
  }
}
