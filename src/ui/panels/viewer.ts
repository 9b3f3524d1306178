import { duration, inSeconds } from '../../core/format/duration.js';
import { padStart } from '../../core/format/text.js';
import type { PlaybackState } from '../../core/sample.js';
import { Dots } from '../graph/dots.js';
import type { BufferTrace, PlaybackView } from '../graph/playback-graph.js';
import type { Glyphs } from '../style/glyphs.js';
import { fit, type Style, span, type TextLine, type TextSpan } from '../style/spans.js';
import { GUTTER } from './graph-plot.js';
import { LIGHT_WIDTH, NARROW } from './layout.js';
import { type Panel, ruled } from './panel.js';

const STATE_STYLE: Record<PlaybackState, Style> = { starting: 'dim', playing: 'strong', stalled: 'badge' };
const GAUGE_WIDTH = 18;

/** What a viewer of the chosen target's stream sees: its buffer under the RTT, and its state beside it. */
export const viewer: Panel = ({ playback: view, graph }, box, glyphs) => {
  if (!view) return [ruled([span('viewer'), span(' no reports yet', 'dim')], box.width, glyphs)];
  const rows = box.height - 1;
  const wide = box.width >= NARROW;
  const left = wide ? box.width - LIGHT_WIDTH : box.width;
  const state = wide ? [] : [span(' '), stateSpan(view, glyphs)];
  const heading = ruled(
    [
      span('viewer'),
      ...state,
      span(`${glyphs.separator}${bitRate(view.rate)}${glyphs.separator}${view.url}`, 'dim'),
    ],
    left,
    glyphs,
  );
  const trace = [heading, ...bufferRows(view, graph.cells, rows, glyphs)];
  if (!wide) return trace;
  const beside = [ruled([span('buffer')], LIGHT_WIDTH, glyphs), ...figures(view, glyphs)];
  return trace.map((line, row) => [...fit(line, left), ...(beside[row] ?? [])]);
};

/** The buffer over the window of the graph, and where playback stalled. */
export function bufferRows(
  { lowest, sizeMs, stalled }: BufferTrace,
  cells: number,
  rows: number,
  glyphs: Glyphs,
): TextLine[] {
  const dots = new Dots(glyphs.canvas, cells, Math.max(0, rows));
  lowest.forEach((value, x) => {
    const height = Math.round(Math.min(1, value / sizeMs) * dots.height);
    if (height > 0) dots.vertical(x, dots.height - height, dots.height - 1);
  });
  const labels = new Map([
    [rows - 1, '0 s'],
    [0, duration(sizeMs)],
  ]);
  return Array.from({ length: rows }, (_, row) => {
    const label = labels.get(row) ?? '';
    const axis = span(`${padStart(label, GUTTER - 2)} ${label ? glyphs.tick : glyphs.axis}`, 'dim');
    const drawn = dots
      .row(row)
      .map((text, cell) => (row === rows - 1 && stalled[cell] ? mark(glyphs) : span(text, 'data')));
    return [axis, ...drawn];
  });
}

function mark({ playback }: Glyphs): TextSpan {
  return span(playback.stalled[0]!, 'red');
}

/** The most important figures first, because only the first may fit. */
function figures(view: PlaybackView, glyphs: Glyphs): TextLine[] {
  const { stalls, stalledMs, trouble, state, thresholdMs } = view;
  const times = stalls === 1 ? 'stalled once' : `${stalls} stalls`;
  return [
    [span('  '), stateSpan(view, glyphs)],
    [
      span(
        stalls === 0 ? '  never stalled' : `  ${times}, ${inSeconds(stalledMs)}`,
        stalls === 0 ? 'dim' : 'plain',
      ),
    ],
    [span('  '), ...gauge(view, glyphs)],
    [
      trouble
        ? span(`  ${trouble}`, 'notice')
        : span(`  ${state === 'stalled' ? 'resumes' : 'starts'} at ${duration(thresholdMs)}`, 'dim'),
    ],
  ];
}

function stateSpan({ state, bufferMs }: PlaybackView, { playback }: Glyphs): TextSpan {
  return span(`${playback[state]} ${state.toUpperCase()} ${inSeconds(bufferMs)}`, STATE_STYLE[state]);
}

/** The buffer as a bar, with a mark at the level where playback starts or resumes. */
function gauge({ bufferMs, sizeMs, thresholdMs }: PlaybackView, glyphs: Glyphs): TextLine {
  const cellOf = (ms: number) => Math.min(GAUGE_WIDTH, Math.round((ms / sizeMs) * GAUGE_WIDTH));
  const full = cellOf(bufferMs);
  const bar = glyphs.bar.repeat(full) + glyphs.trough.repeat(GAUGE_WIDTH - full);
  const at = Math.min(GAUGE_WIDTH - 1, cellOf(thresholdMs));
  return [span(bar.slice(0, at), 'data'), span(glyphs.edge, 'strong'), span(bar.slice(at + 1), 'data')];
}

function bitRate(kbits: number): string {
  return kbits < 1000 ? `${kbits} kbit/s` : `${Number((kbits / 1000).toPrecision(3))} Mbit/s`;
}
