import type { MigrationEvent } from '../../core/event.js';
import { printable } from '../../core/format/text.js';
import type { TimeFormat } from '../../core/format/time-of-day.js';
import type { Glyphs } from '../style/glyphs.js';
import { painted } from '../style/paint.js';
import type { TextLine } from '../style/spans.js';
import type { Palette } from '../style/themes.js';
import { eventView, planOf } from '../view/events.js';
import type { ViewInputs } from '../view/inputs.js';
import type { Frame } from './app.js';
import { keyLines } from './keys.js';
import { eventLine, noticeLine, paneLines, roomIn, type Size } from './lines.js';
import { paneViewOf } from './view.js';

/** The style of a pane. */
export interface PaneStyle {
  glyphs: Glyphs;
  palette: Palette;
  wall: TimeFormat;
}

/** What is shown besides the moment: the new content of the history, and the help. */
export interface PaneMessages {
  notices: readonly string[];
  events: readonly MigrationEvent[];
  /** Shows the keys in place of the targets. */
  help: boolean;
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
    ...messages.events.map(event => {
      const view = { ...eventView(event, info), plan: planOf(event, moment.checklist) };
      return eventLine(view, wall, size.columns, glyphs);
    }),
  ];
  const plain = messages.help
    ? keyLines(size)
    : paneLines(paneViewOf(moment, { ...roomIn(size, info.targets.length), wall }), size, glyphs);
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
