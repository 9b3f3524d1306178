const FIRST_SIZE = 16;

/** Columns of numbers for the latest probes of one target, each in slot `seq & mask`. The size doubles when needed. */
export class ProbeRing {
  mask = FIRST_SIZE - 1;
  /** When each probe was sent, in ms; NaN for a number that was not used. */
  sentAt = new Float64Array(FIRST_SIZE);
  /** The kernel's time of sending, on the kernel's clock; NaN where there is none. */
  kernelSentAt = new Float64Array(FIRST_SIZE);
  /** How much later than planned each probe was sent, in ms. */
  lag = new Float64Array(FIRST_SIZE);
  /** Flags of the owner. */
  state = new Uint8Array(FIRST_SIZE);

  /** Doubles the size; `next` is the first number that has no slot yet. */
  grow(next: number): void {
    const slots = Array.from({ length: this.mask + 1 }, (_, back) => next - 1 - back).filter(seq => seq >= 0);
    const [from, to] = [this.mask, this.mask * 2 + 1];
    const wider = <Column extends Float64Array | Uint8Array>(column: Column, empty: Column): Column => {
      for (const seq of slots) empty[seq & to] = column[seq & from]!;
      return empty;
    };
    this.sentAt = wider(this.sentAt, new Float64Array(to + 1));
    this.kernelSentAt = wider(this.kernelSentAt, new Float64Array(to + 1));
    this.lag = wider(this.lag, new Float64Array(to + 1));
    this.state = wider(this.state, new Uint8Array(to + 1));
    this.mask = to;
  }
}
