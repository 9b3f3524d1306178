import type { Light, LightState } from '../event.js';
import type { Millis, TargetId } from '../sample.js';
import {
  type Json,
  momentOrNever,
  object,
  oneOf,
  optional,
  part,
  type Stateful,
  text,
} from '../validation/saved-state.js';

type OfBoth<Value> = Record<'amber' | 'red', Value>;

const STATE = part<{
  until: OfBoth<Millis>;
  reasons: OfBoth<string>;
  shown: Light | undefined;
  shownWhy: string;
}>(1, {
  until: object<OfBoth<Millis>>({ amber: momentOrNever, red: momentOrNever }),
  reasons: object<OfBoth<string>>({ amber: text, red: text }),
  shown: optional(oneOf('green', 'amber', 'red')),
  shownWhy: text,
});

/** The traffic light of one target: what is open now or was within the hold time, red before amber. */
export class TrafficLight implements Stateful {
  private until: OfBoth<Millis> = { amber: -Infinity, red: -Infinity };
  private reasons: OfBoth<string> = { amber: '', red: '' };
  private shown: Light | undefined;
  private shownWhy = '';

  constructor(
    private readonly target: TargetId,
    private readonly holdMs: Millis,
  ) {}

  /** Raises a light until further notice or, once it ended at `endedAt`, for another `holdMs`. */
  raise(light: 'amber' | 'red', why: string, endedAt?: Millis, holdMs = this.holdMs): void {
    this.until[light] = endedAt === undefined ? Infinity : endedAt + holdMs;
    this.reasons[light] = why;
  }

  /** Withdraws a light. */
  clear(light: 'amber' | 'red'): void {
    this.until[light] = -Infinity;
  }

  /** Returns the light if it changed. */
  update(now: Millis): LightState | undefined {
    const light = now < this.until.red ? 'red' : now < this.until.amber ? 'amber' : 'green';
    const why = light === 'green' ? '' : this.reasons[light];
    if (light === this.shown && why === this.shownWhy) return undefined;
    this.shown = light;
    this.shownWhy = why;
    return { target: this.target, light, at: now, why };
  }

  save(): Json {
    const { until, reasons, shown, shownWhy } = this;
    return STATE.save({ until, reasons, shown, shownWhy });
  }

  load(saved: Json): void {
    ({
      until: this.until,
      reasons: this.reasons,
      shown: this.shown,
      shownWhy: this.shownWhy,
    } = STATE.load(saved));
  }
}
