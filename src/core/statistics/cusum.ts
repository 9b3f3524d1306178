import { amount, type Json, part, type Stateful } from '../validation/saved-state.js';

const STATE = part<{ high: number; low: number }>(1, { high: amount, low: amount });

/**
 * Two-sided tabular CUSUM (Page 1954) on a standardised input:
 * C⁺ = max(0, C⁺ + z − k), C⁻ = max(0, C⁻ − z − k); alarms when either is above h.
 */
export class TwoSidedCusum implements Stateful {
  /** C⁺: evidence of a level above the centre. */
  high = 0;
  /** C⁻: evidence of a level below it. */
  low = 0;

  /** `allowance` is k, half the shift to be found. */
  constructor(private readonly allowance: number) {}

  /** Takes the next z and returns the larger sum. Neither grows above `ceiling`. */
  add(z: number, ceiling = Infinity): number {
    this.high = Math.min(ceiling, Math.max(0, this.high + z - this.allowance));
    this.low = Math.min(ceiling, Math.max(0, this.low - z - this.allowance));
    return Math.max(this.high, this.low);
  }

  reset(): void {
    this.high = 0;
    this.low = 0;
  }

  save(): Json {
    return STATE.save({ high: this.high, low: this.low });
  }

  load(saved: Json): void {
    ({ high: this.high, low: this.low } = STATE.load(saved));
  }
}

/** What a Bernoulli CUSUM adds for a loss: ln(p1/p0). */
export function lossWeight(p0: number, p1: number): number {
  return Math.log(p1 / p0);
}

/** What it adds for a reply, below zero: ln((1 − p1)/(1 − p0)). */
export function replyWeight(p0: number, p1: number): number {
  return Math.log((1 - p1) / (1 - p0));
}
