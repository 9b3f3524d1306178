import type { Millis } from '../core/sample.js';
import type { Damage } from './ending.js';
import type { SampleDecoder } from './sample-rows.js';

/** A place between two lines of a file. */
export interface IndexPoint {
  offset: number;
  /** Lines before it. */
  lines: number;
}

/** A stretch of a file that can't be decoded. */
export interface Loss {
  line: number;
  why: string;
  from: number;
  to: number;
}

/** The state of a reader between damage and the next sync row. */
export interface Search {
  /** The first damaged row. */
  loss: Loss;
  /** The places after the first damaged row and after the last. */
  first: IndexPoint;
  last: IndexPoint;
  /** The reference of rows before the damage, and the number of samples there. */
  before: SampleDecoder;
  samples: number;
}

/** Collects what was lost of a recording. */
export class Losses {
  /** Some rows after damage still count from the reference before it. */
  adrift = false;
  private damage: Omit<Damage, 'adrift' | 'samples' | 'incomplete'> | undefined;
  private lastTo = -1;

  /** Damaged rows that follow each other are one place. */
  add({ line, why, from, to }: Loss, missingMs: Millis = 0): void {
    this.damage ??= { line, why, places: 0, bytes: 0, missingMs: 0 };
    if (from !== this.lastTo) this.damage.places++;
    this.damage.bytes += to - from;
    this.damage.missingMs += missingMs;
    this.lastTo = to;
  }

  /** Undefined if nothing was lost. `samples` is how many fewer were read than the end line says. */
  summary(samples?: number): Omit<Damage, 'incomplete'> | undefined {
    if (!this.damage) return undefined;
    return {
      ...this.damage,
      ...(samples !== undefined && samples >= 0 && { samples }),
      ...(this.adrift && { adrift: true as const }),
    };
  }
}
