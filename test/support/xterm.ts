import xterm from '@xterm/headless';

/** One character of a screen; colours are numbers of the palette of 256, undefined for the terminal's own. */
export interface Cell {
  text: string;
  front: number | undefined;
  back: number | undefined;
  bold: boolean;
  inverse: boolean;
}

/** What a user sees: a terminal emulator that can be asked for its text. */
export class FakeTerminal {
  private readonly terminal: InstanceType<typeof xterm.Terminal>;
  private written: Promise<void> = Promise.resolve();

  constructor(columns: number, rows: number) {
    this.terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
  }

  write(text: string): void {
    this.written = new Promise(done => this.terminal.write(text, done));
  }

  /** Resolves when everything written so far is on the screen. */
  settled(): Promise<void> {
    return this.written;
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
  }

  line(row: number): string {
    const buffer = this.terminal.buffer.active;
    return buffer.getLine(buffer.baseY + row)?.translateToString(true) ?? '';
  }

  text(): string {
    return Array.from({ length: this.terminal.rows }, (_, row) => this.line(row)).join('\n');
  }

  /** All that was written to the ordinary screen and is still in its memory. */
  scrollback(): string {
    const buffer = this.terminal.buffer.normal;
    return Array.from({ length: buffer.length }, (_, row) =>
      buffer.getLine(row)!.translateToString(true),
    ).join('\n');
  }

  /** The alternate screen is shown. */
  get alternate(): boolean {
    return this.terminal.buffer.active.type === 'alternate';
  }

  /** Foreground colour of a cell as a palette index; -1 for the default. */
  colorAt(row: number, column: number): number {
    const buffer = this.terminal.buffer.active;
    const cell = buffer.getLine(buffer.baseY + row)!.getCell(column)!;
    return cell.isFgDefault() ? -1 : cell.getFgColor();
  }

  /** Every cell of a row as it is drawn. */
  cells(row: number): Cell[] {
    const buffer = this.terminal.buffer.active;
    const line = buffer.getLine(buffer.baseY + row)!;
    return Array.from({ length: this.terminal.cols }, (_, column) => {
      const cell = line.getCell(column)!;
      const front = cell.isFgDefault() ? undefined : cell.getFgColor();
      const back = cell.isBgDefault() ? undefined : cell.getBgColor();
      return {
        ...{ text: cell.getChars(), front, back },
        ...{ bold: cell.isBold() !== 0, inverse: cell.isInverse() !== 0 },
      };
    });
  }

  get size(): { columns: number; rows: number } {
    return { columns: this.terminal.cols, rows: this.terminal.rows };
  }

  dispose(): void {
    this.terminal.dispose();
  }
}
