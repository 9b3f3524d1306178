import type { Millis } from '../core/sample.js';

/** The stream of the bar: standard error. */
export interface ProgressOutput {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** Shorter work needs no bar. */
const DELAY: Millis = 500;
const REDRAW_INTERVAL: Millis = 200;
const WIDTH = 30;
const CLEAR = '\r\u001b[K';

/** A progress bar on a terminal for long work; draws nothing elsewhere. */
export class Progress {
  private readonly startedAt: Millis;
  private drawnAt: Millis = -Infinity;

  constructor(
    private readonly what: string,
    private readonly output: ProgressOutput = process.stderr,
    private readonly now: () => Millis = () => performance.now(),
  ) {
    this.startedAt = now();
  }

  /** `share` is in 0…1. */
  show(share: number): void {
    if (!this.output.isTTY) return;
    const now = this.now();
    if (now - this.startedAt < DELAY || now - this.drawnAt < REDRAW_INTERVAL) return;
    this.drawnAt = now;
    const done = Math.round(Math.min(1, Math.max(0, share)) * WIDTH);
    const bar = '#'.repeat(done).padEnd(WIDTH, '.');
    this.output.write(`${CLEAR}${this.what} [${bar}] ${Math.floor(100 * Math.min(1, share))} %`);
  }

  /** Removes the bar. */
  end(): void {
    if (this.drawnAt > -Infinity) this.output.write(CLEAR);
  }
}
