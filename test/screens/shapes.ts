/** A cell in pixels. */
export const WIDTH = 8;
export const HEIGHT = 17;

const X = WIDTH / 2;
const Y = HEIGHT / 2;
const R = 4;

/** Paths of characters that fonts draw too wide, too narrow, or not at all; `line` is stroked, `area` filled. */
export interface Shape {
  line?: string;
  dots?: string;
  area?: string;
}

/** Box drawing: which of the four sides a character reaches from its middle. */
const BOXES: Record<string, string> = {
  '─': `M0 ${Y}h${WIDTH}`,
  '━': `M0 ${Y}h${WIDTH}M0 ${Y + 1}h${WIDTH}`,
  '│': `M${X} 0v${HEIGHT}`,
  '┊': `M${X} 1v3M${X} 7v3M${X} 13v3`,
  '║': `M${X - 1.5} 0v${HEIGHT}M${X + 1.5} 0v${HEIGHT}`,
  '┤': `M${X} 0v${HEIGHT}M0 ${Y}h${X}`,
  '╭': `M${X} ${HEIGHT}v-${Y - R}q0-${R} ${R}-${R}`,
  '╮': `M${X} ${HEIGHT}v-${Y - R}q0-${R}-${R}-${R}`,
  '╰': `M${X} 0v${Y - R}q0 ${R} ${R} ${R}`,
  '╯': `M${X} 0v${Y - R}q0 ${R}-${R} ${R}`,
  '○': `M1.2 ${Y}a2.8 2.8 0 1 0 5.6 0a2.8 2.8 0 1 0-5.6 0`,
};

const AREAS: Record<string, string> = {
  '●': `M0.8 ${Y}a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0-6.4 0`,
  '■': `M0.8 ${Y - 3.2}h6.4v6.4h-6.4z`,
  '▲': `M${X} ${Y - 3.6}l4 7h-8z`,
  '▼': `M${X} ${Y + 3.6}l4-7h-8z`,
  '▸': `M1.5 ${Y - 3}l5 3l-5 3z`,
  '►': `M0.5 ${Y - 3.5}l7 3.5l-7 3.5z`,
  '◆': `M${X} ${Y - 4}l4 4l-4 4l-4-4z`,
};

const LOWEST_BAR = 0x2581;
const BARS = 8;
const BRAILLE = 0x2800;
/** Column and row of each bit of a braille pattern. */
const BRAILLE_DOTS = [
  ...[
    [0, 0],
    [0, 1],
    [0, 2],
    [1, 0],
  ],
  ...[
    [1, 1],
    [1, 2],
    [0, 3],
    [1, 3],
  ],
] as const;

/** Undefined for what is drawn as text. Coordinates count from the cell's corner. */
export function shapeOf(text: string): Shape | undefined {
  if (BOXES[text]) return { line: BOXES[text] };
  if (AREAS[text]) return { area: AREAS[text] };
  const code = text.codePointAt(0)!;
  if (code >= LOWEST_BAR && code < LOWEST_BAR + BARS) {
    const height = (HEIGHT * (code - LOWEST_BAR + 1)) / BARS;
    return { area: `M0 ${HEIGHT - height}h${WIDTH}v${height}h-${WIDTH}z` };
  }
  if (text === '░') return { dots: 'M2 2h0M6 6h0M2 10h0M6 14h0' };
  if (code < BRAILLE || code > BRAILLE + 255) return undefined;
  const set = BRAILLE_DOTS.filter((_, bit) => ((code - BRAILLE) >> bit) & 1);
  return { dots: set.map(([column, row]) => `M${2 + 4 * column} ${2 + 4.2 * row}h0`).join('') };
}
