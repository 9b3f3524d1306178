import type { Light, LightState } from '../event.js';
import type { Millis, TargetId } from '../sample.js';

/** One target's traffic light: what is open now, or was within the hold, red before amber. */
export class TrafficLight {
  private readonly until: Record<'amber' | 'red', Millis> = { amber: -Infinity, red: -Infinity };
  private readonly reasons: Record<'amber' | 'red', string> = { amber: '', red: '' };
  private shown: Light | undefined;
  private shownWhy = '';

  constructor(
    private readonly target: TargetId,
    private readonly holdMs: Millis,
  ) {}

  /** Something is as said until further notice, or until it was over at `endedAt`, and is then held for `holdMs`. */
  raise(light: 'amber' | 'red', why: string, endedAt?: Millis, holdMs = this.holdMs): void {
    this.until[light] = endedAt === undefined ? Infinity : endedAt + holdMs;
    this.reasons[light] = why;
  }

  /** Takes back what was raised. */
  clear(light: 'amber' | 'red'): void {
    this.until[light] = -Infinity;
  }

  /** The light if it changed. */
  update(now: Millis): LightState | undefined {
    const light = now < this.until.red ? 'red' : now < this.until.amber ? 'amber' : 'green';
    const why = light === 'green' ? '' : this.reasons[light];
    if (light === this.shown && why === this.shownWhy) return undefined;
    this.shown = light;
    this.shownWhy = why;
    return { target: this.target, light, at: now, why };
  }
}
