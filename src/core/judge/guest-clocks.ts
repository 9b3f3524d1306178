import { type ClockVia, OUTCOMES } from '../outcomes.js';
import type { Millis, Outcome } from '../sample.js';
import { expectState, inner, type Json, mapOf, part, type Stateful } from '../validation/saved-state.js';
import { GuestClock } from './guest-clock.js';

type Reading = Extract<Outcome, { kind: 'clock' }>;

const VIAS: readonly string[] = OUTCOMES.clock.fields.via.examples;
/** Clocks that stand still with the guest, start again with it, and do not follow `date`. The others are wall clocks. */
const MONOTONIC: ReadonlySet<string> = new Set(['tcp'] satisfies ClockVia[]);
/** No clock is off by more, in ms: some 30 years. */
const LARGEST: Millis = 1e12;

const STATE = part<{ clocks: Map<string, Json> }>(2, { clocks: mapOf(inner, VIAS.length) });

/** The clocks of one target, one for each way in which they are read. */
export class GuestClocks implements Stateful {
  /** The wall clocks in the order of their table, which is that of their exactness. */
  wall: readonly GuestClock[] = [];
  monotonic: readonly GuestClock[] = [];
  /** The wall clocks first. */
  all: readonly GuestClock[] = [];
  private readonly clocks = new Map<string, GuestClock>();

  observe(sentAt: Millis, reading: Reading): void {
    const { via, offsetMs, rttMs, errorMs = 0 } = reading;
    if (!(Math.abs(offsetMs) < LARGEST && rttMs >= 0 && rttMs < LARGEST && errorMs >= 0)) return;
    if (errorMs < LARGEST) this.clockOf(via).observe(sentAt, reading);
  }

  save(): Json {
    return STATE.save({ clocks: new Map([...this.clocks].map(([via, clock]) => [via, clock.save()])) });
  }

  load(saved: Json): void {
    const { clocks } = STATE.load(saved);
    this.clocks.clear();
    this.arrange();
    for (const [via, clock] of clocks) {
      expectState(VIAS.includes(via), `one of ${VIAS.join(', ')}`);
      this.clockOf(via).load(clock);
    }
  }

  private clockOf(via: string): GuestClock {
    const known = this.clocks.get(via);
    if (known) return known;
    const clock = new GuestClock();
    this.clocks.set(via, clock);
    this.arrange();
    return clock;
  }

  /** A target's clocks hardly ever change, and are asked for at every reading. */
  private arrange(): void {
    this.wall = this.ordered(via => !MONOTONIC.has(via));
    this.monotonic = this.ordered(via => MONOTONIC.has(via));
    this.all = [...this.wall, ...this.monotonic];
  }

  private ordered(wanted: (via: string) => boolean): GuestClock[] {
    return VIAS.filter(wanted).flatMap(via => this.clocks.get(via) ?? []);
  }
}
