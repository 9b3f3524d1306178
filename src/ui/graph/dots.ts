import type { Canvas } from '../style/glyphs.js';

/** A drawing of dots, several to a character; the origin is at the top left. */
export class Dots {
  private readonly patterns: Uint8Array;

  /** `columns` and `rows` count characters. */
  constructor(
    private readonly canvas: Canvas,
    readonly columns: number,
    readonly rows: number,
  ) {
    this.patterns = new Uint8Array(Math.max(0, columns * rows));
  }

  get width(): number {
    return this.columns * this.canvas.across;
  }

  get height(): number {
    return this.rows * this.canvas.down;
  }

  /** Sets the dots of column x from y down to `bottom`, clipped to the drawing. */
  vertical(x: number, y: number, bottom: number): void {
    if (x < 0 || x >= this.width) return;
    for (let row = Math.max(0, y); row <= Math.min(bottom, this.height - 1); row++) {
      const { across, down } = this.canvas;
      const cell = Math.floor(row / down) * this.columns + Math.floor(x / across);
      this.patterns[cell]! |= 1 << ((row % down) * across + (x % across));
    }
  }

  /** The characters of one row. */
  row(row: number): string[] {
    const { characters } = this.canvas;
    const cells: string[] = [];
    for (let cell = row * this.columns; cell < (row + 1) * this.columns; cell++)
      cells.push(characters[this.patterns[cell]!]!);
    return cells;
  }
}
