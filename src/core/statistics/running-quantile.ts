import { anyNumber, type Json, optional, part, type Stateful } from '../validation/saved-state.js';

const STATE = part<{ estimate: number | undefined }>(1, { estimate: optional(anyNumber) });

/**
 * A quantile followed in constant memory by stochastic approximation (Robbins and Monro 1951): each value above the
 * estimate lifts it by `p` parts and each value below lowers it by `1 − p` parts of a thousandth of the estimate.
 * For positive values of any scale. Forgets slowly, so it follows a new level.
 */
export class RunningQuantile implements Stateful {
  private estimate: number | undefined;

  constructor(private readonly p: number) {}

  add(value: number): void {
    const now = this.estimate;
    if (now === undefined) this.estimate = value;
    else if (value > now) this.estimate = Math.min(value, now * (1 + RATE * this.p));
    else this.estimate = Math.max(value, now * (1 - RATE * (1 - this.p)));
  }

  /** Undefined before the first value. */
  get value(): number | undefined {
    return this.estimate;
  }

  save(): Json {
    return STATE.save({ estimate: this.estimate });
  }

  load(saved: Json): void {
    ({ estimate: this.estimate } = STATE.load(saved));
  }
}

const RATE = 0.1;
