import { printable } from '../../core/format/text.js';
import type { Millis, PlaybackState } from '../../core/sample.js';
import type { StreamInfo } from '../../core/session.js';
import type { PlaybackTrace } from '../history/playback-trace.js';

/** What the viewer of a stream sees, now and over the time that the RTT graph shows. */
export interface PlaybackView {
  url: string;
  /** kbit/s */
  rate: number;
  state: PlaybackState;
  bufferMs: Millis;
  /** A full buffer, and from how much on it plays next. */
  sizeMs: Millis;
  thresholdMs: Millis;
  stalls: number;
  stalledMs: Millis;
  trouble: string | undefined;
  /** The least that was buffered, a dot across; NaN where nothing was told. */
  lowest: Float64Array;
  /** It stood still at some time, a character across. */
  stalled: readonly boolean[];
}

/** A report tells of the time since the one before, unless that is longer ago than this. */
const MAX_REPORT: Millis = 5000;

/** Undefined where no viewer told anything yet. */
export function playbackOf(
  stream: StreamInfo | undefined,
  trace: PlaybackTrace | undefined,
  window: { from: Millis; to: Millis; cells: number },
  across: number,
): PlaybackView | undefined {
  if (!stream || !trace?.latest) return undefined;
  const { state, bufferMs, stalls, stalledMs, trouble } = trace.latest;
  return {
    url: printable(stream.url),
    rate: stream.rate,
    ...{ state, bufferMs, stalls, stalledMs },
    sizeMs: stream.bufferMs,
    thresholdMs: state === 'starting' ? stream.startMs : stream.rebufferMs,
    trouble: trouble === undefined ? undefined : printable(trouble),
    ...drawn(trace, window, across),
  };
}

function drawn(
  trace: PlaybackTrace,
  { from, to, cells }: { from: Millis; to: Millis; cells: number },
  across: number,
): Pick<PlaybackView, 'lowest' | 'stalled'> {
  const count = cells * across;
  const lowest = new Float64Array(count).fill(NaN);
  const stalled = new Array<boolean>(cells).fill(false);
  const dotOf = (at: Millis) => Math.floor(((at - from) / (to - from)) * count);
  /** The report that was visited before, which is the next in time. */
  let later: { at: Millis; lowestMs: Millis } | undefined;
  const fill = (since: Millis) => {
    if (!later) return;
    const first = later.at - since > MAX_REPORT ? dotOf(later.at) : dotOf(since) + 1;
    const last = Math.min(count - 1, dotOf(later.at));
    for (let dot = Math.max(0, Math.min(first, last)); dot <= last; dot++)
      if (!(lowest[dot]! <= later.lowestMs)) lowest[dot] = later.lowestMs;
  };
  trace.since(from, (at, lowestMs, state) => {
    fill(at);
    later = { at, lowestMs };
    const cell = Math.floor(dotOf(at) / across);
    if (state === 'stalled' && cell < cells) stalled[cell] = true;
  });
  fill(from);
  return { lowest, stalled };
}
