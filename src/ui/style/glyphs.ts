import type { Light } from '../../core/event.js';
import type { PlaybackState } from '../../core/sample.js';

/** The characters a screen is drawn with. */
export interface Glyphs {
  /** A shape for each light, so that colour is not needed to distinguish them. */
  light: Record<Light, string>;
  /** Heights of a sparkline's bar, lowest first. */
  bars: readonly string[];
  lost: string;
  overdue: string;
  rule: string;
  tick: string;
  axis: string;
  chosen: string;
  /** Over the column that the list is sorted by: in order, and reversed. */
  sorted: readonly [string, string];
  /** The heading of a group: open, and folded. */
  fold: readonly [string, string];
  event: string;
  /** Between the steps to a verdict. */
  arrow: string;
  /** Something that can be observed here, and something that can't. */
  has: string;
  lacks: string;
  /** A move that is still expected. */
  open: string;
  edge: string;
  /** Above the top of a graph. */
  beyond: string;
  /** A detector's limit. */
  limit: string;
  /** On the scrubber: the part played, the position, gaps, notes, and events judged differently now. */
  played: string;
  head: string;
  gap: string;
  note: string;
  differs: string;
  recording: string;
  separator: string;
  lamp: { lit: string; frame: [top: string, side: string, bottom: string] };
  bar: string;
  /** Where a gauge is empty. */
  trough: string;
  playback: Record<PlaybackState, string>;
  canvas: Canvas;
  ascii: boolean;
}

/** The mapping of dots to characters: a cell is `across` by `down` dots; bit i of its pattern is dot i, row by row. */
export interface Canvas {
  across: number;
  down: number;
  /** One for each pattern. */
  characters: readonly string[];
}

/** Dot by dot in rows, the bits of the braille patterns that begin at U+2800. */
const BRAILLE_BITS = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80];

/** Index i holds pattern i. The empty one is written as a space: many fonts show U+2800 as a box. */
const BRAILLE_CHARACTERS = Array.from({ length: 256 }, (_, pattern) => {
  const bits = BRAILLE_BITS.reduce((sum, bit, dot) => sum + ((pattern >> dot) & 1) * bit, 0);
  return pattern === 0 ? ' ' : String.fromCharCode(0x2800 + bits);
});

const BRAILLE: Canvas = { across: 2, down: 4, characters: BRAILLE_CHARACTERS };

export const UNICODE: Glyphs = {
  light: { green: '●', amber: '▲', red: '■' },
  bars: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  lost: '×',
  overdue: '?',
  rule: '─',
  tick: '┤',
  axis: '│',
  chosen: '▸',
  sorted: ['▾', '▴'],
  fold: ['▾', '▹'],
  event: '▼',
  arrow: '→',
  has: '✓',
  lacks: '✗',
  open: '○',
  edge: '┊',
  beyond: '▴',
  limit: '┄',
  played: '━',
  head: '◆',
  gap: ' ',
  note: '+',
  differs: '≠',
  recording: '●',
  separator: ' · ',
  lamp: { lit: '█', frame: ['╭─╮', '│ │', '╰─╯'] },
  bar: '█',
  trough: '░',
  playback: { starting: '…', playing: '►', stalled: '║' },
  canvas: BRAILLE,
  ascii: false,
};

export const ASCII: Glyphs = {
  light: { green: 'o', amber: '^', red: '#' },
  bars: ['_', '.', '-', '=', '+', '*', '%', '@'],
  lost: 'x',
  overdue: '?',
  rule: '-',
  tick: '+',
  axis: '|',
  chosen: '>',
  sorted: ['v', '^'],
  fold: ['-', '+'],
  event: 'v',
  arrow: '->',
  has: '+',
  lacks: '-',
  open: '.',
  edge: '!',
  beyond: '^',
  limit: '-',
  played: '=',
  head: 'O',
  gap: ' ',
  note: '+',
  differs: '#',
  recording: '*',
  separator: ', ',
  lamp: { lit: '#', frame: ['.-.', '| |', "'-'"] },
  bar: '#',
  trough: '.',
  playback: { starting: '..', playing: '>', stalled: '||' },
  canvas: { across: 1, down: 2, characters: [' ', "'", '.', ':'] },
  ascii: true,
};
