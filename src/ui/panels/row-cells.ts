import { figure } from '../../core/format/duration.js';
import { padStart } from '../../core/format/text.js';
import { ProbeStatus } from '../history/ring.js';
import { downText } from '../style/down-text.js';
import type { Glyphs } from '../style/glyphs.js';
import { joinCells, span, type TextLine, type TextSpan } from '../style/spans.js';
import type { SparkCell, TargetRow } from '../view/targets.js';

/** The last RTT in `width` cells, or the outcome of the last probe, or for how long the target has not answered. */
export function lastCell({ last, downMs }: TargetRow, width: number): TextSpan {
  const down = downMs === undefined ? '' : downText(downMs);
  if (down !== '' && down.length < width) return span(padStart(down, width), 'red');
  if (last.status === ProbeStatus.lost) return span(padStart('lost', width), 'red');
  if (last.status === ProbeStatus.overdue) return span(padStart('overdue', width), 'amber');
  return span(padStart(last.status === ProbeStatus.reply ? figure(last.rttMs) : '-', width));
}

/** A sparkline with the newest cell at the right; the oldest cells are dropped if it is too long. */
export function sparkline(cells: readonly SparkCell[], width: number, glyphs: Glyphs): TextLine {
  return joinCells(cells.slice(Math.max(0, cells.length - width)).map(cell => sparkCell(cell, glyphs)));
}

function sparkCell({ status, ratio }: SparkCell, { bars, lost, overdue }: Glyphs): TextSpan {
  if (status === ProbeStatus.lost) return span(lost, 'red');
  if (status === ProbeStatus.overdue) return span(overdue, 'amber');
  if (status === ProbeStatus.none) return span(' ');
  // The median sits low and each doubling adds a step and a half, so that calm looks calm and a peak stays a peak.
  const height = Math.round(1 + 1.5 * Math.log2(ratio));
  return span(bars[Math.max(0, Math.min(bars.length - 1, height))]!, 'data');
}
