import { lightOf } from '../../core/event.js';
import { duration, durationRange } from '../../core/format/duration.js';
import type { TimeFormat } from '../../core/format/time-of-day.js';
import type { Glyphs } from '../style/glyphs.js';
import { joinCells, span, type TextLine, type TextSpan } from '../style/spans.js';
import type { CursorView } from '../view/cursor.js';
import type { Panel } from './panel.js';

/** The facts at the cursor: time, RTT, losses, events, alarms and notes. */
export const cursor: Panel = ({ cursor: view, wall }, _box, glyphs) => {
  if (!view) return [];
  const parts = [...measured(view), ...view.events.map(({ red, label }) => span(label, lightOf({ red })))];
  const facts = [...parts, judged(view), ...view.notes.map(text => span(text, 'notice'))];
  return [[span(` ${glyphs.chosen} ${when(view, wall)}`, 'strong'), ...separated(facts, glyphs)]];
};

/** In milliseconds if a column is shorter than a second. */
function when({ from, to }: CursorView, wall: TimeFormat): string {
  const length = to - from;
  const place = length < 1000 ? wall.precise(from) : wall.time(from);
  return `${place} +${duration(length)}`;
}

function measured({ counts: { sent, lost, minMs, maxMs } }: CursorView): TextSpan[] {
  if (sent === 0) return [span('no probes sent', 'dim')];
  const rtt = durationRange(minMs, maxMs);
  return [
    ...(lost < sent ? [span(rtt)] : []),
    lost > 0 ? span(`${lost} of ${sent} lost`, 'red') : span(`${sent} sent, none lost`, 'dim'),
  ];
}

function judged({ alarms, judged }: CursorView): TextSpan {
  if (!judged) return span('no verdict', 'dim');
  if (alarms.length === 0) return span('no detector above limit', 'dim');
  const words = alarms.map(({ detector, times }) => `${detector} ${multiple(times)}`);
  return span(`above limit: ${words.join(', ')}`, 'red');
}

function multiple(times: number): string {
  return times > 20 ? 'far' : `${times.toFixed(1)}x`;
}

function separated(spans: readonly TextSpan[], { separator }: Glyphs): TextLine {
  return joinCells(spans.flatMap(each => [span(separator, 'dim'), { ...each }]));
}
