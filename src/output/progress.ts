import type { Millis } from '../core/sample.js';

/** Where the bar is drawn: standard error. */
export interface ProgressOutput {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** Work that is done sooner needs no bar. */
const PATIENCE: Millis = 500;
const EVERY: Millis = 200;
const WIDTH = 30;
const CLEAR = '\r\u001b[K';

/** A bar on a terminal for work that takes long; nothing elsewhere. */
export class Progress {
  private readonly begunAt: Millis;
  private drawnAt: Millis = -Infinity;

  constructor(
    private readonly what: string,
    private readonly output: ProgressOutput = process.stderr,
    private readonly now: () => Millis = () => performance.now(),
  ) {
    this.begunAt = now();
  }

  /** `share` is in 0…1. */
  show(share: number): void {
    if (!this.output.isTTY) return;
    const now = this.now();
    if (now - this.begunAt < PATIENCE || now - this.drawnAt < EVERY) return;
    this.drawnAt = now;
    const done = Math.round(Math.min(1, Math.max(0, share)) * WIDTH);
    const bar = '#'.repeat(done).padEnd(WIDTH, '.');
    this.output.write(`${CLEAR}${this.what} [${bar}] ${Math.floor(100 * Math.min(1, share))} %`);
  }

  /** Takes the bar away. */
  end(): void {
    if (this.drawnAt > -Infinity) this.output.write(CLEAR);
  }
}
