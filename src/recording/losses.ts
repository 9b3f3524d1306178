import type { Millis } from '../core/sample.js';
import type { Damage } from './ending.js';

/** Bytes of a file that can't be decoded. */
export interface Loss {
  line: number;
  why: string;
  from: number;
  to: number;
}

/** The damage found in a recording so far. */
export class Losses {
  /** Some rows after damage were decoded relative to the rows before it. */
  adrift = false;
  private damage: Omit<Damage, 'adrift' | 'samples' | 'incomplete'> | undefined;
  private lastTo = -1;

  /** Adds a loss. Losses without a gap between them are one place. */
  add({ line, why, from, to }: Loss, missingMs: Millis = 0): void {
    this.damage ??= { line, why, places: 0, bytes: 0, missingMs: 0 };
    if (from !== this.lastTo) this.damage.places++;
    this.damage.bytes += to - from;
    this.damage.missingMs += missingMs;
    this.lastTo = to;
  }

  /** The damage; undefined without any. `samples`: how many fewer there are than the end line says. */
  summary(samples?: number): Omit<Damage, 'incomplete'> | undefined {
    if (!this.damage) return undefined;
    return {
      ...this.damage,
      ...(samples !== undefined && samples >= 0 && { samples }),
      ...(this.adrift && { adrift: true as const }),
    };
  }
}
