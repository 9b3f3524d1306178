import { amount, type Json, part, type Stateful } from '../validation/saved-state.js';

const STATE = part<{ losses: number; outcomes: number }>(1, { losses: amount, outcomes: amount });

/**
 * The usual loss of a path: posterior mean of a Beta(1, 999) prior, (1 + losses) / (1000 + outcomes), over an
 * exponentially fading memory, so that a path without losses for a long time is trusted more, and a lossy one less.
 */
export class LossRate implements Stateful {
  private losses = 0;
  private outcomes = 0;
  private readonly keep: number;

  /** `memory`: the number of outcomes after which one has faded to 1/e. */
  constructor(memory: number) {
    this.keep = 1 - 1 / memory;
  }

  add(lost: boolean): void {
    this.losses = this.losses * this.keep + (lost ? 1 : 0);
    this.outcomes = this.outcomes * this.keep + 1;
  }

  get value(): number {
    return (1 + this.losses) / (1000 + this.outcomes);
  }

  save(): Json {
    return STATE.save({ losses: this.losses, outcomes: this.outcomes });
  }

  load(saved: Json): void {
    ({ losses: this.losses, outcomes: this.outcomes } = STATE.load(saved));
  }
}
