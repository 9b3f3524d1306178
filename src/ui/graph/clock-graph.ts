import type { Millis } from '../../core/sample.js';
import type { WitnessReader } from '../history/witnesses.js';

/** A guest's clock over the window of the RTT graph. */
export interface ClockView {
  cells: number;
  /** Smallest and largest offset a dot across, in ms against that at the left edge; NaN where it was not read. */
  min: Float64Array;
  max: Float64Array;
  /** How far the clock moved against ours from the left edge to the newest reading. */
  changeMs: Millis;
  low: Millis;
  high: Millis;
}

/** The smallest range drawn: readings in whole milliseconds differ by one. */
const MIN_RANGE_MS = 4;

/** Undefined without a reading in the window. */
export function clockOf(
  trace: WitnessReader['clock'],
  { from, to }: { from: Millis; to: Millis },
  cells: number,
  across: number,
): ClockView | undefined {
  const count = cells * across;
  const min = new Float64Array(count).fill(NaN);
  const max = new Float64Array(count).fill(NaN);
  let oldest = NaN;
  let latest = NaN;
  trace.since(from, (at, offset) => {
    const bucket = Math.floor(((at - from) / (to - from)) * count);
    if (bucket >= count) return;
    if (Number.isNaN(latest)) latest = offset;
    oldest = offset;
    if (!(min[bucket]! <= offset)) min[bucket] = offset;
    if (!(max[bucket]! >= offset)) max[bucket] = offset;
  });
  if (Number.isNaN(latest)) return undefined;
  const relative = (values: Float64Array) => values.map(value => value - oldest);
  const [lows, highs] = [relative(min), relative(max)];
  const low = lows.reduce((least, value) => (value < least ? value : least), 0);
  const high = highs.reduce((most, value) => (value > most ? value : most), 0);
  const margin = Math.max(0, MIN_RANGE_MS - (high - low)) / 2;
  return {
    cells,
    min: lows,
    max: highs,
    changeMs: latest - oldest,
    low: low - margin,
    high: high + margin,
  };
}
