import { figure } from '../../core/format/duration.js';
import { padStart } from '../../core/format/text.js';
import { ProbeStatus } from '../history/ring.js';
import { downText } from '../style/down-text.js';
import type { Glyphs } from '../style/glyphs.js';
import { joinCells, span, type TextLine, type TextSpan } from '../style/spans.js';
import type { SparkCell, TargetRow } from '../view/targets.js';

/**
 * The last RTT in `width` cells, or the outcome of the last probe, or for how long the target has not answered. Where the row
 * has no sparkline, how far a migration is comes before the RTT.
 */
export function lastCell({ last, downMs, moving }: TargetRow, width: number, isAlone = false): TextSpan {
  const down = downMs === undefined ? '' : downText(downMs);
  if (down !== '' && down.length < width) return span(padStart(down, width), 'red');
  const progress = isAlone ? moving?.find(form => form.length <= width) : undefined;
  if (progress !== undefined) return span(padStart(progress, width), 'amber');
  if (last.status === ProbeStatus.lost) return span(padStart('lost', width), 'red');
  if (last.status === ProbeStatus.overdue) return span(padStart('overdue', width), 'amber');
  return span(padStart(last.status === ProbeStatus.reply ? figure(last.rttMs) : '-', width));
}

/** The sparkline, or how far the migration of the target is while its hypervisor reports one. */
export function trail({ moving, spark }: TargetRow, width: number, glyphs: Glyphs): TextLine {
  const text = moving?.find(form => form.length <= width);
  return text === undefined ? sparkline(spark, width, glyphs) : [span(text, 'amber')];
}

/** A sparkline with the newest cell at the right; the oldest cells are dropped if it is too long. */
function sparkline(cells: readonly SparkCell[], width: number, glyphs: Glyphs): TextLine {
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
