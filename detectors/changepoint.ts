import type { Detector, DetectorPlugin } from '../src/core/detector.js';
import { timeFormatOf } from '../src/core/format/time-of-day.js';
import type { Millis, Sample } from '../src/core/sample.js';
import { isRtt } from '../src/core/statistics/baseline.js';
import { type LevelChange, LevelTrack, SURE } from '../src/core/statistics/level-track.js';
import { defaultOptions, type OptionSpecs, type Options } from '../src/core/validation/options.js';
import { inner, type Json, momentOrNever, part, type Stateful } from '../src/core/validation/saved-state.js';
import { VERDICT, type Verdict } from '../src/core/verdict.js';
import { formatRtt } from './rtt-detector.js';
import { calm, LEARNING } from './verdicts.js';

/*
 * The level of the round trips moved for good, as after a change of the route or a move to another site.
 *
 * Bayesian online changepoint detection on medians over `bin` ms (see core/statistics/level-track.ts). With a new level
 * at each observation with probability H = `hazard`, and t(x) the Student density of a level with unknown mean and
 * variance, candidate level i has the probability P_i ∝ P_i · (0.99 t_i(x) + 0.01 / (1 ms + level)), and a new one begins
 * with H / (1 ms + level). score = probability of all candidates that are younger than the current level and have lasted
 * `count` observations; threshold = 0.9. Then the current level is the most probable of these, and the alarm stands for
 * `hold`, if the change is at least `least` ms, `share` % of the level, and `spread` times the usual difference between
 * observations.
 *
 * With the defaults: at 50 ms between probes, a level that lasted 150 s (five medians over 30 s each); at 4 min between probes, where each round trip is an observation, one that lasted 16 min.
 *
 * Not for: disturbances that pass (the other detectors see those within seconds), paths whose load wanders for minutes
 * at a time, and a level that rises slowly. `bin=0` judges every reply: for series of minutes between samples, or for
 * short tests; at 20 Hz every queue that fills is a new level then.
 * Reference: Adams and MacKay, Bayesian Online Changepoint Detection, 2007; Fearnhead and Rigaill, Changepoint Detection
 * in the Presence of Outliers, JASA 2019. test/calibration/README.md compares it with other methods on labelled series.
 */
const options = {
  bin: {
    default: 30_000,
    unit: 'ms',
    help: 'length of an observation: the median of its round trips',
    min: 0,
    max: 3_600_000,
  },
  count: {
    default: 5,
    unit: 'observations',
    help: 'observations that a new level must last',
    min: 2,
    max: 1000,
    whole: true,
  },
  hazard: {
    default: 1e-6,
    unit: 'probability',
    help: 'prior that an observation begins a new level',
    min: 1e-12,
    max: 0.1,
  },
  least: { default: 0.5, unit: 'ms', help: 'smaller changes are not reported', min: 0, max: 60_000 },
  share: {
    default: 0.5,
    unit: '%',
    help: 'changes below this share of the level are not reported',
    min: 0,
    max: 1000,
  },
  spread: {
    default: 4,
    unit: 'differences',
    help: 'changes below this many usual differences of observations are not reported',
    min: 0,
    max: 1000,
  },
  hold: { default: 1000, unit: 'ms', help: 'how long an alarm lasts', min: 0, max: 60_000 },
} as const satisfies OptionSpecs;

const STATE = part<{ track: Json; alarmUntil: Millis; latest: Verdict }>(1, {
  track: inner,
  alarmUntil: momentOrNever,
  latest: VERDICT,
});

/** Reads replies only: a loss has no round trip. A late reply has one. */
class Changepoint implements Detector, Stateful {
  private readonly track: LevelTrack;
  private alarmUntil: Millis = -Infinity;
  private latest: Verdict = LEARNING;

  constructor(private readonly set: Options<typeof options>) {
    this.track = levelTrack(set);
  }

  observe({ at, knownAt, outcome }: Sample): Verdict {
    if (outcome.kind !== 'reply' || !isRtt(outcome.rttMs)) return this.latest;
    const change = this.track.add(at, outcome.rttMs);
    if (change) {
      this.alarmUntil = knownAt + this.set.hold;
      this.latest = { state: 'alarm', score: change.probability, threshold: SURE, why: inWords(change) };
    } else if (knownAt > this.alarmUntil || this.latest.state !== 'alarm') this.latest = this.quiet();
    return this.latest;
  }

  save(): Json {
    const { track, alarmUntil, latest } = this;
    return STATE.save({ track: track.save(), alarmUntil, latest });
  }

  load(saved: Json): void {
    const { track, alarmUntil, latest } = STATE.load(saved);
    this.track.load(track);
    this.alarmUntil = alarmUntil;
    this.latest = latest;
  }

  private quiet(): Verdict {
    const { settled, probability } = this.track;
    return settled ? calm(this.latest, Math.min(probability, SURE), SURE) : LEARNING;
  }
}

/** What the detector follows a level with, for those who need its changes rather than verdicts. */
export function levelTrack(set: Record<string, number> = defaultOptions(options)): LevelTrack {
  const { bin, count, hazard, least, share, spread } = set as Options<typeof options>;
  return new LevelTrack({
    ...{ binMs: bin, count, hazard },
    ...{ leastMs: least, leastShare: share / 100, leastSpreads: spread },
  });
}

function inWords({ at, fromMs, toMs }: LevelChange): string {
  const time = timeFormatOf('utc', at).time(at);
  return `RTT level moved from ${formatRtt(fromMs)} to ${formatRtt(toMs)} at ${time} UTC`;
}

export const changepoint: DetectorPlugin = {
  name: 'changepoint',
  summary: 'RTT level that moved for good (Bayesian online changepoint detection)',
  reads: ['reply'],
  options,
  create: given => new Changepoint(given as Options<typeof options>),
};
