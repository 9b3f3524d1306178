import type { MigrationEvent } from '../../core/event.js';
import { printable } from '../../core/format/text.js';
import type { TimeFormat } from '../../core/format/time-of-day.js';
import type { Glyphs } from '../style/glyphs.js';
import { painted } from '../style/paint.js';
import type { TextLine } from '../style/spans.js';
import type { Palette } from '../style/themes.js';
import { eventView } from '../view/events.js';
import type { ViewInputs } from '../view/inputs.js';
import type { Frame } from './app.js';
import { eventLines, noticeLine, paneLines, roomIn, type Size } from './lines.js';
import { paneViewOf } from './view.js';

/** The style of a pane. */
export interface PaneStyle {
  glyphs: Glyphs;
  palette: Palette;
  wall: TimeFormat;
}

/** The new content of the history. */
export interface PaneMessages {
  notices: readonly string[];
  events: readonly MigrationEvent[];
  /** Lines that a key requested. */
  keyHelp: readonly TextLine[];
}

export interface DrawnFrame extends Frame {
  /** The lines without colours. */
  plain: readonly TextLine[];
}

/** A pane of this size at one moment. Pure. */
export function frameOf(
  moment: ViewInputs,
  messages: PaneMessages,
  size: Size,
  { glyphs, palette, wall }: PaneStyle,
): DrawnFrame {
  const { info } = moment;
  const paint = (line: TextLine) => oneByOne(painted([line], palette, glyphs.ascii));
  const history = [
    ...messages.notices.flatMap(text => noticeLine(printable(text), size.columns)),
    ...messages.events.flatMap(event => eventLines(eventView(event, info), wall, size.columns, glyphs)),
    ...messages.keyHelp,
  ];
  const plain = paneLines(paneViewOf(moment, { ...roomIn(size, info.targets.length), wall }), size, glyphs);
  return {
    plain,
    lines: plain.map(paint),
    history: history.length > 0 ? history.map(line => `${paint(line)}\n`).join('') : undefined,
  };
}

/** Ink parses one style per sequence (it resets only the first of several), and only a full reset. */
function oneByOne(text: string): string {
  return text
    .replaceAll('\x1b[m', '\x1b[0m')
    .replace(/\x1b\[([\d;]+)m/g, (_, styles: string) => styles.replace(/((?:[34]8;5;)?\d+);?/g, '\x1b[$1m'));
}
