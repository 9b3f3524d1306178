import { duration } from '../../core/format/duration.js';
import { clip, widthOf } from '../../core/format/text.js';
import { bytes } from '../../core/format/units.js';
import type { RecordingState } from '../../recording/record-switch.js';
import type { Key } from '../keys/keys.js';
import type { Prompt } from '../model/prompt.js';
import type { Glyphs } from '../style/glyphs.js';
import { fit, justify, lineWidth, linked, span, type TextLine } from '../style/spans.js';
import type { View } from '../view/view.js';
import { hintsFor } from './hints.js';
import { NARROW, SHORT } from './layout.js';
import { lightCounts, modeBadge, type Panel, unseenBadge } from './panel.js';

/** The share of the line that hints get before facts, and the cells of the quit and help keys. */
const HINTS_SHARE = 0.42;
const MIN_HINTS = 16;
const MAX_FILTER = 10;

/** How the targets are probed and recorded, and the hints that fit; or an open question. */
export const status: Panel = (view, { top, width }, glyphs) => {
  const { controls, title } = view;
  if (controls.prompt) return [asked(controls.prompt, width)];
  const keys = hintsFor(view);
  const unseen = top + 1 < SHORT ? unseenBadge(view) : [];
  const badge = [...modeBadge(view), ...unseen, ...listBadge(view, width, glyphs)];
  const room =
    width - lineWidth(badge) - lineWidth(hints(Math.max(MIN_HINTS, HINTS_SHARE * width), keys)) - 1;
  const isKeyed = view.page !== undefined || view.wallView !== undefined;
  const facts = isKeyed ? undefined : factsOf(view, glyphs).find(line => lineWidth(line) <= room);
  // Without room for facts, on the page of an event and on the wall, show the recording and the lights of all targets.
  const left = [
    ...badge,
    ...(facts ?? [...recordingMark(view, glyphs), ...lightCounts(title.lights, glyphs)]),
  ];
  return [justify(left, hints(width - lineWidth(left) - 1, keys), width)];
};

/** The filter, because a low screen has no title, and the order, because a narrow one has no headings. */
function listBadge({ controls, targets }: View, width: number, { sorted }: Glyphs): TextLine {
  const { filter, sort, reversed } = controls.listing;
  const shown = filter && `/${clip(filter, MAX_FILTER)} ${targets.matching}`;
  const order = sort === 'given' || width >= NARROW ? '' : `${sort}${sorted[reversed ? 1 : 0]}`;
  const text = [shown, order].filter(Boolean).join(' ');
  return text ? linked([span(` ${text} `, 'notice')], { action: filter ? 'filter' : 'sort' }) : [];
}

/** Backend, interval, rate and recording, from the longest form to the shortest. */
function factsOf({ status, replay }: View, { separator, recording: mark }: Glyphs): TextLine[] {
  const { backends, intervalMs, packetsPerSecond, recording } = status;
  const bell = status.bell ? ['bell'] : [];
  const rate = Number(packetsPerSecond.toPrecision(3));
  const interval = duration(intervalMs);
  const written = (words: readonly string[]) => span(` ${words.join(separator)}`, 'dim');
  if (replay) {
    const { events, differing } = replay;
    const counted = `${events} ${events === 1 ? 'event' : 'events'}`;
    const judged = differing > 0 ? `${differing} of ${counted} judged differently` : counted;
    return [[written([backends, `every ${interval}`, judged])], [written([judged])]];
  }
  if (!recording)
    return [
      [written([backends, `every ${interval}`, `${rate} packets/s`, ...bell, 'not recording'])],
      [written([backends, interval, `${rate}/s`, ...bell, 'not recording'])],
      [written([interval, ...bell, 'not recording'])],
    ];
  const [long, short] = recordingWords(recording);
  const beside = (words: readonly string[], text: string) => [
    written(words),
    span(separator, 'dim'),
    span(`${mark} ${text}`, 'red'),
  ];
  return [
    beside([backends, `every ${interval}`, `${rate} packets/s`, ...bell], long),
    beside([backends, interval, `${rate}/s`, ...bell], short),
    [span(` ${mark} ${short}`, 'red')],
  ];
}

/** Whether the session is being recorded, without name and size; empty if it is not, and in a replay. */
function recordingMark({ status: { recording }, replay }: View, { recording: mark }: Glyphs): TextLine {
  if (!recording || replay) return [];
  return [span(recording.trouble === undefined ? ` ${mark} recording` : ` ${mark} NOT RECORDING`, 'red')];
}

function recordingWords({ name, bytes: size, trouble }: RecordingState): [long: string, short: string] {
  if (trouble !== undefined) return [`NOT RECORDING: ${trouble}`, 'NOT RECORDING'];
  return [`recording ${name} ${bytes(size)}`, `recording ${bytes(size)}`];
}

/** The question and the answer so far, with the keys if they fit; or with the error, clipped rather than dropped. */
function asked({ label, text, problem, checking }: Prompt, width: number): TextLine {
  const question: TextLine = [span(` ${label}: `, 'strong'), span(text), span(' ', 'badge')];
  const keys = checking ? ' looking it up, Esc to cancel ' : ' Enter to confirm, Esc to cancel ';
  if (!problem) return fit(justify(question, [span(keys, 'dim')], width), width);
  // A long answer leaves half of the line to the error.
  const room = Math.max(width - lineWidth(question), Math.floor(width / 2));
  const message = ` ${clip(problem, room - 2)} `;
  return fit([...fit(question, width - widthOf(message)), span(message, 'notice')], width);
}

function hints(room: number, keys: readonly Key[]): TextLine {
  const line: TextLine = [];
  for (const { label, hint, action } of keys) {
    const next = linked([span(` ${label}`, 'strong'), span(` ${hint} `, 'dim')], { action });
    if (lineWidth([...line, ...next]) > room) break;
    line.push(...next);
  }
  return line;
}
