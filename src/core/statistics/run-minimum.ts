/**
 * The smallest of the last `count` values: above a limit exactly when `count` values in a row were.
 * This turns the rule "so many in a row" into a score that can be compared with the limit.
 */
export class RunMinimum {
  private readonly last: Float64Array;
  private next = 0;

  constructor(private readonly count: number) {
    this.last = new Float64Array(count).fill(-Infinity);
  }

  /** −Infinity until `count` values came. */
  add(value: number): number {
    const { last, count } = this;
    last[this.next] = value;
    this.next = this.next + 1 === count ? 0 : this.next + 1;
    let least = value;
    for (let index = 0; index < count; index++) if (last[index]! < least) least = last[index]!;
    return least;
  }

  reset(): void {
    this.last.fill(-Infinity);
  }
}

/** How far out all of the last `count` values lie, on one side of zero; 0 when they lie on both. */
export class TwoSidedRunMinimum {
  private readonly above: RunMinimum;
  private readonly below: RunMinimum;

  constructor(count: number) {
    this.above = new RunMinimum(count);
    this.below = new RunMinimum(count);
  }

  add(value: number): number {
    return Math.max(0, this.above.add(value), this.below.add(-value));
  }

  reset(): void {
    this.above.reset();
    this.below.reset();
  }
}
