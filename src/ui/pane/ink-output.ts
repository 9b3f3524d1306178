import { EventEmitter } from 'node:events';
import type { TerminalOutput } from '../../system/terminal.js';

/**
 * The stream that ink writes to: collects the pieces of a frame and writes them as one. It reports no TTY and no row
 * limit: otherwise ink clears the terminal and a tmux pane's history when a frame is as high as the pane, and at the
 * end writes a cursor to standard error, which blocks on a stalled terminal.
 */
export class InkOutput extends EventEmitter {
  readonly isTTY = false;
  readonly rows = Number.MAX_SAFE_INTEGER;
  private gathered = '';

  constructor(private readonly output: TerminalOutput) {
    super();
  }

  get columns(): number {
    return this.output.columns;
  }

  write(text: string): boolean {
    this.gathered += text;
    return true;
  }

  /** Writes the frame, after `first`; on a single row without the last line feed, which would scroll it away. */
  commit(first = ''): void {
    const text = this.output.rows === 1 ? this.gathered.replace(/\n$/, '') : this.gathered;
    this.gathered = '';
    // A VT100 does not support CHA.
    if (first + text !== '') this.output.write((first + text).replaceAll('\x1b[G', '\r'));
  }
}
