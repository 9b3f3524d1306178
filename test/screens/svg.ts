import type { Cell, FakeTerminal } from '../support/xterm.js';
import { colorOf, type PanLimits } from './colors.js';
import { HEIGHT, type Shape, shapeOf, WIDTH } from './shapes.js';

const MARGIN = 12;
const FONT_SIZE = 13.3;
const BASELINE = 12.5;
const STYLE =
  `text{font:${FONT_SIZE}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre}` +
  '.b{font-weight:700}.l{fill:none;stroke-width:1.2}.d{fill:none;stroke-width:2;stroke-linecap:round}';

/** What a terminal shows, as a picture that looks the same wherever it is opened. */
export function svgOf(terminal: FakeTerminal, title: string, ground: PanLimits): string {
  const { columns, rows } = terminal.size;
  const [width, height] = [columns * WIDTH + 2 * MARGIN, rows * HEIGHT + 2 * MARGIN];
  const drawing = new Drawing(ground);
  for (let row = 0; row < rows; row++) drawing.row(terminal.cells(row), row);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${escaped(title)}</title><style>${STYLE}</style>`,
    `<rect width="${width}" height="${height}" rx="6" fill="${ground.back}"/>`,
    `<g transform="translate(${MARGIN} ${MARGIN})">`,
    ...drawing.parts(),
    '</g></svg>',
    '',
  ].join('\n');
}

type Kind = keyof Shape;
const CLASSES: Record<Kind, string> = { line: 'l', dots: 'd', area: 'a' };

class Drawing {
  private readonly backs: string[] = [];
  private readonly texts: string[] = [];
  /** One path for all shapes of a kind and colour. */
  private readonly paths = new Map<string, { kind: Kind; color: string; data: string }>();

  constructor(private readonly ground: PanLimits) {}

  row(cells: readonly Cell[], row: number): void {
    for (const { from, run, back, front, bold } of this.runs(cells)) {
      if (back !== this.ground.back)
        this.backs.push(
          `<rect x="${from * WIDTH}" y="${row * HEIGHT}" width="${run.length * WIDTH}" height="${HEIGHT}" fill="${back}"/>`,
        );
      for (const [index, text] of run.entries()) this.shape(text, from + index, row, front);
      this.text(run.map(text => (shapeOf(text) ? ' ' : text)).join(''), from, row, front, bold);
    }
  }

  parts(): string[] {
    const paths = [...this.paths.values()].map(
      ({ kind, color, data }) =>
        `<path class="${CLASSES[kind]}" ${kind === 'area' ? 'fill' : 'stroke'}="${color}" d="${data}"/>`,
    );
    return [...this.backs, ...paths, ...this.texts];
  }

  /** Neighbours that look alike. */
  private runs(cells: readonly Cell[]) {
    const runs: { from: number; run: string[]; front: string; back: string; bold: boolean }[] = [];
    cells.forEach((cell, column) => {
      const look = { ...this.colors(cell), bold: cell.bold };
      const last = runs.at(-1);
      const alike = last && last.front === look.front && last.back === look.back && last.bold === look.bold;
      if (alike) last.run.push(cell.text || ' ');
      else runs.push({ from: column, run: [cell.text || ' '], ...look });
    });
    return runs;
  }

  private colors({ front, back, inverse }: Cell): { front: string; back: string } {
    const { ground } = this;
    const own = {
      front: front === undefined ? ground.front : colorOf(front, ground),
      back: back === undefined ? ground.back : colorOf(back, ground),
    };
    return inverse ? { front: own.back, back: own.front } : own;
  }

  private shape(text: string, column: number, row: number, color: string): void {
    for (const [kind, data] of Object.entries(shapeOf(text) ?? {}) as [Kind, string][]) {
      const path = this.paths.get(kind + color) ?? { kind, color, data: '' };
      path.data += moved(data, column * WIDTH, row * HEIGHT);
      this.paths.set(kind + color, path);
    }
  }

  /** Words at their places, in the width that they take in a terminal. */
  private text(text: string, column: number, row: number, color: string, bold: boolean): void {
    for (const { 0: words, index } of text.matchAll(/\S+(?: \S+)*/g)) {
      const place = `x="${(column + index) * WIDTH}" y="${row * HEIGHT + BASELINE}"`;
      const length = `textLength="${words.length * WIDTH}" lengthAdjust="spacingAndGlyphs"`;
      this.texts.push(
        `<text ${place} ${length} fill="${color}"${bold ? ' class="b"' : ''}>${escaped(words)}</text>`,
      );
    }
  }
}

/** A path whose parts begin with absolute moves, at another place. */
function moved(data: string, x: number, y: number): string {
  return data.replace(
    /M(-?[\d.]+) (-?[\d.]+)/g,
    (_, left, top) => `M${short(x + Number(left))} ${short(y + Number(top))}`,
  );
}

function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, char => `&#${char.charCodeAt(0)};`);
}
