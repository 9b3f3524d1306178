import { ClockTrack } from '../src/core/clock/track.js';
import type { Detector, DetectorPlugin } from '../src/core/detector.js';
import { CLOCK_VIAS, type ClockVia, type Millis, type Sample } from '../src/core/sample.js';
import type { OptionSpecs, Options } from '../src/core/validation/options.js';
import {
  inner,
  type Json,
  momentOrNever,
  oneOf,
  optional,
  part,
  type Stateful,
  truth,
} from '../src/core/validation/saved-state.js';
import { VERDICT, type Verdict } from '../src/core/verdict.js';
import { calm, LEARNING } from './verdicts.js';

/*
 * The guest's clock stepped: while a guest is frozen, its clock stands still, and steps by minus the blackout.
 *
 * score = |deviation of a reading from the clock's course| − what its round trip's delay and the course's own doubt can
 * explain, ms (see core/clock/track.ts). threshold = max(`least`, 3 × its usual 99th percentile), ms. Alarms at once
 * from three thresholds, else when the next reading agrees, for `hold`. Meanwhile score = |step|, and `why`
 * gives it more exactly with every reading.
 *
 * Not for: guests whose clock is set on resume, or slewed faster than it is read; a clock that is set looks like a
 * freeze. A missing step never proves that nothing happened.
 * Reference: the clock filter of NTP, RFC 5905 section 10; Mills, Computer Network Time Synchronization, 2011.
 */
const options = {
  least: { default: 2, unit: 'ms', help: 'smaller steps are ignored', min: 0.5, max: 60_000 },
  hold: { default: 1000, unit: 'ms', help: 'how long an alarm lasts', min: 0, max: 60_000 },
  settle: {
    default: 10,
    unit: 'readings',
    help: 'readings before the first verdict',
    min: 2,
    max: 128,
    whole: true,
  },
} as const satisfies OptionSpecs;

/** Larger offsets, in ms, are not readings of a clock: some 30 years. */
const LARGEST: Millis = 1e12;

const STATE = part<{
  track: Json;
  via: ClockVia | undefined;
  known: boolean;
  steppedAt: Millis;
  latest: Verdict;
}>(1, {
  track: inner,
  via: optional(oneOf(...CLOCK_VIAS)),
  known: truth,
  steppedAt: momentOrNever,
  latest: VERDICT,
});

class ClockStepDetector implements Detector, Stateful {
  private track: ClockTrack;
  private via: ClockVia | undefined;
  private known = false;
  private steppedAt: Millis = -Infinity;
  private latest: Verdict = LEARNING;

  constructor(private readonly set: Options<typeof options>) {
    this.track = new ClockTrack(set.least);
  }

  observe({ at, knownAt, outcome }: Sample): Verdict {
    if (outcome.kind !== 'clock') {
      // Without readings the alarm has to end by time.
      if (this.latest.state === 'alarm') this.latest = this.verdict(knownAt);
      return this.latest;
    }
    const { offsetMs, rttMs, via } = outcome;
    // The clocks of one guest have different zero points: where several are read, the first in the list counts.
    if (this.via !== undefined && CLOCK_VIAS.indexOf(via) > CLOCK_VIAS.indexOf(this.via)) return this.latest;
    if (this.via !== undefined && this.via !== via) this.restart();
    this.via = via;
    if (!(Math.abs(offsetMs) < LARGEST && rttMs >= 0 && rttMs < LARGEST)) return this.latest;
    const step = this.track.observe({ at: at + rttMs / 2, offsetMs, rttMs });
    if (step && this.known) this.steppedAt = knownAt;
    this.known ||= this.track.settled >= this.set.settle;
    this.latest = this.verdict(knownAt);
    return this.latest;
  }

  save(): Json {
    const { via, known, steppedAt, latest } = this;
    return STATE.save({ track: this.track.save(), via, known, steppedAt, latest });
  }

  load(saved: Json): void {
    const { track, via, known, steppedAt, latest } = STATE.load(saved);
    this.restart();
    this.track.load(track);
    this.via = via;
    this.known = known;
    this.steppedAt = steppedAt;
    this.latest = latest;
  }

  private restart(): void {
    this.track = new ClockTrack(this.set.least);
    this.known = false;
    this.steppedAt = -Infinity;
  }

  private verdict(now: Millis): Verdict {
    if (!this.known) return LEARNING;
    const { unexplainedMs, limitMs } = this.track;
    const step = now <= this.steppedAt + this.set.hold ? this.track.lastStep() : undefined;
    const score = Math.abs(step?.stepMs ?? 0);
    // A step that later readings reduced to nothing was not a step.
    if (!step || score <= limitMs) return calm(this.latest, Math.min(unexplainedMs, limitMs), limitMs);
    return {
      state: 'alarm',
      score,
      threshold: limitMs,
      why: `guest clock stepped ${signed(step.stepMs)}`,
    };
  }
}

function signed(ms: Millis): string {
  const size = Math.abs(ms);
  const sign = ms < 0 ? '−' : '+';
  return size < 10_000 ? `${sign}${size.toFixed(1)} ms` : `${sign}${(size / 1000).toFixed(1)} s`;
}

export const clockStep: DetectorPlugin = {
  name: 'clock-step',
  summary: "the guest's clock stood still or was set",
  reads: ['clock', 'reply'],
  options,
  create: given => new ClockStepDetector(given as Options<typeof options>),
};
