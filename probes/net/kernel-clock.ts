import type { Millis } from '../../src/core/sample.js';
import { type ClockOrigin, now } from '../../src/system/clock.js';
import { timeAt } from './control.js';
import type { Libc } from './libc.js';
import { Memory } from './memory.js';

const CLOCK_REALTIME = 0;
/** Reading both clocks takes about 1 µs. If it takes longer than this, the thread was interrupted in between. */
const UNINTERRUPTED_MS: Millis = 0.02;

/** The session's time line, and the kernel's clock that stamps packets. */
export class KernelClock {
  private readonly time = new Memory(16);

  constructor(
    private readonly libc: Libc,
    private readonly origin: ClockOrigin,
  ) {}

  now(): Millis {
    return now(this.origin);
  }

  /** Now, on the clock of the kernel's stamps. */
  realtime(): Millis {
    this.libc.clock_gettime(CLOCK_REALTIME, this.time.bytes);
    return timeAt(this.time.view, 0);
  }

  /** Both at the same moment: the best of a few tries. */
  both(): { now: Millis; realtime: Millis } {
    let best = { now: 0, realtime: 0, took: Infinity };
    for (let tries = 0; tries < 4 && best.took > UNINTERRUPTED_MS; tries++) {
      const before = this.now();
      const realtime = this.realtime();
      const took = this.now() - before;
      if (took < best.took) best = { now: before + took / 2, realtime, took };
    }
    return best;
  }
}
