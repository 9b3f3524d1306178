import { printable } from '../../core/format/text.js';
import type { Millis, PlaybackState } from '../../core/sample.js';
import type { StreamInfo } from '../../core/session-info.js';
import type { PlaybackTrace } from '../history/playback-trace.js';
import type { PlaybackReader } from '../history/witnesses.js';

/** The buffer of a viewer over a window of time. */
export interface BufferTrace {
  /** The size of a full buffer. */
  sizeMs: Millis;
  /** The lowest buffer level of each dot column; NaN without a report. */
  lowest: Float64Array;
  /** Whether playback stalled in each character column. */
  stalled: readonly boolean[];
}

/** What the viewer of a stream sees, now and over the window of the RTT graph. */
export interface PlaybackView extends BufferTrace {
  url: string;
  /** kbit/s */
  rate: number;
  state: PlaybackState;
  bufferMs: Millis;
  /** The level at which playback starts or resumes. */
  thresholdMs: Millis;
  stalls: number;
  stalledMs: Millis;
  trouble: string | undefined;
}

/** A report covers the time since the one before, up to this long. */
const MAX_REPORT: Millis = 5000;

/** Undefined before the first report of a viewer. */
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

/** The buffer around an event; undefined without a report in the window. `stream` gives its size, else the fullest report. */
export function bufferOf(
  stream: StreamInfo | undefined,
  trace: PlaybackReader | undefined,
  window: { from: Millis; to: Millis; cells: number },
  across: number,
): BufferTrace | undefined {
  if (!trace) return undefined;
  const { lowest, stalled } = drawn(trace, window, across);
  const fullest = lowest.reduce((most, value) => (value > most ? value : most), -1);
  if (fullest < 0) return undefined;
  return { lowest, stalled, sizeMs: stream?.bufferMs ?? Math.max(1, fullest) };
}

function drawn(
  trace: PlaybackReader,
  { from, to, cells }: { from: Millis; to: Millis; cells: number },
  across: number,
): Pick<PlaybackView, 'lowest' | 'stalled'> {
  const count = cells * across;
  const lowest = new Float64Array(count).fill(NaN);
  const stalled = new Array<boolean>(cells).fill(false);
  const dotOf = (at: Millis) => Math.floor(((at - from) / (to - from)) * count);
  /** The report visited before, which is the next in time. */
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
