import type { Millis } from '../core/sample.js';
import type { Damage } from './ending.js';

/** Bytes of a file that make no sense. */
export interface Loss {
  line: number;
  why: string;
  from: number;
  to: number;
}

/** What was lost of a recording so far. */
export class Losses {
  /** Some rows behind damage count from what stood before it. */
  adrift = false;
  private damage: Omit<Damage, 'adrift' | 'samples' | 'incomplete'> | undefined;
  private lastTo = -1;

  /** Those that follow each other at once are one place. */
  add({ line, why, from, to }: Loss, missingMs: Millis = 0): void {
    this.damage ??= { line, why, places: 0, bytes: 0, missingMs: 0 };
    if (from !== this.lastTo) this.damage.places++;
    this.damage.bytes += to - from;
    this.damage.missingMs += missingMs;
    this.lastTo = to;
  }

  /** Undefined where nothing was lost. `samples`: so many fewer came than the end line tells. */
  told(samples?: number): Omit<Damage, 'incomplete'> | undefined {
    if (!this.damage) return undefined;
    return {
      ...this.damage,
      ...(samples !== undefined && samples >= 0 && { samples }),
      ...(this.adrift && { adrift: true as const }),
    };
  }
}
