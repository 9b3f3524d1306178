import { EventEmitter } from 'node:events';
import type { TerminalOutput } from '../../system/terminal.js';

/**
 * What ink writes to: gathers the pieces of a frame and hands them on as one. It claims to be no terminal and without
 * end, or ink would clear the terminal and a tmux pane's history as soon as a frame is as high as the pane, and at the
 * end write a cursor to standard error, where a terminal that stalled would hold us.
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

  /** Hands the frame on, `first` before it; on a single row without the last line feed, which would scroll it away. */
  commit(first = ''): void {
    const text = this.output.rows === 1 ? this.gathered.replace(/\n$/, '') : this.gathered;
    this.gathered = '';
    // A VT100 does not know CHA.
    if (first + text !== '') this.output.write((first + text).replaceAll('\x1b[G', '\r'));
  }
}
