import { expectState, inner, type Json, numbers, part, type Stateful } from '../validation/saved-state.js';

/**
 * The smallest of the last `count` values: above a limit exactly when `count` values in a row were.
 * This turns the rule "`count` in a row" into a score that can be compared with the limit.
 */
export class RunMinimum implements Stateful {
  private last: Float64Array;
  private next = 0;

  constructor(private readonly count: number) {
    this.last = new Float64Array(count).fill(-Infinity);
  }

  /** −Infinity until there are `count` values. */
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

  /** The values, oldest first. */
  save(): Json {
    const { last, next } = this;
    const inOrder = new Float64Array(this.count);
    inOrder.set(last.subarray(next));
    inOrder.set(last.subarray(0, next), this.count - next);
    return this.state.save({ last: inOrder });
  }

  load(saved: Json): void {
    const { last } = this.state.load(saved);
    expectState(last.length === this.count, `${this.count} numbers`);
    this.last = last;
    this.next = 0;
  }

  private get state() {
    return part<{ last: Float64Array }>(1, { last: numbers(this.count, -Infinity, Infinity) });
  }
}

const SIDES = part<{ above: Json; below: Json }>(1, { above: inner, below: inner });

/** The distance from zero that all of the last `count` values reach on one side; 0 if they are on both sides. */
export class TwoSidedRunMinimum implements Stateful {
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

  save(): Json {
    return SIDES.save({ above: this.above.save(), below: this.below.save() });
  }

  load(saved: Json): void {
    const { above, below } = SIDES.load(saved);
    this.above.load(above);
    this.below.load(below);
  }
}
