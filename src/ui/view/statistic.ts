import { printable } from '../../core/format/text.js';
import type { Millis } from '../../core/sample.js';
import type { Verdict } from '../../core/verdict.js';
import type { TimeWindow } from '../graph/window.js';
import { covered } from '../history/range.js';
import type { Slots } from '../history/slots.js';

/** A detector's statistic over the window of the graph. */
export interface StatisticView {
  detector: string;
  cells: number;
  /** The highest level of each dot column; 0 without a verdict. */
  levels: Uint8Array;
  /** As it is now. */
  state: Verdict['state'];
  score: number;
  threshold: number;
  why: string;
}

/** The statistic of the detector at `index`, with its latest verdict. */
export function statisticOf(
  slots: Slots,
  index: number,
  { detector, verdict }: { detector: string; verdict: Verdict },
  { from, to, cells }: TimeWindow,
  { across, now }: { across: number; now: Millis },
): StatisticView {
  const { state, score, threshold, why } = verdict;
  return {
    ...{ detector: printable(detector), cells, state, score, threshold, why: printable(why) },
    levels: levelsOf(slots, index, { from, to, count: cells * across }, now),
  };
}

/** The levels until `until`; a recording's slots may continue beyond it. */
function levelsOf(
  slots: Slots,
  detector: number,
  dots: { from: Millis; to: Millis; count: number },
  until: Millis,
): Uint8Array {
  const levels = new Uint8Array(dots.count);
  slots.between(dots.from, Math.min(dots.to, until), (page, slot, at) => {
    const [first, last] = covered(at, slots.slotMs, dots);
    const level = page.levelIn(slot, detector);
    for (let dot = first; dot <= last; dot++) levels[dot] = Math.max(levels[dot]!, level);
  });
  return levels;
}
