import type { Millis } from '../sample.js';
import {
  expectState,
  FURTHEST,
  inner,
  type Json,
  numbers,
  part,
  type Stateful,
} from '../validation/saved-state.js';
import { LONGEST } from './candidate-level.js';
import { MedianBins } from './median-bins.js';

/** Parts of a bin: what a moment is exact to. */
const PARTS = 16;
/** Parts that are kept: those of eight bins. */
const ROOM = 8 * PARTS;

const STATE = part<{ bins: Json; times: Float64Array; values: Float64Array }>(1, {
  bins: inner,
  times: numbers(ROOM, -FURTHEST, FURTHEST),
  values: numbers(ROOM, 0, LONGEST),
});

/**
 * Finds the moment of a change within a bin: keeps medians over a sixteenth of a bin each, for eight bins, and splits
 * those around the change where the sum of distances to the two levels is the smallest.
 */
export class ChangeMoment implements Stateful {
  private readonly bins: MedianBins;
  /** Oldest first. */
  private times: Millis[] = [];
  private values: Millis[] = [];

  constructor(private readonly binMs: Millis) {
    this.bins = new MedianBins(binMs / PARTS);
  }

  add(at: Millis, rttMs: Millis): void {
    for (const bin of this.bins.add(at, rttMs)) {
      this.times.push(bin.at);
      this.values.push(bin.value);
      if (this.times.length <= ROOM) continue;
      this.times.shift();
      this.values.shift();
    }
  }

  /** When the level moved, if the bin that began at `since` was the first at the new one; `since` if that is long ago. */
  locate(since: Millis, fromMs: Millis, toMs: Millis): Millis {
    const { times, values, binMs } = this;
    if (!(times[0]! <= since)) return since;
    // An outlier counts for no more than a value at the other level.
    const gap = Math.abs(toMs - fromMs);
    let [sum, least, found] = [0, Infinity, since];
    times.forEach((at, index) => {
      if (at < since - binMs || at > since + binMs) return;
      if (sum < least) [least, found] = [sum, at];
      const value = values[index]!;
      sum += Math.min(gap, Math.abs(value - fromMs)) - Math.min(gap, Math.abs(value - toMs));
    });
    return found;
  }

  save(): Json {
    const { bins, times, values } = this;
    return STATE.save({
      ...{ bins: bins.save(), times: Float64Array.from(times), values: Float64Array.from(values) },
    });
  }

  load(saved: Json): void {
    const { bins, times, values } = STATE.load(saved);
    expectState(times.length === values.length, 'a time for each value');
    this.bins.load(bins);
    this.times = [...times];
    this.values = [...values];
  }
}
